from celery import shared_task

from techfinder.campaigns import actions


# A large round takes a minute, and several on a machine that has much else to do; the solver's own guard is at five.
# Handed out a second time meanwhile, it does nothing: the first one has the lease.
@shared_task(name="campaigns.solve_round", soft_time_limit=570, time_limit=590)
def solve_round(round_id: int) -> None:
    actions.solve_round(round_id=round_id)


@shared_task(name="campaigns.tell")
def tell(campaign_id: int) -> None:
    actions.tell(campaign_id=campaign_id)


@shared_task(name="campaigns.sweep")
def sweep() -> None:
    actions.sweep()
