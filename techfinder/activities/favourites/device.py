"""What somebody keeps without an account: the ids of activities in the session, the last one first."""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Any

Session = MutableMapping[str, Any]
KEY = "kept"
MOST = 50


def kept(session: Session) -> list[int]:
    """The ids, the last one kept first."""
    return list(session.get(KEY, ()))


def keep(session: Session, activity_id: int) -> bool:
    """Add one; False when there are as many as fit."""
    ids = kept(session)
    if activity_id in ids:
        return True
    if len(ids) >= MOST:
        return False
    session[KEY] = [activity_id, *ids]
    return True


def drop(session: Session, activity_id: int) -> None:
    """Take one away, if it is there."""
    session[KEY] = [each for each in kept(session) if each != activity_id]


def clear(session: Session) -> None:
    """Forget them all."""
    session.pop(KEY, None)
