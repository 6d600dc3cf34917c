import uuid

import factory

from techfinder.mail.models import OutgoingMail


class OutgoingMailFactory(factory.django.DjangoModelFactory[OutgoingMail]):
    """Due now; `state=` and `next_attempt_at=` for anything else."""

    class Meta:
        model = OutgoingMail

    key = factory.Sequence(lambda n: f"test:{n}")
    kind = "test"
    to = factory.Sequence(lambda n: f"someone{n}@example.com")
    subject = "Onderwerp"
    text = "Tekst"
    html = "<p>Tekst</p>"
    message_id = factory.LazyFunction(lambda: f"<{uuid.uuid4()}@techfinder.example>")
