from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from techfinder.accounts.models import User
from techfinder.mail import actions
from techfinder.mail.actions.preferences import FEW, Quick
from techfinder.mail.forms import PreferencesForm
from techfinder.mail.kinds import Group
from techfinder.mail.models import Frequency, MailPreferences, Suppression
from techfinder.mail.queries import address_now
from techfinder.mail.queries import preferences as preferences_by
from techfinder.mail.sections import sections_of
from techfinder.mail.tokens import Addressed, address_token, read_address_token
from techfinder.mail.words import WORDS
from techfinder.taxonomy.http import either, status_of


# Mail programs post here without cookies (RFC 8058): the token is the proof.
@csrf_exempt
@never_cache
@either
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """GET shows what will happen and changes nothing (scanners follow links); POST does it, without a redirect."""
    named = _named(token)
    if named.group is None:
        raise Http404
    weekly = named.group == Group.MATCHES and request.POST.get("frequency") == Frequency.WEEKLY
    if request.method == "POST":
        _stop(named.email, named.group, weekly=weekly)
    context = {
        "done": request.method == "POST",
        "weekly": weekly,
        "can_be_weekly": named.group == Group.MATCHES,
        "words": WORDS[named.group],
        "preferences_url": _page(named.email),
    }
    return render(request, "mail/site/unsubscribe.html", context)


def _stop(email: str, group: Group, *, weekly: bool) -> None:
    if weekly:
        actions.choose_quickly(email=address_now(email), choice=Quick.WEEKLY)
    else:
        actions.stop(email=email, group=group)


@never_cache
@either
def preferences(request: HttpRequest, token: str) -> HttpResponse:
    """What this address is mailed, and how often: the mail's link is the proof, without signing in."""
    named = _named(token)
    address = address_now(named.email)
    if done := _chosen_quickly(request, address):
        messages.success(request, done)
        return redirect(request.path)
    chosen = preferences_by(address)
    form = PreferencesForm(request.POST if request.method == "POST" else None, chosen=chosen)
    if request.method == "POST" and form.is_valid():
        actions.save_preferences(email=address, **form.cleaned_data)
        messages.success(request, _("We keep to this from now on."))
        return redirect(request.path)
    context = {
        "form": form,
        # Asked once a year; without an answer it was stopped.
        "asked_at": chosen.asked_at,
        "is_stopped": chosen.matches == Frequency.NONE,
        "suppressed": Suppression.objects.standing().filter(email=address).first(),
        # An old link may be read by somebody else by now.
        "shown_address": address if address == named.email else masked(address),
        "few": FEW,
        "sections": sections_of(address),
    }
    return render(request, "mail/site/preferences.html", context, status=status_of(form))


def _chosen_quickly(request: HttpRequest, address: str) -> str:
    """What the quick choice did, in words; empty when none was made."""
    choice = next((each for each in Quick if each == request.POST.get("quick")), None)
    return _said(choice, actions.choose_quickly(email=address, choice=choice)) if choice else ""


def _said(choice: Quick, saved: MailPreferences) -> str:
    """What a quick choice did, in words."""
    if choice == Quick.KEEP:
        return _("You keep getting mail about what suits you.")
    if choice == Quick.WEEKLY:
        return _("From now on you get what suits you once a week, in one mail.")
    if choice == Quick.NONE:
        return _("You get no more suggestions by mail.")
    most = saved.most_per_week
    words = ngettext(
        "You get %(most)d mail with suggestions a week at most.",
        "You get %(most)d mails with suggestions a week at most.",
        most,
    )
    return words % {"most": most}


def masked(address: str) -> str:
    """Write e…@school.nl: enough for whoever knows the address."""
    name, _at, domain = address.partition("@")
    return f"{name[:1]}…@{domain}"


@login_required
@require_safe
def own_preferences(request: HttpRequest) -> HttpResponse:
    """The same page, for who is signed in."""
    return redirect(_page(cast(User, request.user).email))


def _named(token: str) -> Addressed:
    named = read_address_token(token)
    if named is None:
        raise Http404
    return named


def _page(email: str) -> str:
    return reverse("mail:preferences", args=[address_token(email)])
