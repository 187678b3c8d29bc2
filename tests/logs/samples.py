"""The sample lines with the columns they must give."""

from __future__ import annotations

import json
from pathlib import Path

from northsouth.logs.line_parser import Row

DATA = Path(__file__).parent / "data"


def samples(name: str) -> list[tuple[str, Row]]:
    """Return each line of ``<name>.log`` with its row of ``<name>.expected.jsonl``."""
    lines = (DATA / f"{name}.log").read_text().splitlines()
    rows = [json.loads(row) for row in (DATA / f"{name}.expected.jsonl").read_text().splitlines()]
    return list(zip(lines, rows, strict=True))
