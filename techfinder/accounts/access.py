"""Who may see what concerns the whole site."""

from __future__ import annotations

from django.http import Http404, HttpRequest

from techfinder.accounts.models import User


def administrator_of(request: HttpRequest) -> User:
    """The administrator who asks; everybody else, moderators too, gets 404."""
    user = request.user
    if not isinstance(user, User) or not user.is_staff:
        raise Http404
    return user
