"""What changes beneath many items at once, with no version that says so: everything is matched anew."""

from typing import Any

from django.db.models.signals import m2m_changed, post_delete, post_save
from django.dispatch import receiver

from techfinder.matches.models import RematchCause
from techfinder.organisations.register.signals import schools_moved, surroundings_changed
from techfinder.taxonomy.models import Region


@receiver(schools_moved)
@receiver(surroundings_changed)
@receiver(post_delete, sender=Region)
def note(**kwargs: Any) -> None:
    """Written with the change itself; the sweeper starts the run."""
    RematchCause.objects.create()


@receiver(post_save, sender=Region)
def note_changed_region(created: bool, **kwargs: Any) -> None:
    """What lies in a new region is told by its municipalities, or by the schools that move there."""
    if not created:
        note()


@receiver(m2m_changed, sender=Region.municipalities.through)
def note_changed_network(action: str, **kwargs: Any) -> None:
    if action.startswith("post_"):
        note()
