from importlib import import_module

from django.apps import AppConfig


class MatchesConfig(AppConfig):
    name = "techfinder.matches"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        import_module("techfinder.matches.receivers")
        import_module("techfinder.matches.telling.checks")
