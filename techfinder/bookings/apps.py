from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BookingsConfig(AppConfig):
    name = "techfinder.bookings"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = _("bookings")
