"""Reads of requests that several callers share."""

from datetime import timedelta

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from techfinder.organisations.models import School
from techfinder.organisations.queries import search_schools
from techfinder.requests.models import Request, RequestQuerySet
from techfinder.taxonomy.holidays import holiday_around
from techfinder.taxonomy.models import Delivery

SHORT_TITLE = 15
SHORT_WINDOW = timedelta(days=10)
FOUND_SCHOOLS = 12


def public_requests() -> RequestQuerySet:
    """What companies may see of open requests; templates show no name of a school or a person of these."""
    return (
        Request.objects.open()
        .filter(date_until__gte=timezone.localdate(), school__closed_at=None)
        .select_related("school__municipality__parent")
        .order_by("-confirmed_at", "-id")
    )


def ways_to_strengthen(request: Request) -> list[str]:
    """What would make this request easier to answer, as kind advice; nothing of it is required."""
    return [advice for missing, advice in _advice(request) if missing]


def _advice(request: Request) -> list[tuple[bool, str]]:
    return [
        (len(request.title) < SHORT_TITLE, _("Say in your sentence what the pupils will do or make")),
        (not request.themes, _("Choose a theme: companies look for that first")),
        (not request.goals, _("Write what the pupils should learn")),
        (not request.prior_knowledge, _("Write what they know already")),
        (request.minutes is None, _("Say how many minutes you have")),
        (_visits_without_limit(request), _("Say how far you can travel")),
        (request.max_cost is None, _("Say what your budget is, even if it is 0 euro")),
        (request.date_until - request.date_from < SHORT_WINDOW, _("Give more days: more companies can come then")),
        (bool(_holiday(request)), _holiday(request)),
        (not request.practicalities, _("Write what is there: room, screen, sockets, parking")),
    ]


def _visits_without_limit(request: Request) -> bool:
    may_visit = not request.delivery or Delivery.AT_PROVIDER in request.delivery
    return may_visit and request.max_travel_km is None


def _holiday(request: Request) -> str:
    """Advice when all days lie in one school holiday."""
    found = holiday_around(request.school.holiday_region, request.date_from, request.date_until)
    return _("Your days lie in the %(holiday)s: add days before or after") % {"holiday": found.name} if found else ""


def found_here() -> Q:
    """Requests of which the school found an activity on this site."""
    return Q(status=Request.Status.FULFILLED) | Q(
        status=Request.Status.WITHDRAWN, withdrawn_reason=Request.Withdrawn.FOUND_HERE
    )


def find_school(code: str) -> School | None:
    """The open school with this code in the register."""
    wanted = code.replace("\x00", "").strip().upper()
    schools = School.objects.open().select_related("municipality__parent")
    return schools.filter(code=wanted).first() if wanted else None


def find_schools(words: str) -> list[School]:
    """Schools to choose from for what was typed; nothing for a letter or two."""
    words = words.replace("\x00", "").strip()[:100]
    return list(search_schools(words)[:FOUND_SCHOOLS]) if len(words) > 2 else []
