"""Every write of the mail room; what other rooms call is here by name."""

from techfinder.mail.actions.delivering import deliver_due, sweep
from techfinder.mail.actions.preferences import choose_quickly, move_preferences, save_preferences
from techfinder.mail.actions.stopping import call_off, lift_suppression, stop
from techfinder.mail.actions.writing import draft_mail, queue_mail, retry

__all__ = [
    "call_off",
    "choose_quickly",
    "deliver_due",
    "draft_mail",
    "lift_suppression",
    "move_preferences",
    "queue_mail",
    "retry",
    "save_preferences",
    "stop",
    "sweep",
]
