"""What rooms above this one add to the page of an activity: how its provider answers."""

from __future__ import annotations

from techfinder.activities.models import Activity
from techfinder.taxonomy.additions import Additions

_added: Additions[Activity] = Additions()
register, beside = _added.register, _added.of
