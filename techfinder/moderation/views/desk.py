"""The moderators' desk: four queues, and one page for each thing that waits."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from techfinder.activities.changes import with_pending
from techfinder.activities.vocabulary import Vocabulary
from techfinder.moderation import actions
from techfinder.moderation.access import Desk, desk_of
from techfinder.moderation.forms.decisions import DecideForm
from techfinder.moderation.models import Decision
from techfinder.moderation.showing import review as showing
from techfinder.moderation.waiting_list import tasks_of, waiting_of

PER_PAGE = 20
BESIDE = 8
READ = ["GET", "HEAD", "POST"]
TABS = ("aanbod", "aanbieders", "mensen", "aandacht")


@require_safe
def queue(request: HttpRequest) -> HttpResponse:
    """What waits, by kind."""
    desk = desk_of(request)
    tab = request.GET.get("soort", TABS[0])
    tab = tab if tab in TABS else TABS[0]
    page = Paginator(_waiting(desk, tab), PER_PAGE).get_page(request.GET.get("page"))
    context = {"tabs": _tabs(desk, tab), "tab": tab, "page": page, "items": [_item(tab, row) for row in page]}
    return render(request, "moderation/queue.html", context)


def _waiting(desk: Desk, tab: str) -> QuerySet[Any]:
    if tab == "aanbieders":
        return desk.providers().select_related("municipality")
    if tab == "mensen":
        return desk.claims().select_related("user", "school", "provider", "board")
    return desk.attention() if tab == "aandacht" else desk.activities().select_related("provider")


def _tabs(desk: Desk, current: str) -> list[tuple[str, Any, int, bool]]:
    names = (gettext("Offers"), gettext("Providers"), gettext("People"), gettext("To look at"))
    url = reverse("moderation:queue")
    tabs = [
        (f"{url}?soort={tab}", name, _waiting(desk, tab).count(), tab == current)
        for tab, name in zip(TABS, names, strict=True)
    ]
    return [
        *tabs,
        (reverse("moderation:tasks"), gettext("Tasks"), tasks_of(desk).count(), False),
        (reverse("moderation:waiting"), gettext("Waiting list"), waiting_of(desk).count(), False),
    ]


def _item(tab: str, row: Any) -> dict[str, Any]:
    if tab == "aanbieders":
        url, title = reverse("moderation:provider", args=[row.slug]), row.name
        return {"url": url, "title": title, "meta": gettext("New provider"), "place": row.city, "since": row.created_at}
    if tab == "mensen":
        url, title = reverse("moderation:claim", args=[row.pk]), str(row.user)
        return {"url": url, "title": title, "meta": gettext("Says to act for"), "place": str(row.organisation),
                "since": row.created_at}  # fmt: skip
    if tab == "aandacht":
        return {"settle": row.pk, "title": str(row.organisation), "meta": row.get_reason_display(),
                "place": row.note if row.note != str(row.organisation) else "",
                "since": row.created_at}  # fmt: skip
    kind = gettext("Change in an offer") if row.is_approved else gettext("New offer")
    return {"url": reverse("moderation:activity", args=[row.slug]), "title": row.title, "meta": kind,
            "place": row.provider.name, "since": row.submitted_at}  # fmt: skip


@require_http_methods(READ)
def activity(request: HttpRequest, slug: str) -> HttpResponse:
    """One offer: what changed, the checks, the history, the decision."""
    desk = desk_of(request)
    item = desk.any_activity(slug)
    form = DecideForm(
        request.POST or None, initial={"seen": item.submitted_at.isoformat() if item.submitted_at else ""}
    )
    if request.method == "POST" and form.is_valid():
        decision = actions.decide_activity(
            activity_id=item.pk, seen=form.cleaned_data["seen"], moderator=desk.user, **form.decision()
        )
        return _done(request, decision, "aanbod", activity=item)
    warnings = showing.warnings_of(item)
    different, same = showing.rows(item, Vocabulary())
    wanted = with_pending(item)
    quotes = [quote for warning in warnings for quote in warning.quotes]
    context = {
        "item": item, "rows": different, "same": same, "form": form, "history": showing.history(item),
        "description": showing.marked(wanted.description, quotes), "checks": showing.checks(item, warnings),
        "wanted": wanted,
        "waits": _is_waiting(item), "record": showing.provider_record(item.provider),
        **_beside(desk, "aanbod", item.pk),
        "decisions": showing.decisions_of(activity=item),
    }  # fmt: skip
    return render(request, "moderation/activity.html", context, status=422 if form.is_bound else 200)


def _is_waiting(item: Any) -> bool:
    return item.submitted_at is not None and (item.status == item.Status.SUBMITTED or bool(item.pending))


def _beside(desk: Desk, tab: str, current: int) -> dict[str, Any]:
    waiting = _waiting(desk, tab)[: BESIDE + 1]
    found = [{**_item(tab, row), "open": row.pk == current} for row in waiting]
    return {"beside": found[:BESIDE], "more": len(found) > BESIDE, "tab": tab}


def _done(request: HttpRequest, decision: Decision | None, tab: str, **about: Any) -> HttpResponse:
    """Back to the queue; or, when somebody was first, what happened and by whom."""
    back = f"{reverse('moderation:queue')}?soort={tab}"
    if decision is None:
        context = {"decisions": showing.decisions_of(**about)[:1], "back": back}
        return render(request, "moderation/settled.html", context, status=409)
    told = {
        Decision.Verdict.APPROVED: gettext("Approved. The people concerned get a mail."),
        Decision.Verdict.CHANGES: gettext("Sent back with your question. The people concerned get a mail."),
        Decision.Verdict.REJECTED: gettext("Rejected. The people concerned get a mail."),
    }
    messages.success(request, told[Decision.Verdict(decision.verdict)])
    return redirect(back)


@require_http_methods(READ)
def provider(request: HttpRequest, slug: str) -> HttpResponse:
    desk = desk_of(request)
    item = desk.any_provider(slug)
    form = DecideForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        decision = actions.decide_provider(provider_id=item.pk, moderator=desk.user, **form.decision())
        return _done(request, decision, "aanbieders", provider=item)
    facts = [
        (gettext("KvK number"), item.kvk),
        *showing.same_kvk(item), (gettext("Website"), item.website), (gettext("E-mail address"), item.email),
        (gettext("Address"), f"{item.street} {item.house_number}, {item.postcode} {item.city}".strip(" ,")),
        (gettext("Municipality"), str(item.municipality or "")), (gettext("Description"), item.description),
    ]  # fmt: skip
    waits = item.status == item.Status.PENDING
    context = {"item": item, "title": item.name, "facts": facts, "form": form, "waits": waits,
               "decisions": showing.decisions_of(provider=item), **_beside(desk, "aanbieders", item.pk)}  # fmt: skip
    return render(request, "moderation/organisation.html", context, status=422 if form.is_bound else 200)


@require_http_methods(READ)
def claim(request: HttpRequest, pk: int) -> HttpResponse:
    desk = desk_of(request)
    item = desk.any_claim(pk)
    form = DecideForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        decision = actions.decide_claim(membership=item, moderator=desk.user, **form.decision())
        return _done(request, decision, "mensen", membership=item)
    school = item.school
    facts = [
        (gettext("Person"), item.user.name), (gettext("E-mail address"), item.user.email),
        (gettext("Acts for"), str(item.organisation)),
        (gettext("Town"), school.city if school else ""),
        (gettext("Website in the register"), school.website if school else ""),
        (gettext("Phone in the register"), school.phone if school else ""),
    ]  # fmt: skip
    waits = item.status == item.Status.PENDING
    context = {"item": item, "title": str(item.user), "facts": facts, "form": form, "waits": waits,
               "decisions": showing.decisions_of(membership=item), **_beside(desk, "mensen", item.pk)}  # fmt: skip
    return render(request, "moderation/organisation.html", context, status=422 if form.is_bound else 200)


@require_POST
def settle(request: HttpRequest, pk: int) -> HttpResponse:
    """Something was looked at."""
    desk = desk_of(request)
    if not desk.attention().filter(pk=pk).exists():
        messages.info(request, gettext("It was done already."))
    elif actions.settle_attention(attention_id=pk, moderator=desk.user):
        messages.success(request, gettext("Settled."))
    return redirect(f"{reverse('moderation:queue')}?soort=aandacht")
