"""Deploys in spite of faults: apply, and apply again, until nothing fails."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from northsouth.emulator.faults import Answer, Call, Fault, Rule
from northsouth.emulator.server import Emulator
from tests.faults.inventory import IMPORTS
from tests.harness.terraform import Terraform, TerraformError

MOST_APPLIES = 12
NO_EFFECT = (Fault.REFUSE, Fault.THROTTLE, Fault.FAIL, Fault.LOSE_REQUEST)
"""Faults after which a thing is not there."""


def without_retries(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return a document whose provider gives up at the first failure, so that Terraform sees every fault.

    The provider reads no number of attempts from the environment; it repeats a call 25 times by default.
    """
    declared = copy.deepcopy(dict(document))
    for each in declared["provider"]["aws"]:
        each["max_retries"] = 1
    return declared


@dataclass(frozen=True)
class Attempt:
    """One apply.

    Attributes:
        errors: what Terraform said, by address.
        answers: what became of each call.
    """

    errors: Mapping[str, str]
    answers: tuple[Answer, ...]

    @property
    def hit(self) -> frozenset[tuple[str, str]]:
        """The operations that a fault hit."""
        return frozenset((each.call.service, each.call.operation) for each in self.answers if each.fault)


def once(faults: Mapping[tuple[str, str], Fault]) -> Rule:
    """Return a rule that spoils the first call of some operations, once, however often the rule is put in place."""
    left = dict(faults)
    return lambda call: left.pop((call.service, call.operation), None)


def each_once(faults: Mapping[tuple[str, str, int], Fault]) -> Rule:
    """Return a rule that spoils the nth call of some operations since it was made, each once."""
    left, seen = dict(faults), dict.fromkeys(((service, name) for service, name, _ in faults), 0)

    def rule(call: Call) -> Fault | None:
        operation = (call.service, call.operation)
        if operation not in seen:
            return None
        seen[operation] += 1
        return left.pop((*operation, seen[operation]), None)

    return rule


def attempt(terraform: Terraform, emulator: Emulator, rule: Rule) -> Attempt:
    """Apply once; failing is no error here."""
    with emulator.faults.rule(rule) as answers:
        done = terraform.run("apply", "-auto-approve", "-json", "-input=false", accept=(0, 1))
    return Attempt(dict(_errors(done.stdout)), tuple(answers))


def deploy(terraform: Terraform, emulator: Emulator, rule: Rule) -> list[Attempt]:
    """Apply until nothing fails.

    Raises:
        TerraformError: applies go on failing although no fault is made.
    """
    attempts: list[Attempt] = []
    while len(attempts) < MOST_APPLIES:
        attempts.append(attempt(terraform, emulator, rule))
        if not attempts[-1].errors:
            return attempts
        if _is_stuck(attempts):
            break
    raise TerraformError(f"{len(attempts)} applies, and still: {attempts[-1].errors}")


def _is_stuck(attempts: Sequence[Attempt]) -> bool:
    """Tell whether two applies in a row failed without a fault; one does when a busy machine drops a connection."""
    return len(attempts) > 1 and not attempts[-1].hit and not attempts[-2].hit


def deploy_with_imports(terraform: Terraform, emulator: Emulator, rule: Rule) -> tuple[list[Attempt], set[str]]:
    """Apply until nothing fails; import what is there already and stands in the way, as docs/deploys.md says.

    Returns:
        The applies, and the types that were imported.

    Raises:
        TerraformError: something stands in the way that docs/deploys.md does not name.
    """
    attempts: list[Attempt] = []
    imported: dict[str, str] = {}
    while len(attempts) < MOST_APPLIES:
        attempts.append(attempt(terraform, emulator, rule))
        _write(terraform.workdir, {})
        if not attempts[-1].errors:
            return attempts, {_type(address) for address in imported}
        blocked = {address for address, error in attempts[-1].errors.items() if not _is_lost(error)}
        found = _ids(terraform, emulator, blocked)
        if not found and _is_stuck(attempts):
            break
        imported |= found
        _write(terraform.workdir, found)
    raise TerraformError(f"{len(attempts)} applies, and still: {attempts[-1].errors}")


def _ids(terraform: Terraform, emulator: Emulator, addresses: Iterable[str]) -> dict[str, str]:
    details = terraform.plan("-refresh=false").details
    planned = {each["address"]: each["change"]["after"] or {} for each in details.get("resource_changes", [])}
    found: dict[str, str] = {}
    for address in addresses:
        if _type(address) in IMPORTS:
            with suppress(KeyError, ValueError):  # not there, or not to be told from another
                found[address] = IMPORTS[_type(address)](emulator, planned[address])
    return found


def _write(folder: Path, imports: Mapping[str, str]) -> None:
    """Write the import blocks of the next apply, or none."""
    blocks = [{"to": address, "id": known} for address, known in imports.items()]
    (folder / "imports.tf.json").write_text(json.dumps({"import": blocks} if blocks else {}), encoding="utf-8")


def _is_lost(error: str) -> bool:
    return "EOF" in error or "connection reset" in error


def _type(address: str) -> str:
    return address.partition(".")[0]


def _errors(output: str) -> Iterator[tuple[str, str]]:
    for line in output.splitlines():
        entry = json.loads(line)
        diagnostic = entry.get("diagnostic", {})
        if entry.get("type") == "diagnostic" and diagnostic["severity"] == "error":
            yield diagnostic.get("address", ""), f"{diagnostic['summary']} {diagnostic.get('detail', '')}"


_RANDOM = re.compile(
    r"\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b"  # UUIDs, also with ws- before them
    r"|\b[a-z]+-[0-9a-f]{8,32}\b(?!-)"  # vpc-…, subnet-…, rslvr-frg-…
    r"|(?<![0-9a-f])\d{26}(?![0-9a-f])"  # what the provider adds to a prefix
    r"|127\.0\.0\.1:\d+"
)


def end_state(terraform: Terraform, document: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the state says of each declared argument, with a mark for everything that is chosen anew each time.

    What nobody declares is left out: Terraform reads it when a resource is made, or at the next refresh.
    """
    found = {}
    for each in terraform.show()["values"]["root_module"]["resources"]:
        arguments = document.get("resource", {}).get(each["type"], {}).get(each["name"], {})
        found[each["address"]] = _plain({key: each["values"].get(key) for key in arguments})
    return found


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items() if item not in (None, "", False, [], {})}
    if isinstance(value, list):
        return sorted((_plain(item) for item in value), key=lambda each: json.dumps(each, sort_keys=True))
    return _RANDOM.sub("*", value) if isinstance(value, str) else value
