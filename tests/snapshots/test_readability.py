"""One alarm more or less is a change that a review can read."""

from __future__ import annotations

from difflib import unified_diff
from pathlib import Path

import cdktf
import pytest

from northsouth.comparison import declared_state
from northsouth.stacks.edge import EdgeStack
from northsouth.stacks.loading import load_environments
from northsouth.testing import snapshot_text, synthesize
from northsouth.testing.dashboards import without_coordinates
from northsouth.testing.sections import split
from tests.snapshots.test_stacks import ENVIRONMENTS, SECTIONS


def written(file: Path) -> list[str]:
    """Return the lines of all sections."""
    (environment,) = load_environments([file])
    state = without_coordinates(declared_state(synthesize(EdgeStack(cdktf.Testing.app(), environment))))
    parts = split(state, SECTIONS)
    return [line for part in parts.values() for line in snapshot_text.write(part, fitted=True).splitlines()]


@pytest.mark.slow
def test_one_alarm_moves_less_than_sixty_lines(tmp_path: Path) -> None:
    lines = ENVIRONMENTS["example"].read_text(encoding="utf-8").splitlines(keepends=True)
    # Six metrics in one expression: one of the longest.
    fewer = [line for line in lines if not line.startswith("throughput = ")]
    assert len(fewer) == len(lines) - 1
    file = tmp_path / "example.toml"
    file.write_text("".join(fewer), encoding="utf-8")
    compared = unified_diff(written(file), written(ENVIRONMENTS["example"]), lineterm="", n=0)
    changed = [line for line in compared if line[0] in "+-" and not line.startswith(("+++", "---"))]
    assert 20 < len(changed) < 60
