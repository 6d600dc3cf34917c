from django.apps import AppConfig


class OrganisationsConfig(AppConfig):
    name = "techfinder.organisations"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # Receivers need the models, which are there only now.
        from techfinder.organisations import quiet, receivers  # noqa: F401
