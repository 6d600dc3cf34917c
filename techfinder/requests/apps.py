from importlib import import_module

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class RequestsConfig(AppConfig):
    name = "techfinder.requests"
    verbose_name = _("Requests")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        import_module("techfinder.requests.quiet")
        import_module("techfinder.requests.receivers")
        # Rooms above this one fill in the form from what they know: each in a module `prefill` of its own.
        autodiscover_modules("prefill")
