"""Samples of what a moderator decided, for the gallery: people and organisations that do not exist."""

from __future__ import annotations

from techfinder.accounts.models import User
from techfinder.activities.models import Activity
from techfinder.mail.gallery import Sample, register
from techfinder.moderation.models import Decision
from techfinder.moderation.telling import about_activity, about_claim, about_provider, answers_to
from techfinder.organisations.models import Membership, Provider, School

Verdict, Reason = Decision.Verdict, Decision.Reason
QUESTION = "Voor welke groepen is dit?\nEr staat groep 7 en 8, en bij de groepen ook groep 6."


def _decision(verdict: str, reason: str = "", message: str = "") -> Decision:
    noor = User(name="Noor Verhage", email="noor@regio.example")
    return Decision(moderator=noor, verdict=verdict, reason=reason, message=message)


def _provider(status: str = Provider.Status.VERIFIED) -> Provider:
    return Provider(name="Sloewind Onderhoud", slug="sloewind-onderhoud", status=status)


def _activity(name: str, decision: Decision, *, public: bool = False, provider: Provider | None = None) -> Sample:
    activity = Activity(
        provider=provider or _provider(),
        title="Wind vangen: bouw je eigen molen",
        slug="wind-vangen-bouw-je-eigen-molen",
        status=Activity.Status.PUBLISHED if public else Activity.Status.CHANGES,
    )
    return Sample(
        name,
        lambda: about_activity(decision, activity),
        person="Karim Bakker",
        thread="moderation-activity-0",
        reply_to=answers_to(decision),
    )


register(
    "moderation_activity",
    _activity("approved", _decision(Verdict.APPROVED), public=True),
    _activity("waits", _decision(Verdict.APPROVED), provider=_provider(Provider.Status.PENDING)),
    _activity("question", _decision(Verdict.CHANGES, Reason.UNCLEAR, QUESTION)),
    _activity("change-refused", _decision(Verdict.REJECTED, Reason.ADVERTISING), public=True),
    _activity("rejected", _decision(Verdict.REJECTED, Reason.NOT_TECHNICAL, "Dit gaat over koken.")),
)


def _organisation(name: str, decision: Decision) -> Sample:
    return Sample(
        name,
        lambda: about_provider(decision, _provider()),
        person="Karim Bakker",
        thread="moderation-provider-0",
        reply_to=answers_to(decision),
    )


register(
    "moderation_provider",
    _organisation("approved", _decision(Verdict.APPROVED)),
    _organisation("question", _decision(Verdict.CHANGES, message="Wat is jullie adres in Nieuwdorp?")),
    _organisation("rejected", _decision(Verdict.REJECTED, Reason.UNKNOWN_PARTY)),
)


def _claim(name: str, decision: Decision) -> Sample:
    membership = Membership(school=School(name="Basisschool De Loefzijde"))
    return Sample(
        name,
        lambda: about_claim(decision, membership),
        thread="moderation-membership-0",
        reply_to=answers_to(decision),
    )


register(
    "moderation_claim",
    _claim("approved", _decision(Verdict.APPROVED)),
    _claim("question", _decision(Verdict.CHANGES, message="Welke groep heb je?")),
    _claim("rejected", _decision(Verdict.REJECTED, Reason.UNKNOWN_PARTY)),
)
