from collections.abc import Callable
from typing import TypeVar
from uuid import UUID

from csp.constants import NONE, SELF, UNSAFE_INLINE
from csp.decorators import csp_replace
from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from techfinder.mail.message import headers_of
from techfinder.mail.models import OutgoingMail

PER_PAGE = 50
View = TypeVar("View", bound=Callable[..., HttpResponse])


# For a mail in a frame. It passes arguments on, which its own types do not say.
framed: Callable[[View], View] = csp_replace(  # type: ignore[assignment]
    {  # type: ignore[arg-type]
        "default-src": [NONE],
        "style-src": [UNSAFE_INLINE],
        "frame-ancestors": [SELF],
        # Scripts never run here; a link opens outside the frame.
        "sandbox": ["allow-popups", "allow-popups-to-escape-sandbox"],
    }
)


def only_in_development() -> None:
    """Nobody reads the mails of others: these pages are not there on a site in use."""
    if not settings.SHOW_POST:
        raise Http404


@never_cache
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """All mails, newest first."""
    only_in_development()
    mails = OutgoingMail.objects.defer("text", "html", "calendar").order_by("-id")
    page = Paginator(mails, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "mail/site/post.html", {"page": page})


@never_cache
@require_safe
def detail(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """One mail: headers, HTML in a frame of its own, and text."""
    only_in_development()
    mail = get_object_or_404(OutgoingMail, uuid=uuid)
    return render(request, "mail/site/post_detail.html", {"mail": mail, "headers": headers_of(mail).items()})


@never_cache
@require_safe
@xframe_options_sameorigin
@framed
def html(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The HTML as a mail program gets it; its links open in a window of their own."""
    only_in_development()
    mail = get_object_or_404(OutgoingMail, uuid=uuid)
    return HttpResponse(mail.html.replace("<head>", '<head><base target="_blank">', 1))
