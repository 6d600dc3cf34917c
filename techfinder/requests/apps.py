from django.apps import AppConfig


class RequestsConfig(AppConfig):
    name = "techfinder.requests"
    default_auto_field = "django.db.models.BigAutoField"
