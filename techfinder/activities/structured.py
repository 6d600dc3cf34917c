"""The activity as schema.org JSON-LD, so that search engines and other portals can read it."""

from __future__ import annotations

import json
from typing import Any

from django.conf import settings
from django.utils.html import format_html
from django.utils.safestring import SafeString

from techfinder.activities import words
from techfinder.activities.models import Activity, Session

# What could end a script element early is written as an escape; to JSON it means the same.
ESCAPES = {ord("<"): "\\u003C", ord(">"): "\\u003E", ord("&"): "\\u0026"}


def json_ld(activity: Activity, sessions: list[Session]) -> SafeString:
    """A data block: never run, so that the strict content policy lets it be."""
    text = json.dumps(_described(activity, sessions), ensure_ascii=False).translate(ESCAPES)
    return format_html('<script type="application/ld+json">{}</script>', SafeString(text))


def _described(activity: Activity, sessions: list[Session]) -> dict[str, Any]:
    url = settings.BASE_URL.rstrip("/") + activity.get_absolute_url()
    about: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": ["LearningResource", "Course"],
        "@id": url,
        "url": url,
        "name": activity.title,
        "description": activity.summary or activity.description,
        "inLanguage": activity.languages or ["nl"],
        "teaches": activity.goals,
        "typicalAgeRange": words.ages(activity),
        "keywords": activity.themes,
        "provider": _provider(activity),
        "datePublished": activity.published_at.date().isoformat() if activity.published_at else "",
        "hasCourseInstance": [_event(activity, session) for session in sessions],
    }
    if activity.cost is not None:
        about["isAccessibleForFree"] = activity.cost == 0
        about["offers"] = {"@type": "Offer", "price": str(activity.cost), "priceCurrency": "EUR", "url": url}
    return {key: value for key, value in about.items() if value not in ("", [], None)}


def _provider(activity: Activity) -> dict[str, str]:
    provider = activity.provider
    return {"@type": "Organization", "name": provider.name, **({"url": provider.website} if provider.website else {})}


def _event(activity: Activity, session: Session) -> dict[str, Any]:
    event: dict[str, Any] = {
        "@type": "CourseInstance",
        "courseMode": "online" if activity.delivery == ["online"] else "onsite",
        "startDate": _moment(session, session.start),
        "endDate": _moment(session, session.end),
        "maximumAttendeeCapacity": session.seats,
        "remainingAttendeeCapacity": session.free,
    }
    if activity.venue_city:
        event["location"] = _place(activity)
    return event


def _moment(session: Session, time: Any) -> str:
    return f"{session.date.isoformat()}T{time:%H:%M}" if time else session.date.isoformat()


def _place(activity: Activity) -> dict[str, Any]:
    street = f"{activity.venue_street} {activity.venue_house_number}".strip()
    found: dict[str, Any] = {
        "@type": "Place",
        "name": activity.venue_name or activity.venue_city,
        "address": {
            "@type": "PostalAddress", "streetAddress": street, "postalCode": activity.venue_postcode,
            "addressLocality": activity.venue_city, "addressCountry": "NL",
        },
    }  # fmt: skip
    if activity.venue_lat is not None and activity.venue_lon is not None:
        found["geo"] = {
            "@type": "GeoCoordinates", "latitude": activity.venue_lat, "longitude": activity.venue_lon
        }  # fmt: skip
    return found
