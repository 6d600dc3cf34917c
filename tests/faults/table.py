"""`python -m tests.faults.table [FILE]`: the results as the table of docs/reliability.md, the last of each cell."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from techfinder.env import ROOT

RESULTS = ROOT / ".local" / "faults.jsonl"
HEAD = (
    "| cell | requests and offers | tellings expected | mails | faults | lost | copies (may be) | told twice or wrong "
    "| last mail after | post p50, p99 | day |\n|---|---|---|---|---|---|---|---|---|---|---|\n"
)


def line(row: dict[str, Any]) -> str:
    cells = [
        row["cell"],
        f"{row['items']:,}",
        f"{row['expected']:,}",
        f"{row['mails']:,}",
        row["kills"],
        row["lost"],
        f"{row['copies']} ({row['allowed']})",
        row["wrong"],
        f"{row['seconds']:.0f} s",
        f"{row['post_p50']:.2f}, {row['post_p99']:.2f} s",
        row["day"],
    ]
    return f"| {' | '.join(map(str, cells))} |\n"


def main(path: Path) -> None:
    rows = [json.loads(each) for each in path.read_text(encoding="utf-8").splitlines()]
    last = {row["cell"]: row for row in rows}
    sys.stdout.write(HEAD + "".join(line(row) for row in last.values()))


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else RESULTS)
