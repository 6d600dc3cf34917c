"""An address that is mailed no more is mailed again once its owner shows to read mail there."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from techfinder.accounts.limits import over_limit_of_mailbox
from techfinder.mail import actions
from techfinder.mail.models import Suppression
from techfinder.mail.queries import address_now
from techfinder.mail.tokens import address_token, read_address_token, read_again_token
from techfinder.taxonomy.http import either

PER_HOUR = 3


@never_cache
@require_POST
def ask(request: HttpRequest, token: str) -> HttpResponse:
    """Mail the address a button that proves it; only where mail does not come."""
    named = read_address_token(token)
    if named is None:
        raise Http404
    address = address_now(named.email)
    if Suppression.objects.standing().filter(email=address).exists():
        if over_limit_of_mailbox(address, action="mail_again", per_hour=PER_HOUR):
            messages.warning(request, _("We mailed you several times this hour already. Try again later."))
        else:
            actions.ask_to_prove(email=address)
            messages.success(request, _("We have sent you a mail. Press the button in it, and our mail comes again."))
    return redirect("mail:preferences", token=token)


@never_cache
@either
def again(request: HttpRequest, token: str) -> HttpResponse:
    """GET changes nothing (scanners follow links); POST mails the address again."""
    email = read_again_token(token)
    if email is None:
        raise Http404
    if request.method == "POST":
        actions.lift_suppression(email=email)
    context = {"email": email, "done": request.method == "POST", "preferences_token": address_token(email)}
    return render(request, "mail/site/again.html", context)
