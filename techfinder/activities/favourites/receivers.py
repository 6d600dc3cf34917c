"""After signing in: what was kept on this device can go to the list of the school."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext, ngettext

from techfinder.accounts.models import User
from techfinder.activities.favourites import device
from techfinder.organisations.access import school_ids_of


@receiver(user_logged_in)
def offer_to_move(request: HttpRequest, user: User, **kwargs: Any) -> None:
    """Say so once; nothing moves by itself."""
    count = len(device.kept(request.session))
    if not count or not hasattr(request, "_messages") or not school_ids_of(user):
        return
    said = ngettext("You kept %(count)d offer on this device.", "You kept %(count)d offers on this device.", count) % {
        "count": count
    }
    act = gettext("Put them on the list of your school")
    link = '{} <a class="utrecht-link utrecht-link--html-a" href="{}">{}</a>'
    messages.info(request, format_html(link, said, reverse("favourites:list"), act))
