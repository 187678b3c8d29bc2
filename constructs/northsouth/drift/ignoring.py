"""Known differences that are not reported until a day: an ignore file with a reason and an expiry for each; pure.

::

    [[ignore]]
    address = "aws_autoscaling_group.*"
    attributes = ["desired_capacity"]
    reason = "the autoscaler sets it"
    expires = 2027-03-31
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from northsouth.drift.findings import DriftFinding, Kind
from northsouth.errors import Problem, refuse
from northsouth.errors.reading import fault
from northsouth.template import Deed
from northsouth.template.model import below, object_address

DEFAULT_FILE = "drift-ignore.toml"
"""The file that is read where none is named, if it is there."""

_KEYS = ("address", "stack", "attributes", "kinds", "reason", "expires")
_KINDS = (*(str(kind) for kind in Kind), "unmanaged")


@dataclass(frozen=True, slots=True)
class IgnoreEntry:
    """One known difference.

    Attributes:
        number: its place in the file, from 1.
        address: the addresses it is about; ``*`` stands for any text. An unmanaged resource has type and id as its
            address: ``aws_nat_gateway nat-0abc``.
        reason: why it is no problem.
        expires: the last day on which it hides anything.
        stack: the stacks it is about; ``*`` stands for any text.
        attributes: the attributes whose differences it hides; all if there are none.
        kinds: the kinds of findings it hides; all if there are none.

    """

    number: int
    address: str
    reason: str
    expires: date
    stack: str = "*"
    attributes: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"entry {self.number} ({self.address})"

    def expired(self, today: date) -> bool:
        """Tell whether it hides nothing any more."""
        return today > self.expires

    def means(self, stack: str, address: str, kind: str) -> bool:
        """Tell whether it is about something."""
        about = _matches(self.stack, stack) and _matches(self.address, address)
        return about and (not self.kinds or kind in self.kinds)

    def rest(self, finding: DriftFinding) -> DriftFinding | None:
        """Return what is left to report of a finding that it means, or None if it hides all of it.

        An entry for some attributes never hides that a deploy replaces the resource.
        """
        if not self.attributes:
            return None
        if finding.deed is Deed.REPLACE or not (finding.differences or finding.unknown):
            return finding
        differences = tuple(difference for difference in finding.differences if not self._hides(difference.path))
        unknown = tuple(attribute for attribute in finding.unknown if not self._hides(attribute))
        return replace(finding, differences=differences, unknown=unknown) if differences or unknown else None

    def _hides(self, path: str) -> bool:
        return any(below(path, attribute) for attribute in self.attributes)


@dataclass(frozen=True, slots=True)
class Hidden:
    """Something that an entry hides.

    Attributes:
        address: its address.
        entry: the entry.

    """

    address: str
    entry: IgnoreEntry


def _matches(pattern: str, text: str) -> bool:
    return re.fullmatch(".*".join(map(re.escape, pattern.split("*"))), text, re.DOTALL) is not None


def read_ignored(path: Path) -> tuple[IgnoreEntry, ...]:
    """Read an ignore file.

    Raises:
        ConfigurationError: with everything that is wrong with it.

    """
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        refuse(str(path), [Problem("the file", str(error.strerror), "it must be readable", "Name an existing file.")])
    except (ValueError, RecursionError) as error:
        refuse(str(path), [Problem("the file", fault(error), "it must be TOML in UTF-8", "Correct the syntax.")])
    else:
        entries = document.get("ignore", [])
        refuse(str(path), _file_problems(document))
        refuse(str(path), *(_problems(entry, f"ignore[{at}]") for at, entry in enumerate(entries)))
        return tuple(_entry(number, entry) for number, entry in enumerate(entries, 1))
    return ()


def _file_problems(document: Mapping[str, Any]) -> Iterator[Problem]:
    for key in document:
        if key != "ignore":
            yield Problem(key, "an unknown key", "only [[ignore]] is known", "Write each entry below [[ignore]].")
    entries = document.get("ignore", [])
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        yield Problem("ignore", type(entries).__name__, "it is a list of tables", "Write [[ignore]], not [ignore].")


def _problems(entry: Mapping[str, Any], where: str) -> Iterator[Problem]:
    for key in entry:
        if key not in _KEYS:
            yield Problem(f"{where}.{key}", "an unknown key", f"known are {', '.join(_KEYS)}", "Correct the key.")
    for key in ("address", "reason"):
        value = entry.get(key)
        if not isinstance(value, str) or not value.strip():
            yield Problem(f"{where}.{key}", repr(value), "it is required text", f'Write {key} = "...".')
    if "stack" in entry and not isinstance(entry["stack"], str):
        yield Problem(f"{where}.stack", repr(entry["stack"]), "it is text", 'Write stack = "edge".')
    expires = entry.get("expires")
    if not isinstance(expires, date) or isinstance(expires, datetime):
        yield Problem(
            f"{where}.expires", str(expires), "it is a required day, without quotes", "Write expires = 2027-03-31."
        )
    for key, known in (("attributes", None), ("kinds", _KINDS)):
        yield from _list_problems(entry.get(key, []), f"{where}.{key}", known)


def _list_problems(value: object, where: str, known: Sequence[str] | None) -> Iterator[Problem]:
    if not isinstance(value, list) or not all(isinstance(item, str) and item for item in value):
        yield Problem(where, repr(value), "it is a list of texts", 'Write it as in ["desired_capacity"].')
        return
    for item in value:
        if known is not None and item not in known:
            yield Problem(where, repr(item), f"known are {', '.join(known)}", "Correct the kind.")


def _entry(number: int, entry: Mapping[str, Any]) -> IgnoreEntry:
    return IgnoreEntry(
        number,
        entry["address"],
        " ".join(entry["reason"].split()),
        entry["expires"],
        entry.get("stack", "*"),
        tuple(entry.get("attributes", ())),
        tuple(entry.get("kinds", ())),
    )


def split(
    stack: str, findings: Sequence[DriftFinding], entries: Sequence[IgnoreEntry], today: date
) -> tuple[tuple[DriftFinding, ...], tuple[Hidden, ...]]:
    """Return the findings that are left to report, and what was hidden.

    Args:
        stack: the name of the stack.
        findings: its findings.
        entries: the known differences.
        today: the day; expired entries hide nothing.

    """
    left: list[DriftFinding] = []
    hidden: list[Hidden] = []
    for finding in findings:
        rest: DriftFinding | None = finding
        address = object_address(finding.address, finding.deposed)
        for entry in entries:
            if rest is None or entry.expired(today) or not entry.means(stack, address, finding.kind):
                continue
            shorter = entry.rest(rest)
            if shorter != rest:
                hidden.append(Hidden(address, entry))
            rest = shorter
        if rest is not None:
            left.append(rest)
    return tuple(left), tuple(hidden)


def notes(entries: Sequence[IgnoreEntry], used: Sequence[IgnoreEntry], file: str, today: date) -> Iterator[str]:
    """Yield a line for each entry that has expired, or that hides nothing.

    Args:
        entries: all entries of the file.
        used: those that hid something.
        file: its name.
        today: the day.

    """
    for entry in entries:
        if entry.expired(today):
            yield f"{file}: {entry} expired on {entry.expires} and hides nothing any more ({entry.reason})"
        elif entry not in used:
            yield f"{file}: {entry} hides nothing; remove it"
