from importlib import import_module

from django.apps import AppConfig


class MailConfig(AppConfig):
    name = "techfinder.mail"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        import_module("techfinder.mail.receivers")
