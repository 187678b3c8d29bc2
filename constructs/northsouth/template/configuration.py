"""Reads a Terraform configuration in JSON: what ``cdktf synth`` writes.

Source: the Terraform language documentation, "JSON Configuration Syntax". Blocks may be objects, or arrays of objects
that stand for several blocks.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType

from northsouth.template.expressions import Reference, parts, references
from northsouth.template.model import EMPTY, Kind, Mode, Resource, TemplateError, Value, bracketed, strings, top
from northsouth.template.template import Definition, Definitions, Template, Written

BLOCKS = frozenset(
    {"resource", "data", "terraform", "provider", "locals", "variable", "module", "output", "//"}
    | {"moved", "removed", "import"}
)
"""Top-level keys by which a configuration is known."""

MAX_INSTANCES = 10_000
"""Most instances that a literal ``count`` or ``for_each`` is spread into."""

_META = frozenset({"count", "for_each"})
_INDEX = re.compile(r"\[((?:each|count)\.[A-Za-z0-9_.-]+)\]")
_LOCAL = re.compile(r"\$\{(local\.[A-Za-z_][A-Za-z0-9_-]*)\}")
_TOSET = re.compile(r"\$\{toset\((\[.*\])\)\}", re.DOTALL)


def synthesized(document: Mapping[str, Value], source: str) -> Template:
    """Read a configuration.

    Blocks with a literal ``count`` or ``for_each``, or a ``for_each`` over a local map, become one resource for each
    instance, with ``each.key``, ``each.value`` and ``count.index`` put in; with another expression there, the block
    stays one resource (``repeated``).

    Raises:
        TemplateError: if it is not of the documented shape.

    """
    definitions = dict(_definitions(document, source))
    resources: list[Resource] = []
    written: dict[tuple[tuple[str, ...], str], Written] = {}
    for mode, key in ((Mode.MANAGED, "resource"), (Mode.DATA, "data")):
        for kind, name, body in _labelled(document.get(key), key, source):
            block = Resource(f"{'data.' if mode is Mode.DATA else ''}{kind}.{name}", mode, kind, name, values=body)
            written[(), block.block] = _references(body)
            resources.extend(_instances(block, definitions, source))
    return Template(Kind.SYNTHESIZED, source, resources, written=written, definitions=definitions)


def _labelled(value: Value, where: str, source: str) -> Iterator[tuple[str, str, Mapping[str, Value]]]:
    for types in _objects(value, where, source):
        for kind, named in types.items():
            if kind == "//":
                continue
            for names in _objects(named, f"{where}.{kind}", source):
                for name, bodies in names.items():
                    if name == "//":
                        continue
                    for body in _objects(bodies, f"{where}.{kind}.{name}", source):
                        yield kind, name, body


def _objects(value: Value, where: str, source: str) -> tuple[Mapping[str, Value], ...]:
    blocks = value if isinstance(value, tuple) else () if value is None else (value,)
    for item in blocks:
        if not isinstance(item, Mapping):
            raise TemplateError(f"{source}: {where} is not an object")
    return tuple(item for item in blocks if isinstance(item, Mapping))


def _references(body: Mapping[str, Value]) -> Written:
    by_path: list[tuple[str, Reference]] = []
    repetition: list[Reference] = []
    for path, text in strings(body):
        attribute = top(path)
        if attribute == "//" or "{" not in text:
            continue
        if attribute in _META:
            repetition.extend(references(text))
        else:
            by_path.extend((path, reference) for reference in references(text))
    return Written(tuple(by_path), tuple(repetition))


def _definitions(
    document: Mapping[str, Value], source: str
) -> Iterator[tuple[tuple[tuple[str, ...], str], Definition]]:
    for block in _objects(document.get("locals"), "locals", source):
        for name, value in block.items():
            yield ((), f"local.{name}"), _definition(value)
    for block in _objects(document.get("variable"), "variable", source):
        for name, bodies in block.items():
            for body in _objects(bodies, f"variable.{name}", source):
                yield ((), f"var.{name}"), _definition(body.get("default"))


def _definition(value: Value) -> Definition:
    return Definition((), tuple(reference for _, text in strings(value) for reference in references(text)), (), value)


def _instances(block: Resource, definitions: Definitions, source: str) -> Iterator[Resource]:
    """Yield the instances of a block, or the block itself if it has one or an unknown number of them."""
    repetition = {key: block.values[key] for key in _META if block.values.get(key) is not None}
    if not repetition:
        yield block
        return
    body = {key: value for key, value in block.values.items() if key not in _META}
    instances = _keys(repetition, definitions)
    if instances is None:
        yield _copy(block, block.values, repeated=True)
        return
    if len(instances) > MAX_INSTANCES:
        raise TemplateError(f"{source}: {block.address} has more than {MAX_INSTANCES} instances")
    for key, value in instances.items():
        values = _put_in(MappingProxyType(body), key, value)
        yield _copy(block, values if isinstance(values, Mapping) else EMPTY, index=key)


def _copy(
    block: Resource, values: Mapping[str, Value], *, index: str | int | None = None, repeated: bool = False
) -> Resource:
    address = block.address if index is None else f"{block.address}{bracketed(index)}"
    return Resource(address, block.mode, block.type, block.name, index, "", values, repeated=repeated)


def _keys(repetition: Mapping[str, Value], definitions: Definitions) -> Mapping[str | int, Value] | None:
    """Return the instances' keys with ``each.value``, or None if an expression decides them."""
    literal = repetition.get("for_each", repetition.get("count"))
    if "for_each" in repetition:
        local = _LOCAL.fullmatch(literal) if isinstance(literal, str) else None
        if local and ((), local.group(1)) in definitions:
            named = definitions[(), local.group(1)].value
            literal = named if isinstance(named, Mapping) and not any("${" in key for key in named) else literal
        if isinstance(literal, Mapping):
            return {str(key): item for key, item in literal.items()}
        if isinstance(literal, tuple):
            return None if any("${" in str(item) for item in literal) else {str(item): item for item in literal}
        return _set(literal) if isinstance(literal, str) else None
    if isinstance(literal, str) and literal.isascii() and literal.isdigit() and len(literal) < 10:
        literal = int(literal)
    if isinstance(literal, bool) or not isinstance(literal, int | float) or literal < 0:
        return None
    return dict.fromkeys(range(min(int(literal), MAX_INSTANCES + 1)))


def _set(text: str) -> Mapping[str | int, Value] | None:
    match = _TOSET.fullmatch(text)
    if match is None:
        return None
    try:
        items = json.loads(match.group(1))
    except (ValueError, RecursionError):
        return None
    literal = all(isinstance(item, str) and "${" not in item for item in items)
    return {item: item for item in items} if literal else None


def _put_in(value: Value, key: str | int, each_value: Value) -> Value:
    """Return ``value`` with ``each.key``, ``each.value`` and ``count.index`` replaced: alone, or as an index."""
    if isinstance(value, tuple):
        return tuple(_put_in(item, key, each_value) for item in value)
    if isinstance(value, Mapping):
        return MappingProxyType({name: _put_in(item, key, each_value) for name, item in value.items()})
    if not isinstance(value, str) or "${" not in value or ("each." not in value and "count." not in value):
        return value
    values_by_name: dict[str, Value] = {"each.key": key, "each.value": each_value, "count.index": key}
    if isinstance(each_value, Mapping):
        values_by_name.update({f"each.value.{name}": item for name, item in each_value.items()})
    pieces = parts(value)
    if len(pieces) == 1:
        [only] = pieces
        return (
            values_by_name.get(only.text, f"${{{_indexed(only.text, values_by_name)}}}") if only.expression else value
        )
    texts = []
    for piece in pieces:
        meaning = values_by_name.get(piece.text) if piece.expression else None
        if piece.expression and not isinstance(meaning, str | int):
            texts.append(f"${{{_indexed(piece.text, values_by_name)}}}")
        else:
            texts.append(str(meaning) if piece.expression else piece.text.replace("${", "$${"))
    return "".join(texts)


def _indexed(expression: str, known: Mapping[str, Value]) -> str:
    """Return an expression in which ``each.key`` and its like, as an index, are the key: ``aws_eip.nat["a"].id``."""

    def literal(match: re.Match[str]) -> str:
        meaning = known.get(match.group(1))
        if not isinstance(meaning, str | int) or (isinstance(meaning, str) and "${" in meaning):
            return match.group()
        return bracketed(meaning)

    return _INDEX.sub(literal, expression)
