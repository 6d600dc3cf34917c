import uuid

import factory

from techfinder.accounts.models import User
from techfinder.mail.models import MailPreferences, OutgoingMail


class OutgoingMailFactory(factory.django.DjangoModelFactory[OutgoingMail]):
    """Due now; `state=` and `next_attempt_at=` for anything else."""

    class Meta:
        model = OutgoingMail

    key = factory.Sequence(lambda n: f"test:{n}")
    kind = "booking_sent"
    to = factory.Sequence(lambda n: f"someone{n}@example.com")
    domain = factory.LazyAttribute(lambda mail: mail.to.rpartition("@")[2])
    subject = "Onderwerp"
    text = "Tekst"
    html = "<p>Tekst</p>"
    message_id = factory.LazyFunction(lambda: f"<{uuid.uuid4()}@techfinder.example>")


def choose(people=None, **chosen):
    """These people (all, when none are given) have chosen this: `matches="weekly"`."""
    for person in User.objects.all() if people is None else people:
        MailPreferences.objects.update_or_create(email=person.email, defaults=chosen)
