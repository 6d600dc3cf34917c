"""How often one address on the internet may do something; a whole school may share one."""

from allauth.account.adapter import get_adapter
from django.core.cache import cache
from django.http import HttpRequest

HOUR = 3600


def over_limit(request: HttpRequest, *, action: str, per_hour: int) -> bool:
    """Count one more; True when it was too many within the hour."""
    key = f"requests:{action}:{get_adapter(request).get_client_ip(request)}"
    cache.add(key, 0, HOUR)
    try:
        return int(cache.incr(key)) > per_hour
    except ValueError:  # it lapsed between the two calls
        return False
