from techfinder.mail.models.after import MailEvent, Suppression
from techfinder.mail.models.heartbeat import Heartbeat
from techfinder.mail.models.history import MailHistory
from techfinder.mail.models.outbox import MailLane, OutgoingMail
from techfinder.mail.models.preferences import DAYS, Frequency, MailPreferences

__all__ = [
    "DAYS",
    "Frequency",
    "Heartbeat",
    "MailEvent",
    "MailHistory",
    "MailLane",
    "MailPreferences",
    "OutgoingMail",
    "Suppression",
]
