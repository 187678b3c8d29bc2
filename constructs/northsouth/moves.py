"""``moved`` blocks, declared without a look at the machine.

The CDK writes such a block if you call ``move_to_id`` or ``move_from_id`` of a resource, but then runs ``terraform
version`` at every synth and refuses to synthesize where Terraform is not installed. ``moved`` exists since Terraform
1.1.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cdktf import TerraformElement
from constructs import Construct


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
        """Return the blocks; the CDK adds them to those of other elements."""
        return {"moved": [{"from": source, "to": to} for source, to in self._moves.items()]}
