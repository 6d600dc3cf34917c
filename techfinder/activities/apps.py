from importlib import import_module

from django.apps import AppConfig


class ActivitiesConfig(AppConfig):
    name = "techfinder.activities"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        import_module("techfinder.activities.favourites.receivers")
        import_module("techfinder.activities.provider_page")
        import_module("techfinder.activities.receivers")
        import_module("techfinder.activities.saved.mail_page")
        import_module("techfinder.activities.saved.checks")
        import_module("techfinder.activities.saved.receivers")
