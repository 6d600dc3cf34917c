"""Every write of the mail room; what other rooms call is here by name."""

from techfinder.mail.actions.delivering import deliver_due, sweep
from techfinder.mail.actions.preferences import choose_quickly, move_preferences, save_preferences
from techfinder.mail.actions.retention import tidy
from techfinder.mail.actions.stopping import call_off, stop
from techfinder.mail.actions.suppressing import ask_to_prove, lift_suppression
from techfinder.mail.actions.writing import draft_mail, queue_mail

__all__ = [
    "ask_to_prove",
    "call_off",
    "choose_quickly",
    "deliver_due",
    "draft_mail",
    "lift_suppression",
    "move_preferences",
    "queue_mail",
    "save_preferences",
    "stop",
    "sweep",
    "tidy",
]
