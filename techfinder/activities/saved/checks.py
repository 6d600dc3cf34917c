"""Does an alert that had to wait still hold? What is no longer public is left out, and told when it is again."""

from __future__ import annotations

from django.db import transaction

from techfinder.activities.models import SavedSearch
from techfinder.activities.on_cards import on_cards
from techfinder.activities.saved import mails
from techfinder.mail.kinds import Group
from techfinder.mail.models import OutgoingMail
from techfinder.mail.policy import checks
from techfinder.mail.queries import has_stopped

SAYS = ("subject", "text", "html")


@transaction.atomic
def holds(mail: OutgoingMail) -> bool:
    """Whether its search is on, and anything that it tells is public; it is said anew when that is not all of it."""
    saved = _search_of(mail)
    if saved is None or saved.state != SavedSearch.State.ACTIVE or has_stopped(mail.to, Group.SEARCHES):
        return False
    # A later mail of this search went first: what this one tells is not known any more.
    if saved.told_in_id != mail.pk:  # type: ignore[attr-defined]
        return True
    far = dict(saved.told)
    hits = [mails.Hit(each, far[each.pk]) for each in on_cards(list(far))]
    if gone := far.keys() - {hit.activity.pk for hit in hits}:
        saved.told = [[pk, distance] for pk, distance in saved.told if pk not in gone]
        saved.passed_over = sorted({*saved.passed_over, *gone})
        saved.save(update_fields=["told", "passed_over"])
    if gone and hits:
        _say_anew(mail, mails.say_anew(mail, saved, hits))
    return bool(hits)


def _search_of(mail: OutgoingMail) -> SavedSearch | None:
    pk = mail.key.split(":")[1]
    return SavedSearch.objects.select_for_update(of=("self",)).select_related("user").filter(pk=pk).first()


def _say_anew(mail: OutgoingMail, draft: OutgoingMail) -> None:
    says = {name: getattr(draft, name) for name in SAYS}
    for name, value in says.items():
        setattr(mail, name, value)
    OutgoingMail.objects.filter(pk=mail.pk).update(**says)


checks.register("search_alert", holds)
