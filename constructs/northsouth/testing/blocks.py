"""A document's blocks that are no resources, read as if they were: outputs, providers, modules, moves; pure.

So whatever finds and judges resources, and follows their references, does the same with these. Their types are
Terraform's own words: ``output``, ``var``, ``local``, ``module``, ``provider``, ``backend``, ``moved``, ``import``,
``removed``, ``check``, ``terraform``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

_NAMED = {"output": "output", "variable": "var", "module": "module", "locals": "local", "check": "check"}
_LISTED = ("moved", "import", "removed")


def with_all_blocks(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return a synthesized document in which every block is a resource too: ``resource.output.ips``.

    A local value is in the argument ``value``, as an output's is. A provider with an alias is called
    ``provider.aws.eu``; blocks without a name are numbered from 0: ``moved.0``.
    """
    resources = document.get("resource")
    # A list is how Terraform writes repeated blocks; the CDK writes an object.
    own = dict(resources) if isinstance(resources, Mapping) else {}
    blocks: dict[str, dict[str, Any]] = {}
    for kind, name, body in _blocks(document):
        blocks.setdefault(kind, {})[name] = body
    return {**document, "resource": {**own, **blocks}}


def _blocks(document: Mapping[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for key, value in document.items():
        for position, block in enumerate(_objects(value)):
            if key in _NAMED:
                for name, body in block.items():
                    is_body = key != "locals" and isinstance(body, Mapping)
                    yield _NAMED[key], name, dict(body) if is_body else {"value": body}
            elif key in _LISTED:
                yield key, str(position), dict(block)
            elif key == "provider":
                yield from _providers(block)
            elif key == "terraform":
                yield key, "settings", dict(block)
                yield from _backends(block.get("backend"))


def _backends(value: object) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for block in _objects(value):
        yield from (("backend", name, dict(body)) for name, body in block.items())


def _providers(providers: Mapping[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for name, bodies in providers.items():
        for body in _objects(bodies):
            alias = f".{body['alias']}" if body.get("alias") else ""
            yield "provider", f"{name}{alias}", dict(body)


def _objects(value: object) -> Iterator[Mapping[str, Any]]:
    for item in value if isinstance(value, list | tuple) else (value,):
        if isinstance(item, Mapping):
            yield item
