"""Reads what ``terraform show -json`` prints of a plan or a state.

Source: the Terraform documentation, "JSON Output Format" (format_version 0.x and 1.x).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from northsouth.template.expressions import Reference
from northsouth.template.model import EMPTY, MAX_DEPTH, Kind, Mode, Resource, TemplateError, Value, join
from northsouth.template.template import Definition, Template, Written

_Key = tuple[tuple[str, ...], str]
_Unknown = Mapping[str, frozenset[str]]


def state(document: Mapping[str, Value], source: str) -> Template:
    """Read a state. Its values are all known; what leads where is found by ids.

    Raises:
        TemplateError: if it is not of the documented shape.

    """
    _version(document, source)
    values = _object(document.get("values"), "values", source)
    return Template(Kind.STATE, source, _resources(values.get("root_module"), source, {}))


def plan(document: Mapping[str, Value], source: str) -> Template:
    """Read a plan: what will be, the data sources already read, and the references of the configuration.

    Raises:
        TemplateError: if it is not of the documented shape.

    """
    _version(document, source)
    unknown = _unknown(document, source)
    planned = _object(document.get("planned_values"), "planned_values", source)
    resources = {found.address: found for found in _resources(planned.get("root_module"), source, unknown)}
    prior = _object(_object(document.get("prior_state"), "prior_state", source).get("values"), "prior_state", source)
    for found in _resources(prior.get("root_module"), source, {}):
        # A managed resource of the prior state that is not planned is about to be destroyed.
        if found.mode is Mode.DATA:
            resources.setdefault(found.address, found)
    written: dict[_Key, Written] = {}
    definitions: dict[_Key, Definition] = {}
    configuration = _object(document.get("configuration"), "configuration", source)
    root = _object(configuration.get("root_module"), "configuration.root_module", source)
    _configuration(root, (), written, definitions, source)
    return Template(Kind.PLAN, source, resources.values(), written=written, definitions=definitions)


def _version(document: Mapping[str, Value], source: str) -> None:
    version = document.get("format_version")
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


def _resources(module: Value, source: str, unknown: _Unknown) -> Iterator[Resource]:
    waiting = [_object(module, "root_module", source)]
    while waiting:
        current = waiting.pop(0)
        address = current.get("address", "")
        if not isinstance(address, str):
            raise TemplateError(f"{source}: a module's address is not text")
        for item in _array(current.get("resources"), f"{address or 'root_module'}.resources", source):
            yield _resource(item, address, source, unknown)
        waiting.extend(_array(current.get("child_modules"), f"{address or 'root_module'}.child_modules", source))


def _resource(item: Mapping[str, Value], module: str, source: str, unknown: _Unknown) -> Resource:
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
        module,
        _object(item.get("values"), f"{address}.values", source),
        unknown.get(address, frozenset()),
    )


def _unknown(document: Mapping[str, Value], source: str) -> _Unknown:
    """Return, by address, the attributes that a plan leaves open."""
    found: dict[str, frozenset[str]] = {}
    for item in _array(document.get("resource_changes"), "resource_changes", source):
        address = item.get("address")
        after = _object(item.get("change"), f"{address}.change", source).get("after_unknown")
        if isinstance(address, str) and isinstance(after, Mapping):
            found[address] = frozenset(key for key, value in after.items() if _any(value))
    return found


def _any(value: Value) -> bool:
    if isinstance(value, Mapping):
        return any(map(_any, value.values()))
    if isinstance(value, tuple):
        return any(map(_any, value))
    return value is True


def _configuration(
    module: Mapping[str, Value],
    path: tuple[str, ...],
    written: dict[_Key, Written],
    definitions: dict[_Key, Definition],
    source: str,
) -> None:
    """Collect the references of one module's configuration and of the modules it calls."""
    if len(path) > MAX_DEPTH:
        raise TemplateError(f"{source}: modules nested deeper than {MAX_DEPTH} levels")
    where = ".".join(path) or "root_module"
    for item in _array(module.get("resources"), f"{where}.resources", source):
        prefix = "data." if item.get("mode") == "data" else ""
        block = f"{prefix}{item.get('type')}.{item.get('name')}"
        written[path, block] = Written(tuple(_expressions(item.get("expressions"), "")), _repetition(item))
    for name, call in _object(module.get("module_calls"), f"{where}.module_calls", source).items():
        called = _object(call, f"{where}.module_calls.{name}", source)
        inner = (*path, f"module.{name}")
        repetition = _repetition(called)
        for variable, expression in _object(called.get("expressions"), f"{where}.{name}.expressions", source).items():
            found = tuple(reference for _, reference in _expressions(expression, ""))
            definitions[inner, f"var.{variable}"] = Definition(path, found, repetition)
        body = _object(called.get("module"), f"{where}.module_calls.{name}.module", source)
        for output, definition in _object(body.get("outputs"), f"{where}.{name}.outputs", source).items():
            expression = definition.get("expression") if isinstance(definition, Mapping) else None
            found = tuple(reference for _, reference in _expressions(expression, ""))
            definitions[path, f"module.{name}.{output}"] = Definition(inner, found)
        _configuration(body, inner, written, definitions, source)


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
