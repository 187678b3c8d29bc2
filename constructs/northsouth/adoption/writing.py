"""What `northsouth adopt` writes: the blocks for Terraform, and what it says of them; pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from northsouth.adoption.advising import Advice, advice
from northsouth.adoption.existing import Existing
from northsouth.adoption.fitting import Fit, fits
from northsouth.adoption.kinds import KINDS
from northsouth.adoption.matching import Matches
from northsouth.template import Mode

VERSIONS = ">= 1.5.0, != 1.16.0"
"""Terraform's versions that carry the blocks out.

Import blocks exist since 1.5. Terraform 1.16.0 carries out only the first import block of a resource with ``for_each``
and plans to create the other instances (hashicorp/terraform 39068; repaired in 1.16.1).
"""

_ADDRESS = "aws_eip"
_MOST_SPARE = 20
"""Most objects that the text lists although nothing is declared for them: an account has many."""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A declared resource that is not adopted, and why.

    Attributes:
        address: its address.
        reason: why, and what to do.

    """

    address: str
    reason: str


@dataclass(frozen=True, slots=True)
class Adoption:
    """What is adopted, and what is not.

    Attributes:
        imported: what is.
        left_out: what is not, though something exists or may exist.
        created: addresses of what is declared and does not exist; Terraform creates it.
        advice: what to give to the constructs, so that nothing is changed or replaced.
        spare: objects that nothing is declared for.
        same_state: whether the objects are in the state of this very stack.

    """

    imported: tuple[Fit, ...]
    left_out: tuple[LeftOut, ...]
    created: tuple[str, ...]
    advice: tuple[Advice, ...]
    spare: tuple[Existing, ...]
    same_state: bool

    @property
    def changed(self) -> tuple[str, ...]:
        """Addresses of what the same apply would change in place."""
        return tuple(each.address for each in self.imported if each.differences)

    @property
    def complete(self) -> bool:
        """Whether all that exists is adopted and nothing of it is changed."""
        return not self.left_out and not self.changed

    def document(self) -> dict[str, Any]:
        """Return the blocks as Terraform's JSON: ``import``, or ``moved`` within one state."""
        if self.same_state:
            return {"moved": [{"from": each.existing.address, "to": each.address} for each in self.imported]}
        return {
            "terraform": {"required_version": VERSIONS},
            "import": [{"to": each.address, "id": each.existing.id} for each in self.imported],
        }

    def forgotten(self) -> tuple[str, ...]:
        """Return the addresses at which other states still hold what is imported here."""
        return (
            () if self.same_state else tuple(each.existing.address for each in self.imported if each.existing.address)
        )


def adoption(matches: Matches, *, same_state: bool = False) -> Adoption:
    """Decide what is adopted.

    Args:
        matches: which object is which resource.
        same_state: whether the objects are in the state of this very stack, at other addresses.

    """
    fitting = fits(matches)
    reasons = {each.address: _replaced(each) for each in fitting if not each.fits}
    reasons |= _without_gateway(matches, {each.address for each in fitting if each.fits})
    kept = tuple(each for each in fitting if each.address not in reasons)
    if same_state:
        kept = tuple(each for each in kept if each.existing.address != each.address)
    unclear = [LeftOut(each.address, _several(each.address, each.candidates, each.reason)) for each in matches.unclear]
    counted = [
        LeftOut(
            each.address, "an expression decides its instances; give a plan of the stack in place of its cdk.tf.json"
        )
        for each in matches.declared.template
        if each.repeated and each.mode is Mode.MANAGED and each.type in KINDS
    ]
    left_out = [*(LeftOut(address, reason) for address, reason in reasons.items()), *unclear, *counted]
    standing = {*(each.address for each in fitting), *(each.address for each in (*unclear, *counted))}
    created = tuple(
        each.address for each in matches.declared.template if each.mode is Mode.MANAGED and each.address not in standing
    )
    resources = {each.address: each for each in matches.declared.resources()}
    return Adoption(kept, tuple(left_out), created, advice(resources, fitting), matches.spare, same_state)


def _replaced(fit: Fit) -> str:
    reasons = []
    for argument in fit.forced:
        if argument in fit.made:
            reasons.append(f"{argument} would be that of {fit.made[argument]}, which is not adopted")
        else:
            places = [each for each in fit.differences if each.top == argument]
            reasons += [f"{each.path} is {each.before!r} and declared {each.after!r}" for each in places]
    return f"{fit.existing} would be replaced: {'; '.join(reasons)}"


def _without_gateway(matches: Matches, fitting: set[str]) -> dict[str, str]:
    """Return the addresses whose gateway is not adopted: a new gateway could not have an address that is in use."""
    declared = matches.declared
    without: dict[str, str] = {}
    for resource in declared.resources():
        for use in declared.uses(resource):
            held = use.target.type == _ADDRESS and use.target.address in declared.pairs
            if held and resource.address not in fitting:
                without[use.target.address] = (
                    f"{resource.address} is not adopted, and a new one cannot have an address that is in use"
                )
    return without


def _several(address: str, candidates: Sequence[Existing], reason: str) -> str:
    listed = ", ".join(map(str, candidates[:8]))
    return f"{len(candidates)} possible ({reason}): {listed}. Decide with --as '{address}=ID'"


def removed_blocks(addresses: Iterable[str]) -> list[dict[str, Any]]:
    """Return the ``removed`` blocks that make another configuration forget objects and leave them as they are.

    Such a block names a whole resource: Terraform takes no instance there.
    """
    blocks = dict.fromkeys(_without_keys(each) for each in addresses)
    return [{"from": each, "lifecycle": {"destroy": False}} for each in blocks]


def _without_keys(address: str) -> str:
    """Return an address without the keys of instances: ``module.vpc.aws_nat_gateway.this``."""
    kept, depth, quoted = [], 0, False
    for position, character in enumerate(address):
        if character == '"' and address[position - 1] != "\\":
            quoted = not quoted
        depth += (character == "[") - (character == "]") if not quoted else 0
        if not depth and character != "]":
            kept.append(character)
    return "".join(kept)


def as_data(adopted: Adoption) -> dict[str, Any]:
    """Return all of it as JSON values."""
    return {
        "blocks": adopted.document(),
        "to_import": len(adopted.imported),
        "to_add": len(adopted.created) + len(adopted.left_out),
        "to_change": list(adopted.changed),
        "left_out": [{"address": each.address, "reason": each.reason} for each in adopted.left_out],
        "created": list(adopted.created),
        "advice": [
            {"construct": each.path, "names": each.names, "tags": each.tags, "others": each.others}
            for each in adopted.advice
        ],
        "removed": removed_blocks(adopted.forgotten()),
        "spare": [{"type": each.type, "id": each.id, "address": each.address} for each in adopted.spare],
    }


def as_text(adopted: Adoption, file: str, *, toml: bool = False) -> str:
    """Return the report.

    Args:
        adopted: what is adopted.
        file: the file that the blocks were written to.
        toml: write what to give as an environment file has it, not as Python.

    """
    verb = "move" if adopted.same_state else "import"
    sections = [
        (
            f"{len(adopted.imported)} to {verb}, written to {file}:",
            [f"{each.address}  <-  {_from(each, adopted)}" for each in adopted.imported],
        ),
        ("Left out:", [f"{each.address}: {each.reason}" for each in adopted.left_out]),
        ("What to give, so that nothing is changed:", _advised(adopted.advice, toml=toml)),
        ("Nothing exists for these; Terraform creates them:", list(adopted.created)),
        ("These exist, and nothing is declared for them:", _first([str(each) for each in adopted.spare])),
        *_other_state(adopted),
    ]
    lines: list[str] = [] if adopted.imported else [f"Nothing to {verb}; nothing was written.", ""]
    for heading, entries in sections:
        if entries:
            lines += [heading, *(f"  {entry}" for entry in entries), ""]
    adds = len(adopted.created) + len(adopted.left_out)
    lines.append(
        f"terraform plan should say: {0 if adopted.same_state else len(adopted.imported)} to import, {adds} to add, "
        f"{len(adopted.changed)} to change, 0 to destroy. If it destroys or replaces anything, do not apply."
    )
    return "\n".join(lines) + "\n"


def _first(entries: list[str]) -> list[str]:
    more = len(entries) - _MOST_SPARE
    return entries if more <= 0 else [*entries[:_MOST_SPARE], f"and {more} more; --json lists all of them"]


def _from(fit: Fit, adopted: Adoption) -> str:
    return fit.existing.address if adopted.same_state else fit.existing.id


def _advised(advice: Sequence[Advice], *, toml: bool) -> list[str]:
    lines = []
    for each in advice:
        written = each.toml() if toml else each.python()
        lines += [each.path, *(f"  {line}" for line in written), *(f"  # {line}" for line in each.others)]
    return lines


def _other_state(adopted: Adoption) -> list[tuple[str, list[str]]]:
    held = adopted.forgotten()
    if not held:
        return []
    blocks = [f"removed {{ from = {each['from']}, lifecycle {{ destroy = false }} }}" for each in removed_blocks(held)]
    heading = (
        "Another state holds these, too. After the import, put these blocks in place of theirs and apply there. "
        "Otherwise the next apply there destroys what was imported:"
    )
    return [(heading, blocks)]
