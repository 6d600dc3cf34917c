from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

# Each registers itself at a lower room: what bookings add to its pages, or take in by mail.
ADDITIONS = (
    "beside.after",
    "beside.answers",
    "beside.board",
    "beside.offer",
    "beside.waiting",
    "queries.engaged",
    "receivers",
    "actions.receiving",
)

# Each says what is mailed of some steps.
TELLING = ("after", "asking", "contacts", "day", "holding", "overdue", "waiting_list")


class BookingsConfig(AppConfig):
    name = "techfinder.bookings"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = _("bookings")

    def ready(self) -> None:
        for name in ADDITIONS:
            import_module(f"techfinder.bookings.{name}")
        for name in TELLING:
            import_module(f"techfinder.bookings.telling.{name}")
