"""To a provider that does not answer any more: a warning first, and a word when its offers are hidden."""

from __future__ import annotations

from techfinder.bookings.models import ProviderRecord
from techfinder.bookings.telling.people import mail_to, people_of
from techfinder.mail.compose import absolute


def tell_warned(record: ProviderRecord) -> int:
    """Everybody of the provider: if the next question stays without an answer too, its offers are hidden."""
    return _tell(record, "provider_warned", str(record.warned_at))


def tell_hidden(record: ProviderRecord) -> int:
    """Everybody of the provider: its offers are hidden, and how they come back."""
    return _tell(record, "provider_hidden", str(record.hidden_at))


def _tell(record: ProviderRecord, template: str, since: str) -> int:
    provider = record.provider
    context = {
        "provider": provider.name,
        "count": record.silent_in_row,
        "button_url": absolute(provider.get_absolute_url()),
    }
    mails = [
        mail_to(each, template, key=f"{template}:{provider.pk}:{since[:19]}:{each.email}", context=context)
        for each in people_of(provider)
    ]
    return sum(mail is not None for mail in mails)
