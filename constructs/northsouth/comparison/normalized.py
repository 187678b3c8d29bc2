"""What a synthesized document declares, without what changes for reasons of its own.

Exactly four things are taken out or named, each because it says something of the machine or of the tools:

1. The CDK's metadata: the ``//`` keys of the document and of its blocks. They name the CDK's version, construct paths
   and, in some versions, stack traces. Terraform ignores them (JSON Configuration Syntax, "Comment Properties").
2. The version of each required provider, and whether its source is written ``aws`` or ``hashicorp/aws``, which to
   Terraform are one. Both come from the bindings that happen to be installed.
3. Absolute paths below folders that the caller names, which differ between machines: the default local backend writes
   its state file's.
4. The hashes of assets. ``TerraformAsset`` puts the hash of a file's content into its path; the file is under version
   control itself, and an archive's hash differs between machines. A hash is recognised by standing in such a path, and
   is then replaced wherever it occurs.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from northsouth.template.reading import decode

ASSET_HASH = "<asset-hash>"
"""What stands for the hash of an asset."""

_DEPTHS = {"resource": 2, "data": 2, "locals": 0, "terraform": 0}
"""How many levels below a top-level key its blocks lie: ``resource.aws_vpc.main``, ``output.ips``."""

_ASSET = re.compile(r"\bassets/[^/\"]+/([0-9A-F]{32})(?![0-9A-Za-z])")


def declared_state(
    document: str | bytes | Mapping[str, Any], *, folders: Mapping[str, str | os.PathLike[str]] | None = None
) -> dict[str, Any]:
    """Return what a synthesized document declares, with sorted keys.

    Args:
        document: a ``cdk.tf.json``: its text, or the decoded object, which is left as it is.
        folders: absolute folders whose paths are replaced, by the name that stands for each: ``{"<project>": root}``.

    Raises:
        ValueError: if the text is not a JSON object.

    """
    decoded = decode(document, "the document") if isinstance(document, str | bytes) else document
    if not isinstance(decoded, Mapping):
        raise ValueError(f"a synthesized document is a JSON object, not {type(decoded).__name__}")
    state = {key: _without_metadata(value, _DEPTHS.get(key, 1)) for key, value in decoded.items() if key != "//"}
    if "terraform" in state:
        state["terraform"] = _at(state["terraform"], ("required_providers", "*"), _provider)
    hashes = sorted(set(_ASSET.findall(json.dumps(state))))
    changes = [_folder(os.fspath(path), name) for name, path in (folders or {}).items()]
    changes += [_literal(digest) for digest in hashes]
    return {key: _in_strings(value, changes) for key, value in sorted(state.items())}


def _without_metadata(value: object, depth: int) -> object:
    """Drop ``//`` where a block's own properties stand, ``depth`` levels down; a map below may have such a key."""
    if isinstance(value, list | tuple):
        return [_without_metadata(item, depth) for item in value]
    if isinstance(value, Mapping) and depth >= 0:
        return {key: _without_metadata(item, depth - 1) for key, item in value.items() if key != "//"}
    return value


def _at(value: object, path: Sequence[str], change: Callable[[Mapping[str, object]], object]) -> object:
    """Return a value with the objects at a path of keys changed; ``*`` is any key."""
    if isinstance(value, list):
        return [_at(item, path, change) for item in value]
    if not isinstance(value, Mapping):
        return value
    if not path:
        return change(value)
    return {key: _at(item, path[1:], change) if path[0] in ("*", key) else item for key, item in value.items()}


def _provider(required: Mapping[str, object]) -> object:
    unversioned = {key: item for key, item in required.items() if key != "version"}
    source = unversioned.get("source")
    return unversioned | {"source": source.removeprefix("hashicorp/")} if isinstance(source, str) else unversioned


def _folder(path: str, name: str) -> Callable[[str], str]:
    """Return a function that puts ``name`` for an absolute path, where it stands as a whole path or begins one."""
    folder = path.rstrip("/\\")
    if not folder or not Path(path).is_absolute():
        raise ValueError(f"{name} must be an absolute folder below the root, not {path!r}")
    pattern = re.compile(rf"(?<![\w./-]){re.escape(folder)}(?![\w.-])")
    return lambda text: pattern.sub(lambda _: name, text)


def _literal(digest: str) -> Callable[[str], str]:
    return lambda text: text.replace(digest, ASSET_HASH)


def _in_strings(value: object, changes: Sequence[Callable[[str], str]]) -> object:
    if isinstance(value, str):
        for change in changes:
            value = change(value)
        return value
    if isinstance(value, Mapping):
        return {str(key): _in_strings(item, changes) for key, item in sorted(value.items())}
    if isinstance(value, list | tuple):
        return [_in_strings(item, changes) for item in value]
    return value
