"""What was found in an app's stacks, in words and as JSON; pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from northsouth.comparison import Difference
from northsouth.comparison.changes import thawed
from northsouth.comparison.rendering import printable, text
from northsouth.drift.findings import Deed, Finding, Judgement, Kind
from northsouth.template import Value

WIDTH = 160
"""Longest line of a value."""


class Status(StrEnum):
    """How a stack stands."""

    CLEAN = "clean"
    DIFFERENT = "different"
    NOT_DEPLOYED = "not-deployed"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class StackReport:
    """What was found in one stack.

    Attributes:
        stack: its name.
        judgement: what its plan says; None if there is no plan.
        error: why there is none.

    """

    stack: str
    judgement: Judgement | None = None
    error: str = ""

    @property
    def status(self) -> Status:
        """How the stack stands."""
        if self.judgement is None:
            return Status.FAILED
        if not self.judgement.deployed:
            return Status.NOT_DEPLOYED
        return Status.DIFFERENT if self.judgement.findings else Status.CLEAN

    def only(self, kinds: Iterable[Kind]) -> StackReport:
        """Return the report with the findings of some kinds."""
        if self.judgement is None or not self.judgement.deployed:
            return self
        wanted = frozenset(kinds)
        findings = tuple(each for each in self.judgement.findings if each.kind in wanted)
        return StackReport(self.stack, Judgement(findings, self.judgement.resources, deployed=True))


_HEADINGS = {
    Kind.GONE: "gone (deleted outside Terraform)",
    Kind.OUTSIDE: "changed outside Terraform (declared → real)",
    Kind.FOLLOWS: "changes with these, though nobody changed it",
    Kind.UNDEPLOYED: "declared but not applied (real → declared)",
}
_MARKS = {
    Deed.CREATE: "+",
    Deed.UPDATE: "~",
    Deed.REPLACE: "-/+",
    Deed.DELETE: "-",
    Deed.MOVE: ">",
    Deed.IMPORT: "<",
    Deed.FORGET: ".",
    Deed.NOTHING: "!",
}
_NOTES = {
    Deed.MOVE: "moved from {previous}",
    Deed.IMPORT: "to be imported",
    Deed.FORGET: "a deploy takes it out of the state",
    Deed.NOTHING: "a deploy leaves it so, and changes what refers to it",
}


def as_text(reports: Sequence[StackReport]) -> Iterator[str]:
    """Yield the lines of a report, one block for each stack."""
    for report in reports:
        yield from _stack(report)


def _stack(report: StackReport) -> Iterator[str]:
    if report.judgement is None:
        yield f"{report.stack}: failed"
        yield from (f"  {printable(line)}" for line in report.error.splitlines())
        return
    resources = _count(report.judgement.resources, "resource")
    if report.status is Status.NOT_DEPLOYED:
        yield f"{report.stack}: not deployed; {resources} declared, none in the state"
        return
    findings = report.judgement.findings
    if not findings:
        yield f"{report.stack}: as declared ({resources})"
        return
    yield f"{report.stack}: {_count(len(findings), 'difference')} ({resources} declared)"
    for kind, heading in _HEADINGS.items():
        group = [each for each in findings if each.kind is kind]
        if group:
            yield f"  {heading}"
        for finding in group:
            yield from (f"    {line}" for line in _finding(finding))


def _finding(finding: Finding) -> Iterator[str]:
    notes = [_NOTES[finding.deed].format(previous=printable(finding.previous))] if finding.deed in _NOTES else []
    if finding.kind is Kind.GONE and finding.deed is Deed.CREATE:
        notes.append("a deploy makes it again")
    if finding.deed is Deed.REPLACE:
        forced = f" because of {', '.join(finding.forced_by)}" if finding.forced_by else ""
        notes.append(f"a deploy replaces it{forced}")
    if finding.because:
        notes.append(f"refers to {', '.join(map(printable, finding.because))}")
    told = f": {'; '.join(notes)}" if notes else ""
    yield f"{_MARKS[finding.deed]} {printable(finding.address)}{told}"
    yield from (f"    {_difference(each)}" for each in finding.differences)
    yield from (f"    {printable(each)}: known after apply" for each in finding.unknown)


def _difference(difference: Difference) -> str:
    if difference.reordered:
        return f"{printable(difference.path)}: the same members in another order"
    before, after = _short(difference.before), _short(difference.after)
    return f"{printable(difference.path)}: {before} → {after}"


def _short(value: Value) -> str:
    written = text(value)
    return written if len(written) <= WIDTH else f"{written[: WIDTH - 1]}…"


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def as_json(reports: Sequence[StackReport]) -> dict[str, Any]:
    """Return the report as a JSON object; keys are stable."""
    return {"stacks": [_stack_json(report) for report in reports]}


def _stack_json(report: StackReport) -> dict[str, Any]:
    findings = report.judgement.findings if report.judgement else ()
    return {
        "stack": report.stack,
        "status": report.status.value,
        "error": report.error or None,
        "resources": report.judgement.resources if report.judgement else None,
        "findings": [_finding_json(each) for each in findings] if report.status is Status.DIFFERENT else [],
    }


def _finding_json(finding: Finding) -> dict[str, Any]:
    return {
        "address": finding.address,
        "kind": finding.kind.value,
        "deploy": finding.deed.value,
        "differences": [
            {"path": each.path, "before": thawed(each.before), "after": thawed(each.after)}
            for each in finding.differences
        ],
        "known_after_apply": list(finding.unknown),
        "forced_by": list(finding.forced_by),
        "because": list(finding.because),
        "previous_address": finding.previous or None,
    }
