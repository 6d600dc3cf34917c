from dataclasses import dataclass
from typing import Protocol

from techfinder.mail.models import OutgoingMail

# One attempt, from the first byte to the last answer: a server that thinks for a minute is waited for, since to give
# up after the message was handed over is to send it twice.
ATTEMPT_SECONDS = 75


@dataclass(frozen=True, slots=True)
class Accepted:
    """What was said when the mail was taken, and its number there."""

    reply: str
    provider_id: str = ""


class Transport(Protocol):
    # Whether what was handed over has left the house.
    leaves: bool

    def send(self, mail: OutgoingMail) -> Accepted:
        """Hand over one mail within `ATTEMPT_SECONDS`; raises `NotSentError`."""

    def close(self) -> None:
        """Let go of the connection; it may be broken."""
