"""What every page with a form answers to, and with which status."""

from __future__ import annotations

from http import HTTPStatus

from django.forms import BaseForm
from django.views.decorators.http import require_http_methods

# HEAD wherever GET is answered.
either = require_http_methods(["GET", "HEAD", "POST"])


def status_of(form: BaseForm) -> HTTPStatus:
    """422 for what was filled in wrong, else 200."""
    return HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
