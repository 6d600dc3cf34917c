from typing import cast

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from techfinder.accounts.models import User
from techfinder.mail import actions
from techfinder.mail.queries import preferences as preferences_by
from techfinder.mail.tokens import address_token, read_address_token
from techfinder.taxonomy.http import either


# Mail programs post here without cookies (RFC 8058): the token is the proof.
@csrf_exempt
@never_cache
@either
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """GET shows what will happen and changes nothing (scanners follow links); POST does it, without a redirect."""
    named = read_address_token(token)
    if named is None or named.group is None:
        raise Http404
    if request.method == "POST":
        actions.stop(email=named.email, group=named.group)
    context = {"done": request.method == "POST", "group": named.group}
    return render(request, "mail/site/unsubscribe.html", context)


@never_cache
@either
def preferences(request: HttpRequest, token: str) -> HttpResponse:
    """What this address is mailed, and how often: the mail's link is the proof, without signing in."""
    named = read_address_token(token)
    if named is None:
        raise Http404
    return render(request, "mail/site/preferences.html", {"chosen": preferences_by(named.email)})


@login_required
@require_safe
def own_preferences(request: HttpRequest) -> HttpResponse:
    """The same page, for who is signed in."""
    return redirect("mail:preferences", token=address_token(cast(User, request.user).email))
