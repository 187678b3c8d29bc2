"""Writes what is not as declared in an app's stacks, as text and as JSON; pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any

from northsouth.comparison.changes import thawed
from northsouth.comparison.rendering import counted, difference_lines, printable
from northsouth.drift.account import Unmanaged
from northsouth.drift.findings import DriftFinding, Judgement, Kind
from northsouth.drift.ignoring import Hidden, IgnoreEntry, split
from northsouth.template import Deed
from northsouth.template.model import object_address

MOST_NAMED = 10
"""Most addresses that are named of what is left out."""


class Status(StrEnum):
    """How a stack stands."""

    CLEAN = "clean"
    DIFFERENT = "different"
    NOT_DEPLOYED = "not-deployed"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class StackReport:
    """What is not as declared in one stack.

    Attributes:
        stack: its name.
        judgement: what its plan says; None if there is no plan.
        error: why there is no judgement; empty if there is one.
        left_out: findings that are not reported, because only others were asked for.
        hidden: what entries of the ignore file hide.

    """

    stack: str
    judgement: Judgement | None = None
    error: str = ""
    left_out: tuple[DriftFinding, ...] = ()
    hidden: tuple[Hidden, ...] = ()

    @property
    def status(self) -> Status:
        """How the stack stands."""
        if self.judgement is None:
            return Status.FAILED
        if not self.judgement.deployed:
            return Status.NOT_DEPLOYED
        return Status.DIFFERENT if self.judgement.findings else Status.CLEAN

    def only(self, kinds: Iterable[Kind]) -> StackReport:
        """Return the report with the findings of some kinds; the others are left out."""
        if self.judgement is None or not self.judgement.deployed:
            return self
        wanted = frozenset(kinds)
        findings = tuple(finding for finding in self.judgement.findings if finding.kind in wanted)
        left_out = tuple(finding for finding in self.judgement.findings if finding.kind not in wanted)
        return replace(self, judgement=replace(self.judgement, findings=findings), left_out=left_out)

    def without(self, entries: Sequence[IgnoreEntry], today: date) -> StackReport:
        """Return the report without known differences."""
        if self.judgement is None or not self.judgement.deployed:
            return self
        findings, hidden = split(self.stack, self.judgement.findings, entries, today)
        return replace(self, judgement=replace(self.judgement, findings=findings), hidden=hidden)


@dataclass(frozen=True, slots=True)
class AccountReport:
    """What exists in the account and is in no stack's state.

    Attributes:
        regions: the Regions that were looked in.
        unmanaged: the resources.
        hidden: what entries of the ignore file hide.

    """

    regions: tuple[str, ...]
    unmanaged: tuple[Unmanaged, ...]
    hidden: tuple[Hidden, ...] = ()

    def without(self, entries: Sequence[IgnoreEntry], today: date) -> AccountReport:
        """Return the report without known resources."""
        current = [entry for entry in entries if not entry.expired(today) and not entry.attributes]
        known = {
            resource: entry
            for resource in self.unmanaged
            for entry in current
            if entry.means("", resource.address, "unmanaged")
        }
        left = tuple(resource for resource in self.unmanaged if resource not in known)
        return replace(
            self, unmanaged=left, hidden=tuple(Hidden(resource.address, entry) for resource, entry in known.items())
        )

    def as_text(self) -> Iterator[str]:
        """Yield its lines."""
        places = ", ".join(self.regions)
        number = len(self.unmanaged)
        declare = "resource that no stack declares" if number == 1 else "resources that no stack declares"
        yield f"unmanaged: {number} {declare} ({places})" if number else f"unmanaged: nothing ({places})"
        yield from (f"  ! {printable(str(resource))}" for resource in self.unmanaged)
        yield from _hidden(self.hidden)

    def as_json(self) -> list[dict[str, str | None]]:
        """Return its resources as JSON objects; keys are stable."""
        return [
            {
                "type": resource.type,
                "id": resource.id,
                "region": resource.region,
                "name": resource.name or None,
                "place": resource.place or None,
            }
            for resource in self.unmanaged
        ]


_HEADINGS = {
    Kind.GONE: "gone (deleted outside Terraform)",
    Kind.OUTSIDE: "changed outside Terraform (declared → real)",
    Kind.FOLLOWS: "changes with these, though nobody changed it",
    Kind.DEPOSED: "deposed (left behind by a failed create_before_destroy; it still exists)",
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


_LEFT_BEHIND = {Deed.DELETE: "the next apply destroys it", Deed.FORGET: "the next apply takes it out of the state"}


def as_text(reports: Sequence[StackReport]) -> Iterator[str]:
    """Yield the lines of a report, one block for each stack."""
    for report in reports:
        yield from _stack(report)


def _stack(report: StackReport) -> Iterator[str]:
    if report.judgement is None:
        yield f"{report.stack}: failed"
        yield from (f"  {printable(line)}" for line in report.error.splitlines())
        return
    resources = counted(report.judgement.resources, "resource")
    if report.status is Status.NOT_DEPLOYED:
        yield f"{report.stack}: not deployed; {resources} declared, none in the state"
        return
    findings = report.judgement.findings
    if findings:
        objects = len({finding.key for finding in findings})
        are = "resource is" if objects == 1 else "resources are"
        yield f"{report.stack}: {objects} {are} not as declared ({report.judgement.resources} declared)"
    elif report.left_out:
        yield f"{report.stack}: nothing of what was asked for ({resources} declared)"
    elif report.hidden:
        yield f"{report.stack}: as declared but for what is ignored ({resources})"
    else:
        yield f"{report.stack}: as declared ({resources})"
    for kind, heading in _HEADINGS.items():
        group = [finding for finding in findings if finding.kind is kind]
        if group:
            yield f"  {heading}"
        for finding in group:
            yield from (f"    {line}" for line in _finding(finding))
    yield from _hidden(report.hidden)
    yield from (f"  {line}" for line in _left_out_lines(report))


def _hidden(hidden: Iterable[Hidden]) -> Iterator[str]:
    for entry in dict.fromkeys(hidden):
        yield f"  ignored until {entry.entry.expires}: {printable(entry.address)} ({printable(entry.entry.reason)})"


def _left_out_lines(report: StackReport) -> Iterator[str]:
    for kind in dict.fromkeys(finding.kind for finding in report.left_out):
        names = list(dict.fromkeys(_name(finding) for finding in report.left_out if finding.kind is kind))
        more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
        heading = _HEADINGS[kind].partition(" (")[0]
        yield f"left out: {counted(len(names), 'resource')} {heading}: {', '.join(names[:MOST_NAMED])}{more}"


def _name(finding: DriftFinding) -> str:
    return printable(object_address(finding.address, finding.deposed))


def _finding(finding: DriftFinding) -> Iterator[str]:
    notes = "; ".join(_notes(finding))
    yield f"{_MARKS[finding.deed]} {_name(finding)}{': ' if notes else ''}{notes}"
    yield from (f"    {line}" for difference in finding.differences for line in difference_lines(difference))
    yield from (f"    {printable(attribute)}: known after apply" for attribute in finding.unknown)


def _notes(finding: DriftFinding) -> Iterator[str]:
    if finding.kind is Kind.DEPOSED:
        yield _LEFT_BEHIND.get(finding.deed, "the next apply leaves it")
    elif finding.deed in _NOTES:
        yield _NOTES[finding.deed].format(previous=printable(finding.previous))
    if finding.kind is Kind.GONE and finding.deed is Deed.CREATE:
        yield "a deploy makes it again"
    if finding.deed is Deed.REPLACE:
        forced = f" because of {', '.join(finding.forced_by)}" if finding.forced_by else ""
        yield f"a deploy replaces it{forced}"
    if finding.because:
        yield f"refers to {', '.join(map(printable, finding.because))}"


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
        "findings": [_finding_json(finding) for finding in findings] if report.status is Status.DIFFERENT else [],
        "left_out": [_finding_json(finding) for finding in report.left_out],
        "ignored": [
            {"address": entry.address, "reason": entry.entry.reason, "expires": entry.entry.expires.isoformat()}
            for entry in dict.fromkeys(report.hidden)
        ],
    }


def _finding_json(finding: DriftFinding) -> dict[str, Any]:
    return {
        "address": finding.address,
        "deposed": finding.deposed or None,
        "kind": finding.kind.value,
        "deploy": finding.deed.value,
        "differences": [
            {"path": difference.path, "before": thawed(difference.before), "after": thawed(difference.after)}
            for difference in finding.differences
        ],
        "known_after_apply": list(finding.unknown),
        "forced_by": list(finding.forced_by),
        "because": list(finding.because),
        "previous_address": finding.previous or None,
    }
