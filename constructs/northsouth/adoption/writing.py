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
        return tuple(fit.address for fit in self.imported if fit.differences)

    @property
    def complete(self) -> bool:
        """Whether all that exists is adopted and nothing of it is changed."""
        return not self.left_out and not self.changed

    def document(self) -> dict[str, Any]:
        """Return the blocks as Terraform's JSON: ``import``, or ``moved`` within one state."""
        if self.same_state:
            return {"moved": [{"from": fit.existing.address, "to": fit.address} for fit in self.imported]}
        return {
            "terraform": {"required_version": VERSIONS},
            "import": [{"to": fit.address, "id": fit.existing.id} for fit in self.imported],
        }

    def forgotten(self) -> tuple[str, ...]:
        """Return the addresses at which other states still hold what is imported here."""
        return () if self.same_state else tuple(fit.existing.address for fit in self.imported if fit.existing.address)


def adoption(matches: Matches, *, same_state: bool = False) -> Adoption:
    """Decide what is adopted.

    Args:
        matches: which object is which resource.
        same_state: whether the objects are in the state of this very stack, at other addresses.

    """
    fitting = fits(matches)
    reasons = {fit.address: _replaced(fit) for fit in fitting if not fit.fits}
    reasons |= _without_gateway(matches, {fit.address for fit in fitting if fit.fits})
    imported = tuple(fit for fit in fitting if fit.address not in reasons)
    if same_state:
        imported = tuple(fit for fit in imported if fit.existing.address != fit.address)
    unclear = [
        LeftOut(question.address, _several(question.address, question.candidates, question.reason))
        for question in matches.unclear
    ]
    counted = [
        LeftOut(
            resource.address,
            "an expression decides its instances; give a plan of the stack in place of its cdk.tf.json",
        )
        for resource in matches.declared.template
        if resource.repeated and resource.mode is Mode.MANAGED and resource.type in KINDS
    ]
    left_out_all = [*(LeftOut(address, reason) for address, reason in reasons.items()), *unclear, *counted]
    handled = {*(fit.address for fit in fitting), *(left_out_all.address for left_out_all in (*unclear, *counted))}
    created = tuple(
        resource.address
        for resource in matches.declared.template
        if resource.mode is Mode.MANAGED and resource.address not in handled
    )
    resources = {resource.address: resource for resource in matches.declared.resources()}
    return Adoption(imported, tuple(left_out_all), created, advice(resources, fitting), matches.spare, same_state)


def _replaced(fit: Fit) -> str:
    reasons = []
    for argument in fit.forced:
        if argument in fit.made:
            reasons.append(f"{argument} would be that of {fit.made[argument]}, which is not adopted")
        else:
            places = [difference for difference in fit.differences if difference.top == argument]
            reasons += [f"{place.path} is {place.before!r} and declared {place.after!r}" for place in places]
    return f"{fit.existing} would be replaced: {'; '.join(reasons)}"


def _without_gateway(matches: Matches, fitting: set[str]) -> dict[str, str]:
    """Return the addresses whose gateway is not adopted: a new gateway could not have an address that is in use."""
    declared = matches.declared
    without: dict[str, str] = {}
    for resource in declared.resources():
        for use in declared.uses(resource):
            has_adopted_address = use.target.type == _ADDRESS and use.target.address in declared.pairs
            if has_adopted_address and resource.address not in fitting:
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
    blocks = dict.fromkeys(_without_keys(address) for address in addresses)
    return [{"from": block, "lifecycle": {"destroy": False}} for block in blocks]


def _without_keys(address: str) -> str:
    """Return an address without the keys of instances: ``module.vpc.aws_nat_gateway.this``."""
    characters, depth, quoted = [], 0, False
    for position, character in enumerate(address):
        if character == '"' and address[position - 1] != "\\":
            quoted = not quoted
        depth += (character == "[") - (character == "]") if not quoted else 0
        if not depth and character != "]":
            characters.append(character)
    return "".join(characters)


def as_data(adopted: Adoption) -> dict[str, Any]:
    """Return all of it as JSON values."""
    return {
        "blocks": adopted.document(),
        "to_import": len(adopted.imported),
        "to_add": len(adopted.created) + len(adopted.left_out),
        "to_change": list(adopted.changed),
        "left_out": [{"address": omission.address, "reason": omission.reason} for omission in adopted.left_out],
        "created": list(adopted.created),
        "advice": [
            {"construct": entry.path, "names": entry.names, "tags": entry.tags, "others": entry.others}
            for entry in adopted.advice
        ],
        "removed": removed_blocks(adopted.forgotten()),
        "spare": [
            {"type": candidate.type, "id": candidate.id, "address": candidate.address} for candidate in adopted.spare
        ],
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
            [f"{fit.address}  <-  {_from(fit, adopted)}" for fit in adopted.imported],
        ),
        ("Left out:", [f"{omission.address}: {omission.reason}" for omission in adopted.left_out]),
        ("What to give, so that nothing is changed:", _advised(adopted.advice, toml=toml)),
        ("Nothing exists for these; Terraform creates them:", list(adopted.created)),
        ("These exist, and nothing is declared for them:", _first([str(candidate) for candidate in adopted.spare])),
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
    for entry in advice:
        written = entry.toml() if toml else entry.python()
        lines += [entry.path, *(f"  {line}" for line in written), *(f"  # {line}" for line in entry.others)]
    return lines


def _other_state(adopted: Adoption) -> list[tuple[str, list[str]]]:
    forgotten = adopted.forgotten()
    if not forgotten:
        return []
    blocks = [
        f"removed {{ from = {block['from']}, lifecycle {{ destroy = false }} }}" for block in removed_blocks(forgotten)
    ]
    heading = (
        "Another state holds these, too. After the import, put these blocks in place of theirs and apply there. "
        "Otherwise the next apply there destroys what was imported:"
    )
    return [(heading, blocks)]
