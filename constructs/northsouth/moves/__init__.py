"""``moved`` blocks, declared without a look at the machine.

The CDK writes such a block if you call ``move_to_id`` or ``move_from_id`` of a resource, but then runs ``terraform
version`` at every synth and refuses to synthesize where Terraform is not installed. ``moved`` exists since Terraform
1.1.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from cdktf import App, TerraformElement, TerraformModule, TerraformResource, TerraformStack
from constructs import Construct

from northsouth.errors import Problem, refuse
from northsouth.tree import path_of, stack_of


class Moves(TerraformElement):
    """Tells Terraform that what stands at one address of the state is what is now declared at another."""

    def __init__(self, scope: Construct, id: str, moves: Mapping[str, str]) -> None:
        """Declare moves.

        Args:
            scope: the construct they belong to.
            id: their name there.
            moves: the new address of each resource, by the old one; harmless where nothing stands at the old one.

        """
        super().__init__(scope, id)
        self._moves = dict(moves)

    def to_terraform(self) -> Any:  # noqa: ANN401 - the CDK's own signature
        """Return the blocks. The CDK joins them with the blocks of other elements."""
        return {"moved": [{"from": source, "to": to} for source, to in self._moves.items()]}


class MovedFrom(TerraformElement):
    """Keeps everything inside a construct that was renamed, or put into another, or taken out of one.

    Terraform knows resources by their addresses, and an address holds the path of constructs. Without ``moved`` blocks
    it destroys what stood at the old path and creates it anew::

        nat = NatGateways(stack, "egress", network=network, mode=NatMode.per_az())
        moved_from(nat, "nat")

    A block that finds nothing at the old address does nothing. Take it out when every deployment has been applied once.
    """

    def __init__(self, construct: Construct, old_path: str) -> None:
        """Declare the moves of what is, at synth, inside ``construct``.

        Args:
            construct: the construct where it is now.
            old_path: its path within the stack before: ``nat``, or ``edge/nat``.

        Raises:
            ConfigurationError: if the path is empty or the construct's own.

        """
        refuse(f"moved_from {path_of(construct)!r}", _old_path_problems(construct, old_path))
        super().__init__(construct, f"moved-from-{old_path.replace('/', '-')}")
        self._construct = construct
        self._old_path = old_path

    def to_terraform(self) -> Any:  # noqa: ANN401 - the CDK's own signature
        """Return the blocks. The CDK joins them with the blocks of other elements."""
        return {"moved": [{"from": source, "to": to} for source, to in self._moves()]}

    def _moves(self) -> Iterator[tuple[str, str]]:
        """Yield the old and the new address of each resource and module inside the construct."""
        stack = TerraformStack(App(), stack_of(self._construct).node.id)
        before = len(path_of(self._construct))
        own: dict[str, Construct] = {}
        for node in self._construct.node.find_all():
            if isinstance(node, TerraformResource | TerraformModule):
                inside = path_of(node)[before:].lstrip("/")
                now = node.friendly_unique_id
                # A name that is not made from the path was chosen, and stays the same.
                if now == _element(stack, own, _in_stack(node)).friendly_unique_id:
                    then = "/".join(filter(None, (self._old_path, inside)))
                    kind = node.terraform_resource_type if isinstance(node, TerraformResource) else "module"
                    yield f"{kind}.{_element(stack, own, then).friendly_unique_id}", f"{kind}.{now}"


def moved_from(construct: Construct, old_path: str) -> MovedFrom:
    """Keep everything inside a construct that had another path; see :class:`MovedFrom`.

    Args:
        construct: the construct where it is now.
        old_path: its path within the stack before: ``nat``, or ``edge/nat``.

    Raises:
        ConfigurationError: if the path is empty or the construct's own.

    """
    return MovedFrom(construct, old_path)


def _in_stack(construct: Construct) -> str:
    """Return a construct's path below its stack."""
    return path_of(construct)[len(path_of(stack_of(construct))) :].lstrip("/")


def _old_path_problems(construct: Construct, old_path: str) -> Iterator[Problem]:
    own = _in_stack(construct)
    if not old_path.strip("/") or old_path != old_path.strip("/"):
        yield Problem("old_path", repr(old_path), "a path within the stack: 'nat', 'edge/nat'", "Write it so.")
    elif old_path == own:
        yield Problem("old_path", repr(old_path), "the path before; this is the path now", "Remove moved_from.")


def _element(stack: TerraformStack, own: dict[str, Construct], path: str) -> TerraformElement:
    """Return an element that declares nothing, at a path of a stack that is never synthesized.

    An element may stand inside another, as the CDK allows it.
    """
    known = own.get(path)
    if isinstance(known, TerraformElement):
        return known
    above, _, own_id = path.rpartition("/")
    scope = (own.get(above) or _element(stack, own, above)) if above else stack
    own[path] = TerraformElement(scope, own_id)
    return own[path]  # type: ignore[return-value]
