"""Reads what ``terraform show -json`` prints of a plan or a state.

Source: the Terraform documentation, "JSON Output Format" (format_version 0.x and 1.x).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from northsouth.template.expressions import Reference
from northsouth.template.model import (
    EMPTY,
    MAX_DEPTH,
    Kind,
    Mode,
    Resource,
    TemplateError,
    Value,
    bracketed,
    freeze,
    join,
    object_address,
)
from northsouth.template.planned import PlannedChange, planned_changes
from northsouth.template.streaming import Node
from northsouth.template.template import Definition, Template, Written

_Key = tuple[tuple[str, ...], str]

KEYS = frozenset({"planned_values", "prior_state", "values", "resource_changes", "resource_drift", "configuration"})
"""The large members of a plan or a state: they are read piece by piece."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A plan that was read.

    Attributes:
        template: its resources as they will be, and where their references lead.
        prior: its resources as they are before it (``prior_state``); empty if the plan holds none.
        changes: what it does with each object (``resource_changes``).
        drift: how the real objects differ from the state before it (``resource_drift``).
        relevant: the attributes that it depends on, by address (``relevant_attributes``).

    """

    template: Template
    prior: Template
    changes: tuple[PlannedChange, ...]
    drift: tuple[PlannedChange, ...]
    relevant: Mapping[str, frozenset[str]]


@dataclass(slots=True)
class Shown:
    """The large members of a document, as they are read.

    Attributes:
        source: its name, for messages.
        keys: which of the members it has.

    """

    source: str
    keys: set[str] = field(default_factory=set)
    _planned: list[Resource] = field(default_factory=list)
    _prior: list[Resource] = field(default_factory=list)
    _state: list[Resource] = field(default_factory=list)
    _changes: list[PlannedChange] = field(default_factory=list)
    _drift: list[PlannedChange] = field(default_factory=list)
    _written: dict[_Key, Written] = field(default_factory=dict)
    _definitions: dict[_Key, Definition] = field(default_factory=dict)

    def read(self, key: str, node: Node) -> None:
        """Read one of the members (`KEYS`).

        Raises:
            TemplateError: if it is not of the documented shape.

        """
        self.keys.add(key)
        match key:
            case "planned_values":
                self._planned.extend(self._values(node))
            case "values":
                self._state.extend(self._values(node))
            case "prior_state":
                for name, member in node.members():
                    if name == "values":
                        self._prior.extend(self._values(member))
            case "resource_changes":
                self._changes.extend(planned_changes(node, key, self.source))
            case "resource_drift":
                self._drift.extend(planned_changes(node, key, self.source))
            case _:
                for name, member in node.members():
                    if name == "root_module":
                        _configuration(member, (), self._written, self._definitions, self.source)

    def state(self, version: Value) -> Template:
        """Return a state. Its values are all known; what leads where is found by ids.

        Raises:
            TemplateError: if its format is not known.

        """
        _version(version, self.source)
        return Template(Kind.STATE, self.source, self._state)

    def plan(self, version: Value, relevant: Value = None) -> Plan:
        """Return a plan: what will be, the data sources already read, and the references of the configuration.

        Args:
            version: its ``format_version``.
            relevant: its ``relevant_attributes``.

        Raises:
            TemplateError: if it is not of the documented shape.

        """
        _version(version, self.source)
        unknown = {change.address: change.unknown for change in self._changes if change.unknown and not change.deposed}
        resources = {
            change.address: replace(change, unknown=unknown[change.address]) if change.address in unknown else change
            for change in self._planned
        }
        for resource in self._prior:
            # A managed resource of the prior state that is not planned is about to be destroyed.
            if resource.mode is Mode.DATA:
                resources.setdefault(resource.address, resource)
        template = Template(
            Kind.PLAN, self.source, resources.values(), written=self._written, definitions=self._definitions
        )
        prior = Template(Kind.STATE, self.source, self._prior)
        return Plan(template, prior, tuple(self._changes), tuple(self._drift), _relevant(relevant, self.source))

    def _values(self, node: Node) -> Iterator[Resource]:
        for key, member in node.members():
            if key == "root_module":
                yield from _resources(member, self.source)


def _relevant(entries: Value, source: str) -> Mapping[str, frozenset[str]]:
    attributes: dict[str, frozenset[str]] = {}
    for entry in _array(entries, "relevant_attributes", source):
        address, path = entry.get("resource"), entry.get("attribute")
        if isinstance(address, str) and isinstance(path, tuple) and path:
            attributes[address] = attributes.get(address, frozenset()) | {str(path[0])}
    return attributes


def _version(version: Value, source: str) -> None:
    if not isinstance(version, str) or version.partition(".")[0] not in ("0", "1"):
        raise TemplateError(f"{source}: format_version {version!r} is not known; 0.x and 1.x are")


def _object(value: Value, where: str, source: str) -> Mapping[str, Value]:
    if value is None:
        return EMPTY
    if not isinstance(value, Mapping):
        raise TemplateError(f"{source}: {where} is not an object")
    return value


def _array(value: Value, where: str, source: str) -> tuple[Mapping[str, Value], ...]:
    if value is None:
        return ()
    if not isinstance(value, tuple) or not all(isinstance(item, Mapping) for item in value):
        raise TemplateError(f"{source}: {where} is not an array of objects")
    return tuple(item for item in value if isinstance(item, Mapping))


def _resources(module: Node, source: str, depth: int = 0) -> Iterator[Resource]:
    """Yield the resources of a module and of the modules in it, whatever the order of its members."""
    if depth > MAX_DEPTH:
        raise TemplateError(f"{source}: modules nested deeper than {MAX_DEPTH} levels")
    address: object = ""
    own: list[Resource] = []
    below: list[Resource] = []
    for key, member in module.members():
        if key == "address":
            address = member.value()
            if not isinstance(address, str):
                raise TemplateError(f"{source}: a module's address is not text")
        elif key == "resources":
            own += [_resource(element, source) for element in member.elements()]
        elif key == "child_modules":
            for child in member.elements():
                below += _resources(child, source, depth + 1)
    yield from (_placed(resource, str(address)) for resource in own)
    yield from below


def _resource(node: Node, source: str) -> Resource:
    item = node.value()
    if not isinstance(item, Mapping):
        raise TemplateError(f"{source}: a resource is not an object")
    address, kind, name, index = (item.get(key) for key in ("address", "type", "name", "index"))
    if not (isinstance(address, str) and isinstance(kind, str) and isinstance(name, str)):
        raise TemplateError(f"{source}: a resource without address, type or name: {str(address)[:80]}")
    if item.get("mode") not in ("managed", "data"):
        raise TemplateError(f"{source}: {address} has mode {item.get('mode')!r}; managed and data are known")
    if isinstance(index, float):
        index = int(index)
    return Resource(
        address,
        Mode(str(item["mode"])),
        kind,
        name,
        index if isinstance(index, str | int) else None,
        values=node.kept(item.get("values"), f"{address}.values"),
        deposed=str(item.get("deposed_key") or ""),
    )


def _placed(resource: Resource, module: str) -> Resource:
    """Return a resource with its module, and with an address that has all its parts.

    Terraform 0.12 leaves the module and the index out of the addresses in a state.
    """
    address = resource.address
    if module and not address.startswith(f"{module}."):
        address = f"{module}.{address}"
    if resource.index is not None and not address.endswith("]"):
        address = f"{address}{bracketed(resource.index)}"
    return replace(resource, address=object_address(address, resource.deposed), module=module)


def _configuration(
    module: Node,
    path: tuple[str, ...],
    written: dict[_Key, Written],
    definitions: dict[_Key, Definition],
    source: str,
) -> None:
    """Collect the references of one module's configuration and of the modules it calls."""
    if len(path) > MAX_DEPTH:
        raise TemplateError(f"{source}: modules nested deeper than {MAX_DEPTH} levels")
    for key, member in module.members():
        if key == "resources":
            for node in member.elements():
                item = _object(freeze(node.value(), source), "a resource of the configuration", source)
                prefix = "data." if item.get("mode") == "data" else ""
                block = f"{prefix}{item.get('type')}.{item.get('name')}"
                written[path, block] = Written(tuple(_expressions(item.get("expressions"), "")), _repetition(item))
        elif key == "module_calls":
            for name, call in member.members():
                _call(call, (*path, f"module.{name}"), written, definitions, source)
        elif key == "outputs" and path:
            for output, node in member.members():
                definition = freeze(node.value(), source)
                expression = definition.get("expression") if isinstance(definition, Mapping) else None
                references = tuple(reference for _, reference in _expressions(expression, ""))
                definitions[path[:-1], f"{path[-1]}.{output}"] = Definition(path, references)


def _call(
    call: Node,
    inner: tuple[str, ...],
    written: dict[_Key, Written],
    definitions: dict[_Key, Definition],
    source: str,
) -> None:
    """Collect what a call of a module passes to it, and the module's own configuration."""
    passed: dict[str, Value] = {}
    for key, member in call.members():
        if key == "module":
            _configuration(member, inner, written, definitions, source)
        elif key in ("expressions", "for_each_expression", "count_expression"):
            passed[key] = freeze(member.value(), source)
    repetition = _repetition(passed)
    where = f"the call of {inner[-1]}"
    for variable, expression in _object(passed.get("expressions"), f"expressions of {where}", source).items():
        references = tuple(reference for _, reference in _expressions(expression, ""))
        definitions[inner, f"var.{variable}"] = Definition(inner[:-1], references, repetition)


def _repetition(block: Mapping[str, Value]) -> tuple[Reference, ...]:
    return tuple(
        reference
        for key in ("for_each_expression", "count_expression")
        for _, reference in _expressions(block.get(key), "")
    )


def _expressions(value: Value, path: str) -> Iterator[tuple[str, Reference]]:
    """Yield the references below an ``expressions`` object with the attribute paths that hold them."""
    if isinstance(value, tuple):
        for position, item in enumerate(value):
            yield from _expressions(item, join(path, position))
    elif isinstance(value, Mapping):
        texts = value.get("references")
        if isinstance(texts, tuple) and all(isinstance(text, str) for text in texts):
            for text in _longest(tuple(str(text) for text in texts)):
                reference = Reference.parse(text)
                if reference is not None:
                    yield path, reference
        elif "constant_value" not in value:
            for key, item in value.items():
                yield from _expressions(item, join(path, key))


def _longest(texts: tuple[str, ...]) -> Iterator[str]:
    """Leave out the shorter forms that Terraform lists after each reference (``a.b[0].id``, ``a.b[0]``, ``a.b``)."""
    last = ""
    for text in texts:
        if not last.startswith((f"{text}.", f"{text}[")) and text != last:
            last = text
            yield text
