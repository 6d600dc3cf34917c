"""The saved searches of an address, on the page where it decides about its mail."""

from __future__ import annotations

from django.db.models import Q
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext

from techfinder.activities.models import SavedSearch
from techfinder.activities.saved.words import Shown
from techfinder.mail import sections
from techfinder.mail.kinds import Group
from techfinder.mail.queries import has_stopped
from techfinder.mail.sections import Row, Section

# More are on the page of whoever signs in.
MOST = 25


@sections.register
def of_address(address: str) -> Section | None:
    """All that were confirmed, the newest first; what is stopped can be started again from its own page."""
    theirs = Q(user__email=address) | Q(user=None, email=address)
    rows = SavedSearch.objects.filter(theirs).exclude(state=SavedSearch.State.UNCONFIRMED).select_related("user")
    shown = [_row(Shown(each)) for each in rows[:MOST]]
    return Section(gettext("Your alerts"), shown, _note(address)) if shown else None


def _note(address: str) -> str:
    return gettext("You want no mail about these now.") if has_stopped(address, Group.SEARCHES) else ""


def _row(shown: Shown) -> Row:
    runs = shown.saved.state in (SavedSearch.State.ACTIVE, SavedSearch.State.PAUSED)
    return Row(
        name=shown.name,
        often=capfirst(shown.often if shown.is_on else shown.state),
        url=reverse("saved:manage", args=[shown.saved.uuid]),
        stop_url=reverse("saved:stop", args=[shown.saved.uuid]) if runs else "",
    )
