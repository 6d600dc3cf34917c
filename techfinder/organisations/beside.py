"""What rooms above this one add to the page of a provider: its offers, how it answers."""

from __future__ import annotations

from techfinder.organisations.models import Provider
from techfinder.taxonomy.additions import Additions

_added: Additions[Provider] = Additions()
register, beside = _added.register, _added.of
