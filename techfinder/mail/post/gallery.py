"""All mails that the site can send, with invented people; only there while settings.SHOW_POST."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from techfinder.mail.gallery import LANGUAGES, Sample, draft, samples
from techfinder.mail.kinds import Sort, kind_of
from techfinder.mail.message import build, headers_of
from techfinder.mail.models import OutgoingMail
from techfinder.mail.post.mails import framed, only_in_development

SORTS = {
    Sort.CODE: _("Codes: somebody waits for it"),
    Sort.DIRECT: _("Questions, answers and what happened"),
    Sort.REMINDER: _("Of what was agreed before"),
    Sort.SUGGESTION: _("What might suit"),
    Sort.DIGEST: _("The same, of a day or a week"),
}
SCHEMES = {"light": _("Light"), "dark": _("Dark")}
WIDTHS = (600, 360)
# A frame cannot be told what its reader prefers: the rules for it are made to hold always, or never.
PREFERENCE = "@media (prefers-color-scheme: dark)"
FORCED = {"light": "@media not all", "dark": "@media all"}


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the list."""

    template: str
    name: str
    subject: str


@never_cache
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Every template with its samples, by sort, in the language of the reader."""
    only_in_development()
    language = _own_language()
    groups = [(label, list(_entries(sort, language))) for sort, label in SORTS.items()]
    return render(request, "mail/site/gallery.html", {"groups": groups, "language": language})


def _entries(sort: Sort, language: str) -> Iterator[Entry]:
    for template, own in sorted(samples().items()):
        if kind_of(template).sort == sort:
            for sample in own:
                yield Entry(template, sample.name, draft(template, sample, language).subject)


def _own_language() -> str:
    language = (get_language() or "")[:2]
    return language if language in LANGUAGES else LANGUAGES[0]


@never_cache
@require_safe
def sample(request: HttpRequest, template: str, name: str, language: str) -> HttpResponse:
    """One sample: in light and dark, wide and narrow; its text, its headers, and how large it is on the wire."""
    only_in_development()
    mail = draft(template, _sample(template, name), _known(language))
    return render(request, "mail/site/gallery_sample.html", _about(mail, template, name))


def _about(mail: OutgoingMail, template: str, name: str) -> dict[str, Any]:
    return {
        "mail": mail,
        "kind": kind_of(template),
        "template": template,
        "name": name,
        "others": [each.name for each in samples()[template]],
        "languages": LANGUAGES,
        "schemes": SCHEMES.items(),
        "widths": WIDTHS,
        "headers": headers_of(mail).items(),
        "size": len(build(mail).message().as_bytes()),
    }


@never_cache
@require_safe
@xframe_options_sameorigin
@framed
def html(request: HttpRequest, template: str, name: str, language: str, scheme: str) -> HttpResponse:
    """The HTML as a mail program in light or dark shows it."""
    only_in_development()
    mail = draft(template, _sample(template, name), _known(language))
    if scheme not in FORCED:
        raise Http404
    body = mail.html.replace(PREFERENCE, FORCED[scheme])
    return HttpResponse(body.replace("<head>", '<head><base target="_blank">', 1))


def _sample(template: str, name: str) -> Sample:
    for each in samples().get(template, ()):
        if each.name == name:
            return each
    raise Http404


def _known(language: str) -> str:
    if language not in LANGUAGES:
        raise Http404
    return language
