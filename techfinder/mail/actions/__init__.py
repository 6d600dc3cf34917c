"""Every write of the mail room; what other rooms call is here by name."""

from techfinder.mail.actions.delivering import deliver_due, sweep
from techfinder.mail.actions.stopping import lift_suppression, stop
from techfinder.mail.actions.writing import draft_mail, queue_mail, retry

__all__ = ["deliver_due", "draft_mail", "lift_suppression", "queue_mail", "retry", "stop", "sweep"]
