"""A round in words, for pages and mails: what each side gets, and why some get nothing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from techfinder.activities.models import Activity, Session
from techfinder.bookings.machine import OFF, Side
from techfinder.bookings.reasons import reason_words
from techfinder.campaigns.models import Award, CampaignRequest, Round, Unserved
from techfinder.matches.telling.labels import deliveries, levels
from techfinder.matches.telling.words import dict_of
from techfinder.requests.models import Request
from techfinder.taxonomy.models import Delivery
from techfinder.taxonomy.templatetags.ui import clock_time, day, join_and, km, pupils, weekday

Reason, Outcome = Unserved.Reason, CampaignRequest.Outcome
Detail = Iterable[Sequence[Any]]


# ------------------------------------------------------------------ one place


@dataclass(frozen=True, slots=True)
class Place:
    """What one award says, to both sides."""

    activity: str
    provider: str
    provider_email: str
    date: dt.date
    day: str
    time: str
    where: str
    address: str
    far: str
    pupils: str


def place_of(award: Award) -> Place:
    """An award with `activity__provider` and `session` at hand, in words of the active language."""
    activity = award.activity
    ways = dict_of(award.reasons).get("delivery", [])
    return Place(
        activity=activity.title,
        provider=activity.provider.name,
        provider_email=activity.provider.email,
        date=award.date,
        day=day_of(award.date),
        time=times(award.session),
        where=capfirst(deliveries(ways)),
        address=address_of(activity) if Delivery.AT_PROVIDER in ways else "",
        far=distance_of(award),
        pupils=pupils(award.pupils),
    )


def day_of(date: dt.date) -> str:
    """Write vrijdag 12 maart; vrijdag 12 maart 2028 when that is another year."""
    this_year = date.year == timezone.localdate().year
    return weekday(date) if this_year else f"{weekday(date)} {date.year}"


def times(session: Session | None) -> str:
    """Write 09.30 tot 12.00 uur; 09.30; nothing when no time is known."""
    if session is None or session.start is None:
        return ""
    start = clock_time(session.start)
    return _("%(start)s to %(end)s") % {"start": start, "end": clock_time(session.end)} if session.end else start


def distance_of(award: Award) -> str:
    """Write 8 km; Online."""
    found = {str(code): value for code, value in award.reasons}
    return km(found["distance_km"]) if "distance_km" in found else _("Online")


def address_of(activity: Activity) -> str:
    """Where one goes: the venue, else the address of the company."""
    if activity.venue_street or activity.venue_city:
        street, number = activity.venue_street, activity.venue_house_number
        postcode, town = activity.venue_postcode, activity.venue_city
    else:
        provider = activity.provider
        street, number, postcode, town = provider.street, provider.house_number, provider.postcode, provider.city
    parts = (activity.venue_name, f"{street} {number}".strip(), f"{postcode} {town}".strip())
    return ", ".join(part for part in parts if part)


def group_of(request: Request) -> str:
    """Write Groep 7, 28 leerlingen."""
    return capfirst(f"{levels(request.levels)}, {pupils(request.group_size)}")


# -------------------------------------------------------------- called off


def off_line(award: Award) -> str:
    """Write Called off by OBS De Rede on 21 November 2026: the teacher is ill. Empty of a place that stands."""
    booking = award.booking
    if booking is None or booking.state not in OFF:
        return ""
    reason = reason_words(state=booking.state, side=booking.ended_by, reason=booking.end_reason)
    said = {"who": _who_ended(award, booking.ended_by), "day": day(booking.ended_at), "reason": reason}
    return _("Called off by %(who)s on %(day)s: %(reason)s.") % said


def _who_ended(award: Award, side: str) -> str:
    """The organisation that did it, or the coordinator."""
    names = {Side.SCHOOL: award.request.school.name, Side.PROVIDER: award.activity.provider.name}
    return names.get(Side(side), _("the coordinator"))


# --------------------------------------------------------------- why nothing


def why(reason: str, detail: Detail = ()) -> str:
    """Why a request gets nothing, in one or two sentences."""
    sentences = {
        Reason.NO_OPTION: _("Nothing in this campaign fits this request."),
        Reason.LOCKED_OUT: _("What would fit was refused by hand."),
        Reason.TOO_LARGE: _("The group fits in no place as a whole, and not in parts within the bounds either."),
        Reason.FULL: _("Something fits, but the places went to others."),
        Reason.CLOSED: _("The request is no longer open: it was withdrawn, answered or is past its last day."),
    }
    counted = [COUNTED[rule](count) for rule, count in detail if rule in COUNTED]
    return " ".join([sentences[Reason(reason)], *([capfirst(join_and(counted)) + "."] if counted else [])])


COUNTED: dict[str, Callable[[int], str]] = {
    "place": lambda n: ngettext("%(n)d day is too far away", "%(n)d days are too far away", n) % {"n": n},
    "level": lambda n: ngettext("%(n)d day is for other classes", "%(n)d days are for other classes", n) % {"n": n},
    "theme": lambda n: ngettext("%(n)d day has another theme", "%(n)d days have another theme", n) % {"n": n},
    "kind": lambda n: ngettext("%(n)d day is of another kind", "%(n)d days are of another kind", n) % {"n": n},
    "audience": lambda n: ngettext("%(n)d day is for other people", "%(n)d days are for other people", n) % {"n": n},
    "period": lambda n: ngettext("%(n)d day is outside the dates", "%(n)d days are outside the dates", n) % {"n": n},
    "cost": lambda n: ngettext("%(n)d day costs more", "%(n)d days cost more", n) % {"n": n},
}


def what_helps(reason: str) -> str:
    """What the coordinator can do about it."""
    helps = {
        Reason.NO_OPTION: _("Add activities that fit, or ask the school what it can change."),
        Reason.LOCKED_OUT: _("Release a refused pair, or add another activity."),
        Reason.TOO_LARGE: _("Allow more parts or companies, or a smaller part, or give a day more seats."),
        Reason.FULL: _("Give days more seats, add activities, or give this request a higher priority."),
        Reason.CLOSED: _("Nothing needs to be done."),
    }
    return helps[Reason(reason)]


def skipped(outcome: str) -> str:
    """Why what was proposed was not given when it came to publishing; empty when it was."""
    said = {
        Outcome.CLOSED: _("Skipped at publishing: the request was no longer open. The seats stay free."),
        Outcome.GONE: _("Skipped at publishing: the activity or its day was no longer there."),
        Outcome.FULL: _("Skipped at publishing: the seats were taken meanwhile."),
        Outcome.CHANGED: _("Skipped at publishing: the request or the activity was changed and no longer fits."),
    }
    return said.get(Outcome(outcome), "") if outcome else ""


def why_to_school(outcome: str, reason: str) -> str:
    """Why there is no place, as it is said to the school itself."""
    if outcome == Outcome.GONE:
        return _("There was a place for you, but the company had to take that day away.")
    if outcome == Outcome.FULL:
        return _("There was a place for you, but the seats were taken shortly before.")
    if outcome == Outcome.CHANGED:
        return _("There was a place for you, but after a change it no longer fitted your request.")
    said = {
        Reason.NO_OPTION: _("No activity of this campaign fits the classes, theme, days or place that you ask for."),
        Reason.LOCKED_OUT: _("The coordinator could not place your group with the companies that would fit."),
        Reason.TOO_LARGE: _("Your group is too large or too small for the activities that would fit."),
        Reason.FULL: _("More schools asked than there were seats. Who had nothing yet or waited longer went first."),
    }
    return said.get(Reason(reason), said[Reason.FULL]) if reason else said[Reason.FULL]


# -------------------------------------------------------------- what went wrong


def problem_of(failed: Round) -> str:
    """Why a round failed, and what to do, in words; the culprits by name."""
    code = failed.problem
    text = PROBLEMS.get(code)
    if text is None:
        return _("This round could not be worked out (%(code)s). Start a new one.") % {"code": code}
    return str(text()) % _culprits(failed)


def _culprits(failed: Round) -> dict[str, str]:
    request = Request.objects.filter(pk=failed.report.get("group")).select_related("school").first()
    session = Session.objects.filter(pk=failed.report.get("place")).select_related("activity").first()
    asked = f"{request.school.name}: {request.title}" if request else _("a request")
    place = f"{session.activity.title}, {day_of(session.date)}" if session else _("a day")
    return {"request": asked, "place": place}


PROBLEMS: dict[str, Callable[[], str]] = {
    "gave_up": lambda: _("The worker stopped several times before it was ready. Start a new round."),
    "no_groups": lambda: _("None of the requests is open any more. Choose other requests."),
    "no_places": lambda: _("None of the days can be given any more. Choose other activities."),
    "no_seats": lambda: _("None of the days has a free seat any more. Choose other days."),
    "lock_option": lambda: _("You settled a pair that no longer fits: %(request)s at %(place)s. Release it."),
    "lock_pupils": lambda: _("The pupils you settled no longer fit: %(request)s at %(place)s. Release that pair."),
    "lock_size": lambda: _("You settled more pupils than the group has: %(request)s. Release one of its pairs."),
    "lock_parts": lambda: _("You settled more parts than allowed: %(request)s. Release one, or allow more parts."),
    "lock_providers": lambda: _("You settled more companies than allowed: %(request)s. Release one, or allow more."),
    "lock_seats": lambda: _("You settled more pupils than there are seats: %(place)s. Release one or give seats."),
    "lock_groups_max": lambda: _("You settled more groups than may come: %(place)s. Release one."),
    "lock_rest": lambda: _("With what you settled, the rest of the group fits nowhere: %(request)s. Release a pair."),
}
