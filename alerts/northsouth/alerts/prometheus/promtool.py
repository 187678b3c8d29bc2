"""Runs promtool on packs: it checks their rules and runs their tests. Pure, except for the process.

promtool comes with Prometheus. It is not on PyPI.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from northsouth.alerts.prometheus.pack import RulePack
from northsouth.alerts.prometheus.rendering import document, rule_file
from northsouth.alerts.prometheus.rule_checks import group_problems
from northsouth.alerts.prometheus.rules import RuleGroup
from northsouth.alerts.prometheus.testing import RuleTest, scenario_file, scenario_problems
from northsouth.errors import refuse

HOW_TO_GET_IT = "promtool is not installed; it comes with Prometheus: prometheus.io/download, `apt install prometheus`"
"""What to do when there is no promtool."""

_FILE = re.compile(r"^Unit Testing: +(\S+)$", re.MULTILINE)


class PromtoolMissingError(RuntimeError):
    """There is no promtool on the PATH."""

    def __init__(self) -> None:
        super().__init__(HOW_TO_GET_IT)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What promtool reports about one pack.

    Attributes:
        pack: its name.
        tests: how many scenarios there are.
        failures: what differs, by scenario, in promtool's words; by the empty name what promtool could not read.

    """

    pack: str
    tests: int
    failures: Mapping[str, str]

    @property
    def passed(self) -> bool:
        """Whether everything is as expected."""
        return not self.failures


def find() -> str:
    """Return the path of promtool.

    Raises:
        PromtoolMissingError: if there is none.

    """
    path = shutil.which("promtool")
    if path is None:
        raise PromtoolMissingError
    return path


def run_pack(pack: RulePack) -> Verdict:
    """Run the tests of a pack.

    Raises:
        ConfigurationError: if its rules or its tests are wrong.
        PromtoolMissingError: if there is no promtool.

    """
    return run_tests(pack.name, pack.groups(), pack.tests())


def run_tests(name: str, groups: Sequence[RuleGroup], tests: Sequence[RuleTest]) -> Verdict:
    """Run tests of rules; arguments and errors as of :func:`run_pack`."""
    refuse(f"tests of {name!r}", group_problems(groups), scenario_problems(groups, tests))
    promtool = find()
    with tempfile.TemporaryDirectory() as folder:
        # One file for each scenario: of an expression that differs, promtool does not say whose it is.
        files = [f"{number}.yaml" for number in range(len(tests))]
        for file, test in zip(files, tests, strict=True):
            text = document(scenario_file(["rules.yaml"], groups, [test]))
            (Path(folder) / file).write_text(text, encoding="utf-8")
        (Path(folder) / "rules.yaml").write_text(rules_for_tests(groups), encoding="utf-8")
        done = subprocess.run(  # noqa: S603
            [promtool, "test", "rules", *files],
            cwd=folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
    failures = _failures(done.stdout) if done.returncode else {}
    named = {tests[int(file.removesuffix(".yaml"))].name if file else "": text for file, text in failures.items()}
    return Verdict(name, len(tests), named)


def rules_for_tests(groups: Sequence[RuleGroup]) -> str:
    """Return a rule file that also an older promtool reads: a unit test has no late series to wait for."""
    return rule_file([replace(group, query_offset=None) for group in groups])


def scenario_files(pack: RulePack, rules: str) -> dict[str, str]:
    """Return the files of a pack's tests by name: one for each interval, because promtool evaluates a file at one.

    Args:
        pack: the pack.
        rules: the path of the file with its rules, from where the tests lie.

    Raises:
        ConfigurationError: if its rules or its tests are wrong.

    """
    groups, tests = pack.groups(), pack.tests()
    refuse(f"tests of {pack.name!r}", group_problems(groups), scenario_problems(groups, tests))
    return {
        f"{pack.name}.{interval}.test.yaml": document(
            scenario_file([rules], groups, [test for test in tests if test.interval == interval])
        )
        for interval in dict.fromkeys(test.interval for test in tests)
    }


def _failures(output: str) -> dict[str, str]:
    """Split what promtool wrote into failures by file; by the empty name if it did not get that far."""
    parts = _FILE.split(output)[1:]
    failures = {
        file: text.replace("  FAILED:\n", "", 1).strip("\n")
        for file, text in zip(parts[::2], parts[1::2], strict=True)
        if "FAILED" in text
    }
    return failures or {"": output.strip()}
