"""How each sort of mail is called where it is stopped."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from techfinder.mail.kinds import Group


@dataclass(frozen=True, slots=True)
class GroupWords:
    """Before it is stopped, after it, and what then still comes."""

    name: Promise
    stopped: Promise
    stays: Promise


DIRECT = _("Questions to you and answers to what you asked still come.")
WORDS = {
    Group.MATCHES: GroupWords(
        _("Mail about matches"),
        _("You get no more mail about matches"),
        _("Your matches stay on your own page. Questions to you and answers to what you asked still come."),
    ),
    Group.SEARCHES: GroupWords(
        _("Mail about your saved searches"),
        _("You get no more mail about your saved searches"),
        _("Your searches are kept: you can turn them on again."),
    ),
    Group.REMINDERS: GroupWords(
        _("Reminders of what was agreed"),
        _("You get no more reminders"),
        _("When something changes in what was agreed, we still mail you."),
    ),
    Group.SURVEYS: GroupWords(_("Questions about how it was"), _("We no longer ask how it was"), DIRECT),
    Group.TASKS: GroupWords(
        _("Mail about your tasks as a coordinator"),
        _("You get no more mail about your tasks"),
        _("Your tasks stay on the page of coordinators."),
    ),
}
