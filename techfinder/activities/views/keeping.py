"""Keeping offers: for the team of a school, or without an account on a device."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Page, Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from techfinder.accounts.models import User
from techfinder.activities import access
from techfinder.activities.favourites import actions, device, queries
from techfinder.activities.favourites.access import choose as choose_school
from techfinder.activities.favourites.access import school_of, schools_of
from techfinder.activities.favourites.forms import NoteForm
from techfinder.activities.models import Activity, Favourite
from techfinder.activities.vocabulary import Vocabulary
from techfinder.activities.words import card
from techfinder.organisations.models import School
from techfinder.taxonomy.ui import Card

PER_PAGE = 20


@dataclass(frozen=True)
class Kept:
    """One line of the list: a card, or only a title of what is gone."""

    activity: Activity
    card: Card | None
    favourite: Favourite | None = None
    form: NoteForm | None = None


# ------------------------------------------------------------------------------------------------------------ the list


@require_safe
@never_cache
def kept(request: HttpRequest) -> HttpResponse:
    """The list of one's school; without a school that of this device."""
    return _list(request)


def _list(request: HttpRequest, refused: NoteForm | None = None) -> HttpResponse:
    schools = schools_of(request.user)
    school = school_of(request, schools)
    context = _of_school(request, school, refused) if school else _of_device(request)
    context |= {"school": school, "schools": schools, "on_device": len(device.kept(request.session))}
    status = HTTPStatus.UNPROCESSABLE_ENTITY if refused else HTTPStatus.OK
    return render(request, "activities/kept.html", context, status=status)


def _of_school(request: HttpRequest, school: School, refused: NoteForm | None) -> dict[str, Any]:
    page = Paginator(queries.of_school(school), PER_PAGE).get_page(request.GET.get("page"))
    words = Vocabulary()
    rows = [Kept(each.activity, _card(each.activity, words), each, _form(each, refused)) for each in page]
    return {"page": page, "rows": rows}


def _form(favourite: Favourite, refused: NoteForm | None) -> NoteForm:
    if refused is not None and refused.instance.pk == favourite.pk:
        return refused
    return NoteForm(instance=favourite, prefix=f"n{favourite.pk}")


def _of_device(request: HttpRequest) -> dict[str, Any]:
    page: Page[int] = Paginator(device.kept(request.session), PER_PAGE).get_page(request.GET.get("page"))
    words = Vocabulary()
    found = queries.of_device(list(page))
    return {"page": page, "rows": [Kept(activity, _card(activity, words)) for activity in found]}


def _card(activity: Activity, words: Vocabulary) -> Card | None:
    return card(activity, words) if access.is_public(activity) else None


# ------------------------------------------------------------------------------------------------------------- changes


@require_POST
def keep(request: HttpRequest, slug: str) -> HttpResponse:
    """Keep a public offer, for the school or on this device."""
    activity = get_object_or_404(Activity.objects.public(), slug=slug)
    school = school_of(request, schools_of(request.user))
    if school:
        actions.keep(school=school, activity=activity, user=cast(User, request.user))
        said = gettext("“%(title)s” is on the list of %(school)s.") % {"title": activity.title, "school": school}
    elif device.keep(request.session, activity.pk):
        said = gettext("“%(title)s” is kept on this device.") % {"title": activity.title}
    else:
        return _full(request, activity)
    return _answer(request, activity, said, is_kept=True)


def _full(request: HttpRequest, activity: Activity) -> HttpResponse:
    said = gettext("You keep %(most)d offers on this device. More do not fit. Take one away first, or sign in.")
    return _answer(request, activity, said % {"most": device.MOST}, is_kept=False, level=messages.WARNING)


@require_POST
def drop(request: HttpRequest, slug: str) -> HttpResponse:
    """Take one off the list; also what is no longer on the site."""
    school = school_of(request, schools_of(request.user))
    activity = _droppable(request, school, slug)
    if school:
        actions.drop(school=school, activity=activity)
    device.drop(request.session, activity.pk)
    said = gettext("“%(title)s” is taken off the list.") % {"title": activity.title}
    return _answer(request, activity, said, is_kept=False)


def _droppable(request: HttpRequest, school: School | None, slug: str) -> Activity:
    """What is public may have been taken away already; of anything else only what one keeps is known."""
    activity = get_object_or_404(Activity.objects.select_related("provider"), slug=slug)
    own = bool(school) and Favourite.objects.filter(school=school, activity=activity).exists()
    if access.is_public(activity) or own or activity.pk in device.kept(request.session):
        return activity
    raise Http404


@login_required
@require_POST
def note(request: HttpRequest, slug: str) -> HttpResponse:
    """Write a word for colleagues."""
    school = school_of(request, schools_of(request.user))
    favourite = get_object_or_404(Favourite, school=school, activity__slug=slug)
    form = NoteForm(request.POST, instance=favourite, prefix=f"n{favourite.pk}")
    if not form.is_valid():
        return _list(request, form)
    actions.write_note(favourite=favourite, note=form.cleaned_data["note"])
    messages.success(request, gettext("Your note is saved."))
    return redirect(_back(request))


@login_required
@require_POST
def choose(request: HttpRequest) -> HttpResponse:
    """Another of one's schools."""
    school = _required(school_of(request, schools_of(request.user)))
    choose_school(request, school)
    return redirect("favourites:list")


@login_required
@require_POST
def move(request: HttpRequest) -> HttpResponse:
    """What was kept on this device goes to the list of the school."""
    school = _required(school_of(request, schools_of(request.user)))
    ids: Sequence[int] = device.kept(request.session)
    moved = actions.move_to_school(school=school, user=cast(User, request.user), activity_ids=ids)
    device.clear(request.session)
    said = ngettext("%(count)d offer is now on the list of %(school)s.",
                    "%(count)d offers are now on the list of %(school)s.", moved)  # fmt: skip
    messages.success(request, said % {"count": moved, "school": school})
    return redirect("favourites:list")


def _required(school: School | None) -> School:
    if school is None:
        raise Http404
    return school


def _answer(
    request: HttpRequest, activity: Activity, said: str, *, is_kept: bool, level: int = messages.SUCCESS
) -> HttpResponse:
    """The button in its new state for htmx; for others, and for what did not work, the page they came from."""
    if getattr(request, "htmx", False) and level == messages.SUCCESS:
        return _button(request, activity, is_kept)
    messages.add_message(request, level, said)
    if getattr(request, "htmx", False):
        return HttpResponse(headers={"HX-Refresh": "true"})
    return redirect(_back(request))


def _button(request: HttpRequest, activity: Activity, is_kept: bool) -> HttpResponse:
    context = {"slug": activity.slug, "title": activity.title, "is_kept": is_kept}
    response = render(request, "activities/_keep_button.html", context)
    response["HX-Reswap"] = "outerHTML"
    return response


def _back(request: HttpRequest) -> str:
    """Where they came from, on this site."""
    wanted = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if safe else reverse("favourites:list")
