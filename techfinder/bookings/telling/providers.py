"""To a provider that does not answer any more: a warning first, and a word when its offers are hidden."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

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
    provider, context = record.provider, _CONTENTS[template](record)
    mails = [
        mail_to(each, template, key=f"{template}:{provider.pk}:{since[:19]}:{each.email}", context=context)
        for each in people_of(provider)
    ]
    return sum(mail is not None for mail in mails)


def of_warning(record: ProviderRecord) -> dict[str, Any]:
    """The button leads to what waits; the page of the organisation is for pausing."""
    return {**_of(record), "button_url": _questions_url(), "second_url": _page_url(record)}


def of_hiding(record: ProviderRecord) -> dict[str, Any]:
    """The button leads to the page of the organisation, where it is put back; what waits is the other way on."""
    return {**_of(record), "button_url": _page_url(record), "second_url": _questions_url()}


def _of(record: ProviderRecord) -> dict[str, Any]:
    return {"provider": record.provider.name, "count": record.silent_in_row}


def _questions_url() -> str:
    return absolute(reverse("bookings:list"))


def _page_url(record: ProviderRecord) -> str:
    return absolute(record.provider.get_absolute_url())


_CONTENTS = {"provider_warned": of_warning, "provider_hidden": of_hiding}
