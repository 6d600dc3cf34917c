from http import HTTPStatus
from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from techfinder.accounts.models import User
from techfinder.organisations import access, actions
from techfinder.organisations.beside import beside
from techfinder.organisations.forms import ClaimForm, InviteForm, ProviderForm, SchoolSearchForm
from techfinder.organisations.models import Board, Invitation, Membership, Provider, School
from techfinder.organisations.queries import search_schools, single_handed
from techfinder.taxonomy.http import either

SUGGESTIONS = 8
FOUND = 20


def _page(request: HttpRequest, template: str, context: dict[str, Any], form: BaseForm | None = None) -> HttpResponse:
    """Render; a form that was refused answers 422."""
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form is not None and form.errors else HTTPStatus.OK
    return render(request, f"organisations/{template}.html", context, status=status)


def _person(request: HttpRequest) -> User:
    return cast(User, request.user)


# ------------------------------------------------------------------------------------------------------ one's own list


@login_required
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """For whom this person acts, what waits, and how to add."""
    rows = [(each, *access.kind_and_key(each.organisation)) for each in access.memberships_of(request.user)]
    return _page(request, "index", {"rows": rows})


# ------------------------------------------------------------------------------------------------------------- schools


@require_safe
def school_search(request: HttpRequest) -> HttpResponse:
    """Suggestions while one types: JSON for the type-ahead, a list of links for everything else."""
    form = SchoolSearchForm(request.GET)
    words = form.cleaned_data["q"] if form.is_valid() else ""
    schools = list(search_schools(words)[:SUGGESTIONS])
    if request.accepts("text/html") and "application/json" not in request.headers.get("Accept", ""):
        response = render(request, "organisations/_schools.html", {"schools": schools, "words": words})
    else:
        response = JsonResponse({"results": [_suggestion(school) for school in schools]})
    patch_vary_headers(response, ["Accept"])
    return response


def _suggestion(school: School) -> dict[str, str]:
    return {"id": school.code, "label": school.name, "detail": school_detail(school)}


def school_detail(school: School) -> str:
    """Vlissingen, primary education: what tells schools of one name apart."""
    return ", ".join(part for part in (school.city, school.get_sector_display()) if part)


@login_required
@require_safe
def claim_school(request: HttpRequest) -> HttpResponse:
    """Find one's school in the register."""
    form = SchoolSearchForm(request.GET)
    words = form.cleaned_data["q"] if form.is_valid() else ""
    schools = list(search_schools(words)[: FOUND + 1]) if words else []
    context = {"form": form, "words": words, "schools": schools[:FOUND], "more": len(schools) > FOUND}
    return _page(request, "claim_school", context)


@login_required
@either
def claim(request: HttpRequest, code: str) -> HttpResponse:
    """Say that one works at this school, or for its board."""
    schools = School.objects.open().select_related("municipality", "board")
    school = get_object_or_404(schools, code=code)
    form = ClaimForm(request.POST or None, school=school)
    if request.method == "POST" and form.is_valid():
        organisation = school.board if form.cleaned_data["scope"] == "board" else school
        return _claim(request, cast(School | Board, organisation))
    return _page(request, "claim", {"form": form, "school": school, "detail": school_detail(school)}, form)


def _claim(request: HttpRequest, organisation: School | Board) -> HttpResponse:
    try:
        if isinstance(organisation, School):
            membership = actions.claim_school(user=_person(request), school=organisation)
        else:
            membership = actions.claim_board(user=_person(request), board=organisation)
    except actions.RefusedError as reason:
        messages.error(request, str(reason))
        return redirect("organisations:index")
    said = {
        Membership.Status.ACTIVE: _("You can act for %(name)s now."),
        Membership.Status.PENDING: _("We check that you work for %(name)s. You get a mail within 5 working days."),
        Membership.Status.REJECTED: _("We could not verify before that you work for %(name)s. Ask the coordinator."),
    }
    status = Membership.Status(membership.status)
    level = messages.SUCCESS if status == Membership.Status.ACTIVE else messages.INFO
    messages.add_message(request, level, said[status] % {"name": organisation})
    return redirect("organisations:index")


# ----------------------------------------------------------------------------------------------------------- providers


@login_required
@either
def register_provider(request: HttpRequest) -> HttpResponse:
    """Register a company or another provider."""
    form = ProviderForm(request.POST or None, request.FILES or None, initial={"email": _person(request).email})
    if request.method == "POST" and form.is_valid():
        try:
            provider = actions.register_provider(user=_person(request), **form.values())
        except actions.RefusedError as reason:
            form.add_error(None, str(reason))
        else:
            messages.success(
                request, _("%(name)s is registered. We look at it within 5 working days.") % {"name": provider}
            )
            return redirect(provider)
    return _page(request, "provider_form", {"form": form}, form)


@login_required
@either
def edit_provider(request: HttpRequest, slug: str) -> HttpResponse:
    """Change what the site says about a provider."""
    provider = access.provider_for(request.user, slug)
    # The form writes into its object: what is on the page stays as it was when the form is refused.
    draft = Provider.objects.get(pk=provider.pk)
    form = ProviderForm(request.POST or None, request.FILES or None, instance=draft)
    if request.method == "POST" and form.is_valid():
        actions.update_provider(provider=provider, **form.values())
        messages.success(request, _("The changes are saved."))
        return redirect(provider)
    return _page(request, "provider_form", {"form": form, "provider": provider}, form)


@login_required
@require_POST
def pause_provider(request: HttpRequest, slug: str) -> HttpResponse:
    """Stop or resume everything of a provider."""
    paused = request.POST.get("paused") == "1"
    found = access.provider_for(request.user, slug)
    actions.pause_provider(provider=found, paused=paused)
    messages.success(request, _("Everything is paused.") if paused else _("Schools see your activities again."))
    return redirect(found)


@require_safe
def provider(request: HttpRequest, slug: str) -> HttpResponse:
    """Who this is; before approval for its members only."""
    found = access.visible_provider(request.user, slug)
    is_member = any(each.pk == found.pk for each in access.providers_of(request.user))
    is_alone = is_member and any(each.provider_id == found.pk for each in single_handed(_person(request)))
    context = {"provider": found, "is_member": is_member, "is_alone": is_alone, **beside(request, found)}
    return _page(request, "provider", context)


# ------------------------------------------------------------------------------------------- colleagues and invitations


@login_required
@either
def members(request: HttpRequest, kind: str, key: str) -> HttpResponse:
    """Who acts for an organisation; ask a colleague to join."""
    membership = access.membership_for(request.user, kind, key)
    form = InviteForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.invite(membership=membership, email=form.cleaned_data["email"])
        except actions.RefusedError as reason:
            form.add_error(None, str(reason))
        else:
            messages.success(request, _("The invitation is sent to %(email)s.") % form.cleaned_data)
            return redirect("organisations:members", kind, key)
    context = {
        "form": form,
        "membership": membership,
        "kind": kind,
        "key": key,
        "members": access.colleagues(membership),
        "invitations": access.open_invitations(membership),
    }
    return _page(request, "members", context, form)


@login_required
@require_POST
def withdraw_invitation(request: HttpRequest, kind: str, key: str, pk: int) -> HttpResponse:
    membership = access.membership_for(request.user, kind, key)
    if actions.withdraw_invitation(membership=membership, invitation_id=pk):
        messages.success(request, _("The invitation is withdrawn."))
    return redirect("organisations:members", kind, key)


@login_required
@either
def leave(request: HttpRequest, kind: str, key: str) -> HttpResponse:
    """Stop acting for an organisation, or take a claim back: asked once more before it happens."""
    membership = access.standing_membership_for(request.user, kind, key)
    if request.method == "POST":
        actions.leave(membership=membership)
        messages.success(request, _("You no longer act for %(name)s.") % {"name": membership.organisation})
        return redirect("organisations:index")
    return _page(request, "leave", {"membership": membership, "is_last": access.is_last(membership)})


@either
def accept_invitation(request: HttpRequest, token: UUID) -> HttpResponse:
    """Show to whom the link of the mail leads; join on a deliberate press."""
    invitation = get_object_or_404(
        Invitation.objects.select_related("school", "provider", "board", "invited_by"), token=token
    )
    if request.method == "POST":
        return _accept(request, invitation)
    return _page(request, "invitation", {"invitation": invitation, "is_open": access.is_open(invitation)})


def _accept(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    if not request.user.is_authenticated:
        return redirect_to_login(invitation.get_absolute_url())
    try:
        membership = actions.accept_invitation(user=_person(request), token=invitation.token)
    except actions.RefusedError as reason:
        messages.error(request, str(reason))
        return redirect(invitation)
    messages.success(request, _("You can act for %(name)s now.") % {"name": membership.organisation})
    return redirect("organisations:index")
