"""A declared state as blocks by address: resources as `northsouth.template` reads them, and all else beside them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from northsouth.template import Kind, Mode, Resource, Template, TemplateError, Value, parse, references
from northsouth.template.model import freeze, strings, top

_LABELS = {"output": "output", "variable": "var", "module": "module"}
_INSTRUCTIONS = frozenset({"moved", "removed", "import"})


@dataclass(frozen=True, slots=True)
class Block:
    """One block that a document declares.

    Attributes:
        address: ``aws_vpc.main``, ``data.aws_vpc.hub``, ``output.ips``, ``local.x``, ``var.x``, ``provider.aws.alias``.
        values: its arguments.
        resource: the resource, if it is one that Terraform manages.

    """

    address: str
    values: Value
    resource: Resource | None = None

    @property
    def module(self) -> bool:
        """True if it calls a module."""
        return self.address.startswith("module.")


@dataclass(frozen=True, slots=True)
class Declared:
    """A document that was read.

    Attributes:
        template: its resources, and where their references lead.
        blocks: everything in it by address.
        moves: old addresses by the new one, from its ``moved`` blocks.
        imports: ids of existing objects by the address that an ``import`` block brings them to.
        forgotten: addresses that its ``removed`` blocks take out of the state without destroying anything.

    """

    template: Template
    blocks: Mapping[str, Block]
    moves: Mapping[str, str]
    imports: Mapping[str, str]
    forgotten: frozenset[str]


def read(document: Mapping[str, object], source: str) -> Declared:
    """Read a declared state.

    Raises:
        TemplateError: if it is not the JSON of a Terraform configuration.

    """
    frozen = freeze(document, source)
    if not isinstance(frozen, Mapping):
        raise TemplateError(f"{source}: the document is not a JSON object")
    template = parse(frozen or {"terraform": {}}, source=source)
    if template.kind is not Kind.SYNTHESIZED:
        raise TemplateError(f"{source}: a {template.kind}, not a synthesized document")
    blocks: dict[str, Block] = {}
    for resource in template:
        values = {key: value for key, value in resource.values.items() if key != "//"}
        managed = resource if resource.mode is Mode.MANAGED else None
        blocks[resource.address] = Block(resource.address, values, managed)
    tables = _tables(frozen)
    blocks.update({block.address: block for block in _blocks_beside_resources(frozen) if block.address not in tables})
    moves = {str(block.get("to")): str(block.get("from")) for block in _objects(frozen.get("moved"))}
    forgotten = {str(block.get("from")) for block in _objects(frozen.get("removed")) if not _destroys(block)}
    imports = {str(block.get("to")): str(block.get("id", "")) for block in _objects(frozen.get("import"))}
    return Declared(template, blocks, moves, imports, frozenset(forgotten))


def _tables(document: Mapping[str, Value]) -> set[str]:
    """Return the locals that are nothing but the table of a ``for_each``: its instances hold all that is in them."""
    uses = [
        (reference.subject, top(path.split(".", 3)[-1]) == "for_each")
        for path, text in strings(document)
        if "local." in text
        for reference in references(text)
        if reference.root == "local"
    ]
    return {name for name, repeats in uses if repeats} - {name for name, repeats in uses if not repeats}


def _blocks_beside_resources(document: Mapping[str, Value]) -> Iterator[Block]:
    for key, value in document.items():
        if key in ("resource", "data", "//"):
            continue
        if key == "provider":
            yield from _providers(value)
        elif key == "locals":
            for block in _objects(value):
                yield from (Block(f"local.{name}", item) for name, item in block.items() if name != "//")
        elif key in _LABELS:
            for block in _objects(value):
                yield from (Block(f"{_LABELS[key]}.{name}", item) for name, item in block.items() if name != "//")
        elif key in _INSTRUCTIONS:
            for block in _objects(value):
                yield Block(f"{key} {block.get('from', '')} {block.get('to', '')}".replace("  ", " ").strip(), block)
        else:
            yield Block(key, value)


def _providers(value: Value) -> Iterator[Block]:
    for block in _objects(value):
        for name, bodies in block.items():
            for body in _objects(bodies):
                alias = f".{body['alias']}" if body.get("alias") else ""
                yield Block(f"provider.{name}{alias}", body)


def _objects(value: Value) -> Iterator[Mapping[str, Value]]:
    for item in value if isinstance(value, tuple) else (value,):
        if isinstance(item, Mapping):
            yield item


def _destroys(removed: Mapping[str, Value]) -> bool:
    return all(lifecycle.get("destroy", True) is not False for lifecycle in _objects(removed.get("lifecycle")))
