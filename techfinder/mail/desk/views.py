"""Pages for administrators about mail: what waits, what went wrong, and one mail with all that happened to it."""

from __future__ import annotations

from urllib.parse import urlencode
from uuid import UUID

from csp.constants import NONE, SELF, UNSAFE_INLINE
from csp.decorators import csp_replace
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_POST, require_safe

from techfinder.accounts.access import administrator_of
from techfinder.accounts.models import User
from techfinder.mail.actions import again, lift_suppression
from techfinder.mail.compose import one_line
from techfinder.mail.desk import show
from techfinder.mail.desk.found import LATE, STATES, NewestPaginator, about, is_address, mails
from techfinder.mail.models import MailHistory, MailLane, OutgoingMail, Suppression
from techfinder.mail.standing import Standing, standing

PER_PAGE = 30
LONGEST_SEARCH = 200
LONGEST_NUMBER = 18


@never_cache
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """How mail stands, and the mails of one state, or those that somebody asks about."""
    administrator_of(request)
    state, sought = request.GET.get("stand", ""), one_line(request.GET.get("q", ""))[:LONGEST_SEARCH]
    now = standing()
    page = NewestPaginator(mails(state=state, sought=sought), PER_PAGE).get_page(request.GET.get("page"))
    known = about(sought.lower()) if is_address(sought) else None
    context = {
        "standing": now,
        "tabs": _tabs(now, state, sought),
        "state": state,
        "sought": sought,
        "page": page,
        "lines": [show.line(each) for each in page],
        "known": known,
        "reasons": show.why_nothing_came(known) if known else [],
        "lanes": _lanes(),
        "can_act": state in ("queued", "failed", "aside", LATE),
    }
    return render(request, "mail/desk/index.html", context)


def _lanes() -> QuerySet[MailLane]:
    waiting = MailLane.objects.filter(not_before__gt=timezone.now()).exclude(domain=MailLane.SERVER)
    return waiting.order_by("not_before")[:PER_PAGE]


def _tabs(now: Standing, current: str, sought: str) -> list[tuple[str, str, int | None, bool]]:
    """Address, words, how many, whether it is this one; of what went nobody counts the millions."""
    url = reverse("mail_desk:index")
    kept = {"q": sought} if sought else {}
    counted = [(str(each), str(OutgoingMail.State(each).label), now.counts.get(each)) for each in STATES]
    rows: list[tuple[str, str, int | None]] = [("", gettext("everything"), None), (LATE, gettext("late"), None)]
    return [
        (f"{url}?{urlencode({'stand': key, **kept})}", words, count if not sought else None, key == current)
        for key, words, count in [*rows, *counted]
    ]


@never_cache
@require_safe
def detail(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """One mail: what happened to it, what can be done, and what it said."""
    administrator_of(request)
    mail = get_object_or_404(OutgoingMail.objects.select_related("recipient"), uuid=uuid)
    known = about(mail.to)
    context = {
        "mail": mail,
        "line": show.line(mail),
        "known": known,
        "reasons": show.why_nothing_came(known),
        "acts": show.acts(mail, known),
        "history": show.history(mail),
        "copies": mail.history.filter(what=MailHistory.What.COPIED).count(),
        "words": "" if mail.is_code else show.veiled(mail.text),
        "headers": show.headers(mail),
    }
    return render(request, "mail/desk/detail.html", context)


@never_cache
@require_safe
@xframe_options_sameorigin
@csp_replace(  # type: ignore[arg-type]  # it passes arguments on, and its stubs do not say so
    {
        "default-src": [NONE],
        "style-src": [UNSAFE_INLINE],
        "img-src": [NONE],
        "form-action": [NONE],
        "frame-ancestors": [SELF],
        # Nothing runs and nothing opens: its links are those of the receiver.
        "sandbox": True,
    }
)
def html(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The HTML as it was sent; a code is shown to nobody."""
    administrator_of(request)
    mail = get_object_or_404(OutgoingMail, uuid=uuid)
    if mail.is_code or not mail.html:
        raise Http404
    return HttpResponse(show.veiled(mail.html))


@require_POST
def act(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Send one mail again, as itself or as a new one, or hold it back."""
    user = administrator_of(request)
    mail = get_object_or_404(OutgoingMail, uuid=uuid)
    chosen = request.POST.get("act", "")
    if chosen == "copy":
        return _copied(request, mail, user)
    if chosen not in _MANY:
        return HttpResponse(status=400)
    _say(request, chosen, _MANY[chosen](mail_ids=[mail.pk], by=user))
    return redirect("mail_desk:detail", mail.uuid)


def _copied(request: HttpRequest, mail: OutgoingMail, user: User) -> HttpResponse:
    seen = request.POST.get("seen", "")
    copy = again.send_copy(mail_id=mail.pk, by=user, seen=int(seen)) if _is_number(seen) else None
    if copy is None:
        messages.info(request, gettext("Nothing is sent: somebody did this a moment ago, or it can no longer be sent."))
        return redirect("mail_desk:detail", mail.uuid)
    messages.success(request, gettext("It is sent again, as the new mail that you see here."))
    return redirect("mail_desk:detail", copy.uuid)


def _is_number(words: str) -> bool:
    """One that a row can have."""
    return words.isdecimal() and len(words) <= LONGEST_NUMBER


_MANY = {"again": again.send_again, "aside": again.set_aside}


def _say(request: HttpRequest, chosen: str, count: int) -> None:
    if not count:
        messages.info(request, gettext("Nothing changed: it went, is being sent now, or somebody was before you."))
        return
    words = (
        ngettext("%(count)d mail is queued again.", "%(count)d mails are queued again.", count)
        if chosen == "again"
        else ngettext("%(count)d mail is set aside.", "%(count)d mails are set aside.", count)
    )
    messages.success(request, words % {"count": count})


@require_POST
def act_on_many(request: HttpRequest) -> HttpResponse:
    """The same to the mails that were ticked in a list."""
    user = administrator_of(request)
    chosen, ticked = request.POST.get("act", ""), request.POST.getlist("mail")
    if chosen not in _MANY or len(ticked) > PER_PAGE or not all(map(_is_number, ticked)):
        return HttpResponse(status=400)
    back = f"{reverse('mail_desk:index')}?{urlencode({'stand': request.POST.get('stand', '')})}"
    if not ticked:
        messages.info(request, gettext("Tick at least one mail first."))
    else:
        _say(request, chosen, _MANY[chosen](mail_ids=[int(each) for each in ticked], by=user))
    return redirect(back)


@never_cache
@require_safe
def addresses(request: HttpRequest) -> HttpResponse:
    """Whom we do not mail, and why; the newest first."""
    administrator_of(request)
    page = Paginator(Suppression.objects.order_by("-id"), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "mail/desk/addresses.html", {"page": page, "now": timezone.now()})


@require_POST
def act_on_address(request: HttpRequest) -> HttpResponse:
    """Mail an address again, or no more."""
    user = administrator_of(request)
    email, chosen = one_line(request.POST.get("email", "")).lower(), request.POST.get("act", "")
    if not is_address(email) or chosen not in ("lift", "suppress"):
        return HttpResponse(status=400)
    if chosen == "lift":
        lift_suppression(email=email)
        told = gettext("We mail %(email)s again. Questions and answers of the last two weeks go after all.")
        messages.success(request, told % {"email": email})
    else:
        again.suppress(email=email, by=user)
        messages.success(request, gettext("We mail %(email)s no more, but for codes to sign in.") % {"email": email})
    return redirect(f"{reverse('mail_desk:index')}?{urlencode({'q': email})}")


@require_POST
def open_lane(request: HttpRequest) -> HttpResponse:
    """Do not wait for a domain any longer."""
    administrator_of(request)
    domain = one_line(request.POST.get("domain", ""))
    if again.open_lane(domain=domain):
        messages.success(request, gettext("Mail to %(domain)s is tried now.") % {"domain": domain})
    else:
        messages.info(request, gettext("Nothing waits for that domain."))
    return redirect("mail_desk:index")
