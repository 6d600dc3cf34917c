"""What the engine says, in the codes of the site instead of the engine's numbers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from techfinder.matches.rows.masks import AUDIENCES, DELIVERIES
from techfinder.matches.rows.world import World

# Reasons whose value is numbers or bits of a vocabulary.
OF_VOCABULARY = {"themes", "themes_missing", "kind", "delivery", "delivery_missing", "audience"}


def in_codes(said: Iterable[tuple[str, Any]], world: World) -> list[list[Any]]:
    """Reasons with the site's codes for the engine's numbers, as JSON keeps them."""
    return [[code, _in_codes(code, value, world)] for code, value in said]


def _in_codes(code: str, value: Any, world: World) -> Any:
    if code not in OF_VOCABULARY:
        return list(value) if isinstance(value, tuple) else value
    if (code, value) not in world.said:
        world.said[code, value] = _spell(code, value, world)
    return world.said[code, value]


def _spell(code: str, value: Any, world: World) -> Any:
    if code in ("themes", "themes_missing"):
        # Not in the order of their numbers, which is that in which they came in.
        return sorted(world.themes.code(number) for number in value)
    if code == "kind":
        return world.kinds.code(value)
    if code in ("delivery", "delivery_missing"):
        return [way.value for way, bit in DELIVERIES.items() if value & bit]
    return [group.value for group, bit in AUDIENCES.items() if value & bit]
