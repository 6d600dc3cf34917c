from celery import shared_task

from techfinder.organisations import actions


@shared_task(name="organisations.place_provider", ignore_result=True)
def place_provider(provider_id: int) -> None:
    """Find the point of a provider's address."""
    actions.place_provider(provider_id=provider_id)
