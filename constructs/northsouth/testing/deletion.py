"""Lets syrupy delete snapshots only after a complete run in which everything passed, and never in CI.

With ``--snapshot-update`` syrupy deletes every snapshot that no test asked for. It does not see why no test asked: a
test may have failed before, or may not have run. `Deletion` is registered only in runs with an option of syrupy that
writes or deletes, and acts only where stacks have snapshots.
"""

from __future__ import annotations

import os
from collections.abc import Generator, Sequence
from typing import Any

import pytest

HAS_STACKS = pytest.StashKey[bool]()
"""In a run's ``config.stash``: whether its tests ask for snapshots of stacks, or such snapshots lie beside them."""

NOT_IN_CI = {
    "update_snapshots": "--snapshot-update",
    "update_new_snapshots_only": "--snapshot-update-new-only",
    "warn_unused_snapshots": "--snapshot-warn-unused",
    "disable_unused_snapshots": "--snapshot-disable-unused",
}
"""Options of syrupy with which a new, changed or unused snapshot passes."""

_OUTPUT = "northsouth.testing"
_WITHOUT_TESTS = ("collectonly", "setuponly", "setupplan")
"""Options of pytest with which no test runs."""


class Deletion:
    """Watches one run of pytest; with xdist, one in each worker and one in the process that waits for them."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._incomplete = ""
        if any(getattr(config.option, option, False) for option in _WITHOUT_TESTS):
            self._incomplete = "no test ran"
        self._kept = ""

    def pytest_deselected(self, items: Sequence[pytest.Item]) -> None:
        """Note that tests were left out."""
        if items:
            self._incomplete = self._incomplete or "only some of the tests ran"

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Note that a test file was skipped as a whole."""
        if report.skipped:
            self._incomplete = self._incomplete or "a test file was skipped"

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:  # noqa: ANN401 a class of xdist
        """Take over what a worker noted."""
        output = getattr(node, "workeroutput", {}).get(_OUTPUT, {})
        if output.get("has_stacks"):
            self._config.stash[HAS_STACKS] = True
        self._incomplete = self._incomplete or output.get("incomplete", "")

    @pytest.hookimpl(wrapper=True)
    def pytest_sessionfinish(self, exitstatus: int | pytest.ExitCode) -> Generator[None, None, None]:
        """Before syrupy finishes: forbid what this run must not do."""
        has_stacks = self._config.stash.get(HAS_STACKS, False)
        output = getattr(self._config, "workeroutput", None)
        if output is not None:
            output[_OUTPUT] = {"has_stacks": has_stacks, "incomplete": self._incomplete}
        elif has_stacks:
            self._forbid("the run failed" if exitstatus else self._incomplete)
        return (yield)

    def _forbid(self, reason: str) -> None:
        option = self._config.option
        if in_ci():
            for name in NOT_IN_CI:
                setattr(option, name, False)
        elif reason and option.update_snapshots:
            option.no_cleanup = True
            self._kept = reason

    @pytest.hookimpl(trylast=True)
    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Say why unused snapshots are still there."""
        report = getattr(getattr(self._config, "_syrupy", None), "report", None)
        if self._kept and report is not None and report.num_unused:
            terminalreporter.write_line(f"No snapshot was deleted, because {self._kept}.")


def in_ci() -> bool:
    """Tell whether this is a run in CI."""
    return os.environ.get("CI", "").strip().lower() not in {"", "0", "false"}
