from techfinder.mail.models import OutgoingMail
from techfinder.mail.transport.base import Accepted

KEPT = "kept"


class Keep:
    """Without a mail server (development) the outbox is where mails are read."""

    leaves = False

    def send(self, mail: OutgoingMail) -> Accepted:
        return Accepted(KEPT)

    def close(self) -> None:
        pass
