"""For which school a person keeps: one of their own, else 404."""

from __future__ import annotations

from django.http import Http404, HttpRequest

from techfinder.accounts.models import User
from techfinder.organisations.access import Person, school_ids_of
from techfinder.organisations.models import School

# The school that was last chosen, by its code; who has one school need not choose.
CHOSEN = "kept_for"
MOST_SCHOOLS = 200


def schools_of(user: Person) -> list[School]:
    """The open schools this person acts for, also through a board, by name."""
    if not isinstance(user, User):
        return []
    found = School.objects.open().filter(pk__in=school_ids_of(user)).order_by("name", "code")
    return list(found[:MOST_SCHOOLS])


def school_of(request: HttpRequest, schools: list[School]) -> School | None:
    """The one that the address or form names, else the one chosen before, else the first; None without schools."""
    code = request.POST.get("school") or request.GET.get("school")
    if code:
        return _own(schools, code)
    chosen = request.session.get(CHOSEN)
    return next((each for each in schools if each.code == chosen), schools[0] if schools else None)


def _own(schools: list[School], code: str) -> School:
    for each in schools:
        if each.code == code:
            return each
    raise Http404


def choose(request: HttpRequest, school: School) -> None:
    """From now on this person keeps for this school, until another is chosen."""
    request.session[CHOSEN] = school.code
