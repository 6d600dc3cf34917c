"""System checks of the wiring; those that concern one app are in that app."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core import checks


@checks.register()
def front_end_files(**kwargs: Any) -> list[checks.CheckMessage]:
    missing = [path for path in settings.FRONT_END_PACKAGES.values() if not path.is_dir()]
    if not missing:
        return []
    names = ", ".join(str(path.relative_to(settings.BASE_DIR)) for path in missing)
    return [checks.Warning(f"Front-end files are missing: {names}", hint="Run `make setup`.", id="techfinder.W001")]
