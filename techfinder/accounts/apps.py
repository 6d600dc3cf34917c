from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "techfinder.accounts"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # Receivers need the models, which are there only now.
        from techfinder.accounts import receivers  # noqa: F401
