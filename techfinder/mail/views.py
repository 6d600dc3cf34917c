from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt

from techfinder.accounts.models import MailFrequency
from techfinder.mail import actions
from techfinder.mail.tokens import read_unsubscribe_token
from techfinder.taxonomy.http import either


# Mail programs post here without cookies (RFC 8058): the token is the proof.
@csrf_exempt
@never_cache
@either
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """GET shows what will happen and changes nothing (scanners follow links); POST does it, without a redirect."""
    named = read_unsubscribe_token(token)
    if named is None:
        raise Http404
    weekly = request.POST.get("frequency") == MailFrequency.WEEKLY
    if request.method == "POST":
        actions.unsubscribe(token=token, frequency=MailFrequency.WEEKLY if weekly else MailFrequency.NONE)
    context = {"done": request.method == "POST", "weekly": weekly, "has_account": "user" in named}
    return render(request, "mail/site/unsubscribe.html", context)
