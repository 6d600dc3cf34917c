"""What the tests of alerts share."""

import datetime as dt

from django.utils import timezone

from techfinder.activities.models import SavedSearch
from techfinder.activities.saved import alerts
from techfinder.activities.saved.arrivals import number_arrivals
from techfinder.activities.saved.reading import EDITION, fingerprint
from techfinder.mail.models import OutgoingMail

THEME = {"theme": ["energie"]}


def a_saved(*, email="leraar@school.example", criteria=None, **fields):
    """An alert that is on, at once, and knows what is there."""
    criteria = criteria or THEME
    values = {
        "edition": EDITION,
        "fingerprint": fingerprint(criteria),
        "frequency": "at_once",
        "state": SavedSearch.State.ACTIVE,
        "confirmed_at": timezone.now(),
        "wanted_at": timezone.now(),
        "next_due_at": timezone.now() - dt.timedelta(minutes=1),
        "watermark": number_arrivals(),
    }
    return SavedSearch.objects.create(email=email, criteria=criteria, **(values | fields))


def run(**kwargs):
    return alerts.send_alerts(**kwargs)


def alerts_to(email="leraar@school.example"):
    """Its alerts, the oldest first."""
    return list(OutgoingMail.objects.filter(to=email, key__startswith="search:").order_by("pk"))


def letters_to(email="leraar@school.example"):
    return list(OutgoingMail.objects.filter(to=email).order_by("pk"))
