"""A school and a provider that work together each year: their page, and what they plan."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from techfinder.accounts.models import User
from techfinder.activities.access import moderated_codes
from techfinder.bookings import actions
from techfinder.bookings.access import booking_for
from techfinder.bookings.actions.errors import BookingError
from techfinder.bookings.actions.partnerships import PartnershipError
from techfinder.bookings.actors import Actor, person
from techfinder.bookings.forms.partnership import AskPlanForm, PartnershipForm, PlanForm
from techfinder.bookings.machine import PARTIES, Side
from techfinder.bookings.models import Booking, Partnership, Plan
from techfinder.bookings.queries.next_year import nearest_session
from techfinder.bookings.queries.partnerships import bookings_between, partnerships_of, plans_of, side_in
from techfinder.bookings.show.more import REPEATABLE
from techfinder.bookings.show.parts import parts_of, told
from techfinder.bookings.show.records import year_words
from techfinder.requests.models import Request
from techfinder.taxonomy.days import school_year
from techfinder.taxonomy.http import either, status_of

PER_PAGE = 20


@login_required
@require_safe
def own_partnerships(request: HttpRequest) -> HttpResponse:
    """With whom this person's organisations work together, or are asked to."""
    assert isinstance(request.user, User)
    page = Paginator(partnerships_of(request.user), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "bookings/partnerships.html", {"page": page})


@login_required
@either
def propose(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Propose to work together every year, to whom one has an appointment with."""
    booking, side = booking_for(request.user, uuid)
    if side not in PARTIES or booking.state not in REPEATABLE:
        raise Http404
    school, provider = booking.request.school, booking.activity.provider
    standing = Partnership.objects.filter(school=school, provider=provider, ended_at=None).first()
    if standing:
        return redirect("bookings:partnership", standing.uuid)
    form = PartnershipForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        made = actions.propose_partnership(
            school=school, provider=provider, by=_actor(request, side), words=form.cleaned_data["words"]
        )
        messages.success(request, _("Your proposal is on its way. You hear it by mail when there is an answer."))
        return redirect("bookings:partnership", made.uuid)
    context = {"form": form, "booking": booking, "other": provider if side == Side.SCHOOL else school}
    return render(request, "bookings/partnership_new.html", context, status=status_of(form))


@login_required
@either
def partnership(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """What the two did and plan; POST adds to the plan."""
    found, side = _found(request, uuid)
    year = school_year(timezone.localdate())
    stands = found.accepted_at is not None and found.ended_at is None
    waits = found.accepted_at is None and found.ended_at is None
    form = PlanForm(request.POST if request.method == "POST" else None, partnership=found, year=year)
    if request.method == "POST" and (side not in PARTIES or not stands):
        raise Http404
    if form.is_valid():
        actions.add_plan(partnership_id=found.pk, by=_actor(request, side), **form.cleaned_data)
        messages.success(request, _("Added to the plan."))
        return redirect("bookings:partnership", found.uuid)
    page = Paginator(bookings_between(found.school, found.provider), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "partnership": found,
        "is_party": side in PARTIES,
        "is_school": side == Side.SCHOOL,
        "is_asked": waits and side in PARTIES and side != found.proposed_by,
        "stands": stands,
        "years": _years(found, year),
        "form": form,
        "page": page,
        "parts": parts_of(page),
    }
    return render(request, "bookings/partnership.html", context, status=status_of(form))


def _years(found: Partnership, year: int) -> list[tuple[str, list[Plan]]]:
    """This school year and those after it, each with its plans; a year without plans too when it is this one."""
    by_year: dict[int, list[Plan]] = {year: []}
    for plan in plans_of(found, year=year):
        by_year.setdefault(plan.year, []).append(plan)
    return [(year_words(each), plans) for each, plans in sorted(by_year.items())]


@login_required
@require_POST
def act(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Say yes, or end it; `do` is "accept" or "end"."""
    found, side = _found(request, uuid)
    does = {"accept": actions.accept_partnership, "end": actions.end_partnership}.get(request.POST.get("do", ""))
    if side not in PARTIES:
        raise Http404
    if does is None:
        return HttpResponse(status=HTTPStatus.BAD_REQUEST)
    try:
        changed = does(partnership_id=found.pk, by=_actor(request, side))
    except PartnershipError:
        messages.error(request, _("This was not done: meanwhile something else happened. Below you see how it is now."))
    else:
        messages.success(request, _("The partnership is ended.") if changed.ended_at else _("You work together now."))
    return redirect("bookings:partnership", found.uuid)


@login_required
@require_POST
def drop_plan(request: HttpRequest, uuid: UUID, pk: int) -> HttpResponse:
    """Take something out of the plan that was not asked yet."""
    found, side = _found(request, uuid)
    get_object_or_404(found.plans, pk=pk)
    try:
        dropped = actions.drop_plan(plan_id=pk, partnership_id=found.pk, by=_actor(request, side))
    except PartnershipError:
        raise Http404 from None
    messages.success(request, _("Taken out of the plan.") if dropped else _("This was asked already, and stays."))
    return redirect("bookings:partnership", found.uuid)


@login_required
@either
def ask_plan(request: HttpRequest, uuid: UUID, pk: int) -> HttpResponse:
    """The school asks now for what was planned."""
    found, side = _found(request, uuid)
    plan = get_object_or_404(found.plans.select_related("activity__provider", "booking"), pk=pk)
    if side != Side.SCHOOL or found.accepted_at is None or found.ended_at is not None:
        raise Http404
    if plan.booking and plan.booking.is_live:
        return redirect(plan.booking)
    last = bookings_between(found.school, found.provider).first()
    form = AskPlanForm(
        request.POST if request.method == "POST" else None,
        activity=plan.activity,
        request=_like(found, last),
        initial=_initial(plan, last),
    )
    if form.is_valid():
        try:
            asked = actions.ask_plan(plan_id=plan.pk, by=_actor(request, side), **form.asked())
        except BookingError as error:
            form.refuse(error)
        else:
            messages.success(request, told([asked]))
            return redirect(asked)
    return render(
        request, "bookings/plan_ask.html", {"form": form, "plan": plan, "partnership": found}, status=status_of(form)
    )


def _like(found: Partnership, last: Booking | None) -> Request:
    """A request of the school that is not written yet: as large as the last one."""
    return Request(school=found.school, group_size=last.pupils if last else 28, delivery=[])


def _initial(plan: Plan, last: Booking | None) -> dict[str, Any]:
    """The classes of the last time, and the day in the planned month, or with places, that comes first."""
    initial: dict[str, Any] = {"levels": last.request.levels} if last else {}
    session = nearest_session(plan.activity, timezone.localdate())
    return {**initial, "session": str(session.pk) if session else ""}


def _found(request: HttpRequest, uuid: UUID) -> tuple[Partnership, Side]:
    """A partnership and this person's side in it: a coordinator of one of both reads along; else 404."""
    assert isinstance(request.user, User)
    both = Partnership.objects.select_related("school__municipality", "provider__municipality")
    found = get_object_or_404(both, uuid=uuid)
    side = side_in(request.user, found.school, found.provider)
    if side is None and not _coordinates(request.user, found):
        raise Http404
    return found, side or Side.COORDINATOR


def _coordinates(user: User, found: Partnership) -> bool:
    towns = {each.municipality.code for each in (found.school, found.provider) if each.municipality}
    return user.is_staff or bool(towns & moderated_codes(user))


def _actor(request: HttpRequest, side: Side) -> Actor:
    assert isinstance(request.user, User)
    return person(request.user, side)
