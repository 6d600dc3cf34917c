"""What each process does before Django: read the environment, and hold the embedded services if they are wanted."""

from __future__ import annotations

from techfinder import env
from techfinder.local import Place, hold
from techfinder.local.holding import Holding

# Kept for the life of the process: the services stop when the last holder is gone.
_holding: Holding | None = None
_is_web = False


def hold_services() -> None:
    """For a command: PostgreSQL and Redis of our own when `DATABASE_URL` is not set."""
    global _holding
    settings = env.current()
    if settings.is_local and _holding is None:
        _holding = hold(Place(settings.local_dir))


def is_web() -> bool:
    return _is_web


def serve(*, web: bool = False) -> None:
    """For the web server, the worker and beat: embedded services in development only.

    A command of an administrator may run on them; a site that serves the world may not come up on an empty database
    of its own because somebody forgot a variable.
    """
    global _is_web
    _is_web = web
    settings = env.current()
    if settings.is_local and not settings.debug:
        raise env.EnvironmentFaultError(["DATABASE_URL is not set, and TECHFINDER_DEBUG is not 1"])
    hold_services()
