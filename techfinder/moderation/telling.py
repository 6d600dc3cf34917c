"""The mail that says what a moderator decided, and why."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.urls import reverse

from techfinder.accounts.models import User
from techfinder.activities.models import Activity
from techfinder.mail.actions import queue_mail
from techfinder.mail.compose import absolute, parts_of
from techfinder.moderation.models import Decision
from techfinder.organisations.models import Membership, Provider
from techfinder.organisations.queries import members_of

PARTS = ("lead", "next", "button", "why")
Verdict = Decision.Verdict


def tell_of_activity(decision: Decision, activity: Activity) -> None:
    """Everyone who acts for the provider; without any, the address that it gave."""
    template = "moderation_activity"
    context = about_activity(decision, activity)
    _tell(decision, template, members_of(activity.provider), activity.provider.email, context)


def tell_of_provider(decision: Decision, provider: Provider) -> None:
    """Everyone who acts for it; without any, the address that it gave."""
    _tell(decision, "moderation_provider", members_of(provider), provider.email, about_provider(decision, provider))


def tell_of_claim(decision: Decision, membership: Membership) -> None:
    """Who wants to act for an organisation."""
    _tell(decision, "moderation_claim", [membership.user], "", about_claim(decision, membership))


def about_activity(decision: Decision, activity: Activity) -> dict[str, Any]:
    asked = decision.verdict == Verdict.CHANGES
    path = reverse("activities:edit_start", args=[activity.slug]) if asked else activity.get_absolute_url()
    return {
        "title": activity.title,
        "is_public": activity.is_approved,
        "provider_waits": activity.provider.status != Provider.Status.VERIFIED,
        **_about(decision, "moderation_activity", path),
    }


def about_provider(decision: Decision, provider: Provider) -> dict[str, Any]:
    return {"title": provider.name, **_about(decision, "moderation_provider", provider.get_absolute_url())}


def about_claim(decision: Decision, membership: Membership) -> dict[str, Any]:
    return {"title": str(membership.organisation), **_about(decision, "moderation_claim", "/mijn/")}


def _about(decision: Decision, template: str, path: str) -> dict[str, Any]:
    return {"decision": decision, "parts": parts_of(template, PARTS), "button_url": absolute(path)}


def answers_to(decision: Decision) -> str:
    """A question, and a no, can be answered by mail; a yes needs none."""
    return "" if decision.verdict == Verdict.APPROVED else decision.moderator.email


def _tell(decision: Decision, template: str, people: Iterable[User], address: str, context: dict[str, Any]) -> None:
    common: dict[str, Any] = {
        "template": template,
        "context": context,
        "thread": _thread(decision),
        "reply_to": answers_to(decision),
    }
    told = 0
    for person in people:
        queue_mail(key=f"decision:{decision.pk}:{person.pk}", to=person.email, recipient=person, **common)
        told += 1
    if not told and address:
        queue_mail(key=f"decision:{decision.pk}", to=address, language="nl", **common)


def _thread(decision: Decision) -> str:
    kind = next(name for name in ("activity", "provider", "membership") if getattr(decision, f"{name}_id"))
    return f"moderation-{kind}-{getattr(decision, f'{kind}_id')}"
