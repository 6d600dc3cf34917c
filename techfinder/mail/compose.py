"""From a template and a context to subject, text and HTML in the recipient's language."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import css_inline
from django.conf import settings
from django.template import Context
from django.template.loader import get_template
from django.utils import translation

LONGEST_SUBJECT = 250

# Clients drop <style>; at-rules stay for those that keep it (dark, small screens). Nothing is fetched.
_inliner = css_inline.CSSInliner(keep_at_rules=True, load_remote_stylesheets=False)


@dataclass(frozen=True, slots=True)
class Composed:
    subject: str
    text: str
    html: str


def absolute(path: str) -> str:
    """The full address of a path on this site: mails know no host of their own."""
    return f"{settings.BASE_URL.rstrip('/')}{path}"


def compose(*, template: str, context: Mapping[str, Any], language: str) -> Composed:
    """All three parts under one language, so that no half is in another."""
    with translation.override(language):
        subject = one_line(_render_text(f"mail/{template}/subject.txt", context))
        full = {**context, "subject": subject, "language": language, "site_url": absolute("/")}
        text = _tidy(_render_text(f"mail/{template}/body.txt", full))
        html = _inliner.inline(get_template(f"mail/{template}/body.html").render(full))
    return Composed(subject=subject, text=text, html=html)


def parts_of(template: str, names: Iterable[str]) -> dict[str, str]:
    """The short texts in the folder of a template, for a layout that several mails share: name to template."""
    return {name: f"mail/{template}/_{name}.txt" for name in names}


def one_line(value: str) -> str:
    """Safe in a header: one line, no control characters, not endless."""
    return " ".join(re.sub(r"[\x00-\x1f\x7f\u2028\u2029]+", " ", value).split())[:LONGEST_SUBJECT]


def _render_text(name: str, context: Mapping[str, Any]) -> str:
    """Plain text is not HTML: an ampersand in a title stays an ampersand."""
    backend_template: Any = get_template(name)
    return str(backend_template.template.render(Context({**context}, autoescape=False)))


def _tidy(text: str) -> str:
    lines = [line.rstrip() for line in text.splitlines()]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip() + "\n"
