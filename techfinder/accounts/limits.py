"""How often one address on the internet, or one mailbox, may do something; a whole school may share an address."""

from allauth.account.adapter import get_adapter
from django.core.cache import cache
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

HOUR = 3600


def over_limit(request: HttpRequest, *, action: str, per_hour: int) -> bool:
    """Count one more; True when it was too many within the hour."""
    return _count(f"{action}:{get_adapter(request).get_client_ip(request)}") > per_hour


def over_limit_of_mailbox(email: str, *, action: str, per_hour: int) -> bool:
    """As `over_limit`, of a mailbox: nobody's is filled by a stranger."""
    name = salted_hmac("techfinder.accounts.limits", email.lower()).hexdigest()
    return _count(f"{action}:mailbox:{name}") > per_hour


def _count(name: str) -> int:
    key = f"limits:{name}"
    cache.add(key, 0, HOUR)
    try:
        return int(cache.incr(key))
    except ValueError:  # it lapsed between the two calls
        return 0
