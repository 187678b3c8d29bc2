"""A throwaway project with snapshots of stacks, in which pytest runs as a user would run it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
STACK = """
def stack(threshold=5, name="nat"):
    return {
        "terraform": {"required_providers": {"aws": {"source": "aws", "version": "5.100.0"}}},
        "resource": {
            "aws_cloudwatch_metric_alarm": {name: {"threshold": threshold, "alarm_name": "nat"}},
            "aws_sns_topic": {"t": {"name": "t"}},
        },
    }
"""
KEPT = "__snapshots__/test_it/test_edge[edge].tf.json"


class Project:
    """A folder with tests, and a way to run pytest there as a user would."""

    def __init__(self, pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
        self.pytester = pytester
        self.setenv = monkeypatch.setenv
        path = [str(ROOT / "constructs"), str(ROOT / "alerts"), os.environ.get("PYTHONPATH", "")]
        monkeypatch.setenv("PYTHONPATH", os.pathsep.join(path))
        for outer in ("CI", "PYTEST_XDIST_WORKER", "PYTEST_XDIST_WORKER_COUNT", "PYTEST_PLUGINS", "PYTEST_ADDOPTS"):
            monkeypatch.delenv(outer, raising=False)
        pytester.makeini("[pytest]\nfilterwarnings = error\n")

    def write(self, call: str = "stack()", **modules: str) -> None:
        body = f"{STACK}\ndef test_edge(terraform_snapshot):\n    terraform_snapshot({call}, name='edge')\n"
        self.pytester.makepyfile(**{"test_it": body, **modules})

    def run(self, *options: str) -> pytest.RunResult:
        """Run pytest in a process of its own, with the workers of ``-n`` if there are some."""
        return self.pytester.runpytest_subprocess("-p", "northsouth.testing.plugin", *options)

    def run_here(self, *options: str) -> pytest.RunResult:
        """Run pytest in this process, in a tenth of the time; not for what may end a process."""
        return self.pytester.runpytest_inprocess("-p", "northsouth.testing.plugin", "-p", "no:xdist", *options)

    def file(self, name: str = KEPT) -> Path:
        return self.pytester.path / name

    def snapshots(self) -> dict[str, str]:
        """Return the text of every snapshot by its file's name."""
        found = self.pytester.path.glob("**/__snapshots__/*/*")
        return {str(file.relative_to(self.pytester.path)): file.read_text() for file in found}


def printed(result: pytest.RunResult) -> str:
    return result.stdout.str() + result.stderr.str()
