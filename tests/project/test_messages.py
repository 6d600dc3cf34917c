from __future__ import annotations

import subprocess
import sys

from techfinder.env import ROOT


def test_every_text_is_translated() -> None:
    result = subprocess.run(
        [sys.executable, "tools/messages.py", "check"], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert result.returncode == 0, result.stderr
