"""What a school or a provider did, per school year: to read, to print and as a file."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from techfinder.activities.access import moderated_codes
from techfinder.bookings.access import Person
from techfinder.bookings.machine import Side
from techfinder.bookings.queries import records
from techfinder.bookings.show import records as show
from techfinder.organisations.access import KINDS, school_ids_of
from techfinder.organisations.models import Provider, School
from techfinder.organisations.queries import own_providers
from techfinder.requests.access import is_person
from techfinder.taxonomy.days import school_year
from techfinder.taxonomy.files import csv_file

# A year of one school is on one sheet.
PER_PAGE = 100
OWN_PER_PAGE = 50
EARLIEST, LATEST = 2000, 2100


@login_required
@require_safe
def own_records(request: HttpRequest) -> HttpResponse:
    """The schools and providers whose records this person may see as one of theirs."""
    schools = School.objects.filter(pk__in=school_ids_of(request.user)).order_by("name", "code")
    providers = own_providers(request.user).order_by("name")  # type: ignore[arg-type]
    page = Paginator(schools, OWN_PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "bookings/records.html", {"page": page, "providers": providers[:OWN_PER_PAGE]})


@login_required
@require_safe
def record(request: HttpRequest, kind: str, key: str) -> HttpResponse:
    """One school year: numbers, sums, and line by line. Made for paper too."""
    organisation, side = _organisation(request.user, kind, key)
    years = records.years_of(organisation, today=timezone.localdate())
    found = _record(organisation, _year(request, years))
    page = Paginator(found.lines, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "organisation": organisation,
        "kind": kind,
        "key": key,
        "is_school": side == Side.SCHOOL,
        "year": show.year_words(found.year),
        "chosen": found.year,
        "years": [(year, show.year_words(year)) for year in years],
        "page": page,
        "lines": list(show.lines(page, side)),
        "figures": show.figures(found, side),
        "tables": show.tables(found, side),
    }
    return render(request, "bookings/record.html", context)


@login_required
@require_safe
def record_file(request: HttpRequest, kind: str, key: str) -> HttpResponseBase:
    """The same year as CSV, whole."""
    organisation, side = _organisation(request.user, kind, key)
    found = _record(organisation, _year(request, [school_year(timezone.localdate())]))
    return csv_file(show.file_rows(found, side), name=f"dossier-{key.lower()}-{show.year_words(found.year)}")


def _record(organisation: School | Provider, year: int) -> records.Record:
    if isinstance(organisation, School):
        return records.record_of_school(organisation, year)
    return records.record_of_provider(organisation, year)


def _year(request: HttpRequest, years: list[int]) -> int:
    """The year of the address, else the newest; an unreadable one is nobody's page."""
    asked = request.GET.get("jaar", "")
    if not asked:
        return years[0]
    if not (asked.isascii() and asked.isdigit() and len(asked) == 4 and EARLIEST <= int(asked) <= LATEST):
        raise Http404
    return int(asked)


def _organisation(user: Person, kind: str, key: str) -> tuple[School | Provider, Side]:
    """A school or provider whose record this person may see: as its member, or as coordinator of its region."""
    model, field = KINDS.get(kind, (None, ""))
    if model not in (School, Provider) or not is_person(user):
        raise Http404
    found = get_object_or_404(model, **{field: key})
    if not isinstance(found, School | Provider) or not _may_see(user, found):
        raise Http404
    return found, Side.SCHOOL if isinstance(found, School) else Side.PROVIDER


def _may_see(user: Person, organisation: School | Provider) -> bool:
    assert is_person(user)
    if isinstance(organisation, School):
        own = organisation.pk in school_ids_of(user)
    else:
        own = own_providers(user).filter(pk=organisation.pk).exists()
    town = organisation.municipality
    return own or user.is_staff or (town is not None and town.code in moderated_codes(user))
