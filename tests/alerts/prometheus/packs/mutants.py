"""Breaks the rules of a pack, and asks promtool whether the pack's tests notice."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from northsouth.alerts.prometheus import AlertRule, Rule, RuleGroup, RulePack
from northsouth.alerts.prometheus.promtool import find, rules_for_tests
from northsouth.alerts.prometheus.rendering import document
from northsouth.alerts.prometheus.testing import scenario_file

ALERT = re.compile(r'alertname(?:: |=\\?")(\w+)')


@dataclass(frozen=True)
class Mutant:
    """Broken groups, and what has to be noticed: the names of alerts, or any failure if there are none."""

    what: str
    groups: Sequence[RuleGroup]
    alerts: frozenset[str] = frozenset()


def survivors(pack: RulePack, folder: Path) -> list[str]:
    """Return what the tests of a pack do not notice; all mutants are one run of promtool.

    No alert depends on another one, so all alerts are broken at once, in the same way, and each has to be missed by
    name. Recorded series are taken out one by one.
    """
    groups, tests = pack.groups(), pack.tests()
    found = list(mutants(groups))
    files: dict[str, Mutant] = {}
    for number, mutant in enumerate(found):
        rules = f"{number}.rules.yaml"
        (folder / rules).write_text(
            rules_for_tests([bare(each) for each in mutant.groups if each.rules]), encoding="utf-8"
        )
        for interval in sorted({test.interval for test in tests}):
            file = f"{number}-{interval}.yaml"
            chosen = [test for test in tests if test.interval == interval]
            (folder / file).write_text(document(scenario_file([rules], groups, chosen)), encoding="utf-8")
            files[file] = mutant
    texts = {mutant.what: "" for mutant in found}
    for file, text in verdicts(folder, list(files)).items():
        texts[files[file].what] += text if "FAILED" in text else ""
    return [name for mutant in found for name in unnoticed(mutant, texts[mutant.what])]


def bare(group: RuleGroup) -> RuleGroup:
    """Return the group without texts: to fill them in takes promtool most of its time, and nobody compares them."""
    rules = [
        replace(rule, summary="-", description="-", annotations={}) if isinstance(rule, AlertRule) else rule
        for rule in group.rules
    ]
    return replace(group, rules=rules)


def unnoticed(mutant: Mutant, text: str) -> list[str]:
    missed = mutant.alerts - set(ALERT.findall(text))
    return [f"{alert} {mutant.what}" for alert in sorted(missed)] if mutant.alerts or text else [mutant.what]


def verdicts(folder: Path, files: Sequence[str]) -> dict[str, str]:
    done = subprocess.run(
        [find(), "test", "rules", *files],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    found = dict(part.split("\n", 1) for part in done.stdout.split("Unit Testing:  ")[1:])
    assert list(found) == list(files), done.stdout
    return found


def mutants(groups: Sequence[RuleGroup]) -> Iterator[Mutant]:
    yield from broken(groups, "taken out", lambda rule: not isinstance(rule, AlertRule), lambda _: ())
    yield from broken(
        groups,
        "at once",
        lambda rule: not isinstance(rule, AlertRule) or rule.for_ == "0s",
        lambda rule: [replace(rule, for_="0s")],
    )
    yield from broken(
        groups,
        "not kept",
        lambda rule: not isinstance(rule, AlertRule) or rule.keep_firing_for is None,
        lambda rule: [replace(rule, keep_firing_for=None)],
    )
    for place, group in enumerate(groups):
        for index, rule in enumerate(group.rules):
            if not isinstance(rule, AlertRule):
                rules = [*group.rules[:index], *group.rules[index + 1 :]]
                changed = [*groups[:place], replace(group, rules=rules), *groups[place + 1 :]]
                yield Mutant(f"{rule.name} {dict(rule.labels)} taken out", changed)


def broken(
    groups: Sequence[RuleGroup],
    what: str,
    keep: Callable[[Rule], bool],
    change: Callable[[AlertRule], Sequence[Rule]],
) -> Iterator[Mutant]:
    """Yield the groups with every rule changed but those to ``keep``."""
    names: set[str] = set()
    changed = []
    for group in groups:
        rules: list[Rule] = []
        for rule in group.rules:
            if isinstance(rule, AlertRule) and not keep(rule):
                names.add(rule.alert)
                rules += change(rule)
            else:
                rules.append(rule)
        changed.append(replace(group, rules=rules))
    if names:
        yield Mutant(what, changed, frozenset(names))
