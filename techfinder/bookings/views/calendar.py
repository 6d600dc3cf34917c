"""Calendars: one booking as a file, all of a person at a secret address, and the pages about that address."""

from __future__ import annotations

import datetime as dt
import hashlib
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone, translation
from django.utils.cache import get_conditional_response
from django.utils.http import http_date, quote_etag
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.http import require_safe

from techfinder.accounts.limits import over_limit_of_mailbox
from techfinder.bookings.access import booking_for
from techfinder.bookings.actions import feeds
from techfinder.bookings.day import calendars
from techfinder.bookings.day.calendars import CANCELLED, Entry
from techfinder.bookings.links.opening import open_link
from techfinder.bookings.machine import AFTER, PARTIES, SETTLED, Side
from techfinder.bookings.models import CalendarFeed
from techfinder.bookings.queries.feeds import entries_of, entry_of, running_feed
from techfinder.bookings.views.guard import secret
from techfinder.taxonomy.http import either

# What is in these answers is of one person: no cache on the way keeps it, no search engine, no referrer.
private = cache_control(private=True, no_store=True)
CONTENT_TYPE = "text/calendar; charset=utf-8"
LANGUAGE = "nl"
MAILS_PER_HOUR = 3
RENEW, STOP = "renew", "stop"


# ------------------------------------------------------------------------------------------------------------ calendars


@login_required
@private
@require_safe
def booking_file(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """One booking of which the day is settled, to save; 404 before."""
    booking, side = booking_for(request.user, uuid)
    if booking.state not in (*SETTLED, *AFTER, *CANCELLED):
        raise Http404
    text = calendars.file_of(entry_of(booking, side if side in PARTIES else Side.SCHOOL))
    return _calendar(text, name=f"techfinder-{booking.date:%Y-%m-%d}")


@private
@require_safe
def feed(request: HttpRequest, token: str) -> HttpResponse:
    """All bookings of the person whose secret address this is, in their language; unchanged is not sent again."""
    found = running_feed(token)
    if found is None:
        raise Http404
    entries = entries_of(found)
    with translation.override(found.user.language if found.user else LANGUAGE):
        text = calendars.feed_of(entries, name="Techfinder")
    response = _calendar(text, name="techfinder")
    etag, changed = quote_etag(hashlib.sha256(text.encode()).hexdigest()[:32]), _changed(entries, found)
    response["ETag"], response["Last-Modified"] = etag, http_date(changed)
    return get_conditional_response(request, etag=etag, last_modified=changed, response=response) or response


def _changed(entries: list[Entry], of: CalendarFeed) -> int:
    """When what the feed holds last changed, in whole seconds rounded up: a step, or the day that moves its window."""
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    last = max([midnight, of.created_at, *(entry.changed_at for entry in entries)])
    return int((last + dt.timedelta(microseconds=999_999)).timestamp())


def _calendar(text: str, *, name: str) -> HttpResponse:
    headers = {
        "Content-Disposition": f'attachment; filename="{name}.ics"',
        "X-Robots-Tag": "noindex",
        "Referrer-Policy": "no-referrer",
    }
    return HttpResponse(text, content_type=CONTENT_TYPE, headers=headers)


# ---------------------------------------------------------------------------------------------------- about the address


@login_required
@never_cache
@either
def own(request: HttpRequest) -> HttpResponse:
    """The secret address of who is signed in: made at the first press, renewed, revoked."""
    assert request.user.is_authenticated
    current = CalendarFeed.objects.filter(user=request.user, revoked_at=None).first()
    if request.method != "POST":
        url = feeds.url_of(current) if current else ""
        return render(request, "bookings/feed.html", {"feed": current, "feed_url": url, "webcal_url": _webcal(url)})
    act = request.POST.get("act", "")
    if act == STOP and current:
        feeds.stop_feed(feed_id=current.pk)
        messages.success(request, _("The address no longer works. Remove it from your calendar too."))
    elif act == RENEW and current:
        feeds.renew_feed(feed_id=current.pk)
        messages.success(request, _("You have a new address. The earlier one no longer works."))
    elif not act:
        feeds.open_feed(user=request.user)
    return redirect("bookings:calendar")


def _webcal(url: str) -> str:
    return f"webcal:{url.partition(':')[2]}" if url else ""


@secret
@either
def by_link(request: HttpRequest, token: str) -> HttpResponse:
    """For who holds a link of a mail: the address is mailed to whom the mail was for, and shown to nobody."""
    opened = open_link(token, request.user)
    if opened.actor is None or not opened.actor.email:
        return redirect("bookings:link", token)
    sent = request.method == "POST"
    if sent:
        _mail(feeds.open_feed(user=opened.actor.user, email=opened.actor.email))
    context = {"sent": sent, "email": opened.actor.email, "back": opened.url("page")}
    return render(request, "bookings/feed_by_link.html", context)


@secret
@either
def manage(request: HttpRequest, token: str) -> HttpResponse:
    """Renew or revoke without an account: who has the secret may stop it, and only its mailbox gets another one."""
    found = get_object_or_404(CalendarFeed, token=token)
    if found.user_id:
        return redirect("bookings:calendar")
    act = request.POST.get("act", "") if request.method == "POST" else ""
    if request.method == "POST" and act not in (RENEW, STOP):
        return HttpResponseBadRequest()
    if act and found.revoked_at is None:
        _act(found, act)
        found.refresh_from_db()
    return render(request, "bookings/feed_manage.html", {"feed": found, "done": act})


def _act(found: CalendarFeed, act: str) -> None:
    if act == STOP:
        feeds.stop_feed(feed_id=found.pk)
    else:
        _mail(feeds.renew_feed(feed_id=found.pk))


def _mail(found: CalendarFeed) -> None:
    """Nobody's mailbox is filled by pressing on."""
    email = found.user.email if found.user else found.email
    if not over_limit_of_mailbox(email, action="calendar", per_hour=MAILS_PER_HOUR):
        feeds.mail_feed(feed=found)
