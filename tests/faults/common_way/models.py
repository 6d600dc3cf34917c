from django.db import models


class Posted(models.Model):
    """What somebody posted, and who is to hear of it."""

    number = models.IntegerField(unique=True)
    email = models.EmailField()

    class Meta:
        app_label = "common_way"

    def __str__(self) -> str:
        return f"R{self.number:06d}"
