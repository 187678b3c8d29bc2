"""The construct that has Terraform import what exists."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from cdktf import TerraformElement, TerraformResource, TerraformStack
from constructs import Construct

from northsouth.adoption.writing import VERSIONS
from northsouth.at_synth import judge_at_synth
from northsouth.errors import Problem, refuse
from northsouth.template import TemplateError
from northsouth.template.reading import decode
from northsouth.tree import path_of


class Imports(TerraformElement):
    """Import blocks for addresses of this stack: what ``northsouth adopt`` wrote, or ids by address.

    Terraform carries an import out once; a block for what is in the state already does nothing. Take the construct out
    before you rename what it names. ``import_from`` of the CDK writes an address without a key, which Terraform refuses
    for a resource with ``for_each``. Here an address names the instance::

        Imports(stack, "imports", ids={'aws_eip.nat_addresses_2E2FCDF9["us-east-1a"]': "eipalloc-0123456789abcdef0"})

    Attributes:
        ids: the import id of each address.

    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        file: str | Path | None = None,
        ids: Mapping[str, str] | None = None,
    ) -> None:
        """Declare the imports.

        Args:
            scope: the stack, or a construct in it.
            id: the construct's id.
            file: what ``northsouth adopt`` wrote; its ``import`` and ``moved`` blocks are taken.
            ids: import ids by address.

        Raises:
            ConfigurationError: if the file cannot be read, if ``northsouth adopt`` did not write it, or if nothing is
                imported; at synth, if the stack has no such resource.

        """
        blocks, problems = _read(file)
        refuse(f"Imports {id!r}", problems, _empty_problems(file, ids))
        super().__init__(scope, id)
        self.ids = {**{block["to"]: block["id"] for block in blocks.get("import", ())}, **(ids or {})}
        self._moved = list(blocks.get("moved", ()))
        judge_at_synth(self, self._unknown)

    def to_terraform(self) -> Any:  # noqa: ANN401 - the CDK's own signature
        """Return the blocks. The CDK joins them with the blocks of other elements."""
        blocks: dict[str, Any] = {}
        if self.ids:
            blocks["import"] = [{"to": to, "id": existing} for to, existing in self.ids.items()]
            blocks["terraform"] = {"required_version": VERSIONS}
        return {**blocks, "moved": self._moved} if self._moved else blocks

    def _unknown(self, stack: TerraformStack) -> Iterator[Problem]:
        """Yield the addresses that the stack does not declare."""
        known = {
            f"{node.terraform_resource_type}.{node.friendly_unique_id}"
            for node in stack.node.find_all()
            if isinstance(node, TerraformResource)
        }
        for address in (*self.ids, *(block["to"] for block in self._moved)):
            if address.partition("[")[0] not in known:
                yield Problem(
                    path_of(self),
                    repr(address),
                    "an address of this stack",
                    "Run northsouth adopt again, or remove it.",
                )


def _empty_problems(file: str | Path | None, ids: Mapping[str, str] | None) -> Iterator[Problem]:
    if file is None and not ids:
        yield Problem(
            "file", "nothing", "a file that northsouth adopt wrote, or ids by address", "Give one of the two."
        )


def _read(file: str | Path | None) -> tuple[dict[str, Any], list[Problem]]:
    if file is None:
        return {}, []
    try:
        document = decode(Path(file).read_bytes(), str(file))
    except (OSError, TemplateError) as error:
        return {}, [Problem("file", str(file), f"a readable file: {error}", "Run northsouth adopt first.")]
    if (
        isinstance(document, dict)
        and all(map(_is_block, document.get("import", [])))
        and (all("from" in block and "to" in block for block in document.get("moved", [])))
    ):
        return document, []
    return {}, [
        Problem("file", str(file), "import and moved blocks, as northsouth adopt writes them", "Write it anew.")
    ]


def _is_block(block: object) -> bool:
    return isinstance(block, dict) and isinstance(block.get("to"), str) and isinstance(block.get("id"), str)
