"""An invented request for the samples of mails, and the samples of the mails of this room."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.urls import reverse

from techfinder.mail.compose import absolute
from techfinder.mail.gallery import Sample, register
from techfinder.organisations.samples import school
from techfinder.requests.models import Request
from techfinder.requests.tokens import confirm_token
from techfinder.taxonomy.models import Audience


def asked(**fields: Any) -> Request:
    """A request that is not stored."""
    own: dict[str, Any] = {
        "pk": 1,
        "school": school(),
        "title": "Zonne-energie: zelf iets bouwen dat werkt",
        "contact_name": "Elke de Vries",
        "contact_email": "elke@school.example",
        "levels": ["po-7", "po-8"],
        "themes": ["energie"],
        "audience": [Audience.PUPILS],
        "group_size": 28,
        "date_from": dt.date(2027, 5, 3),
        "date_until": dt.date(2027, 7, 2),
        "max_travel_km": 25,
        "confirmed_at": dt.datetime(2027, 2, 25, 10, tzinfo=dt.UTC),
    }
    return Request(**own | fields)


def _code() -> dict[str, Any]:
    request = asked()
    return {
        "code": "482915",
        "title": request.title,
        "school": request.school.name,
        "button_url": absolute(reverse("requests:confirm", args=[confirm_token(request.uuid)])),
        "valid_minutes": 30,
    }


register("request_code", Sample("code", _code, person=""))
