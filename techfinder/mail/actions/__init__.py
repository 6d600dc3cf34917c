"""Every write of the mail room; what other rooms call is here by name."""

from techfinder.mail.actions.delivering import deliver_due, sweep
from techfinder.mail.actions.people import forget_person, move_person
from techfinder.mail.actions.preferences import choose_quickly, move_preferences, save_preferences
from techfinder.mail.actions.retention import tidy
from techfinder.mail.actions.stopping import call_off, stop
from techfinder.mail.actions.suppressing import ask_to_prove, lift_suppression
from techfinder.mail.actions.wanted import ask_whether_wanted, stop_where_nobody_answered
from techfinder.mail.actions.writing import draft_mail, queue_mail

__all__ = [
    "ask_to_prove",
    "ask_whether_wanted",
    "call_off",
    "choose_quickly",
    "deliver_due",
    "draft_mail",
    "forget_person",
    "lift_suppression",
    "move_person",
    "move_preferences",
    "queue_mail",
    "save_preferences",
    "stop",
    "stop_where_nobody_answered",
    "sweep",
    "tidy",
]
