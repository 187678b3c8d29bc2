"""The Node half: makes the jsii kernel load a provider's lazy index, and lets jsii find Python classes by name.

The kernel runs in a Node process. ``jsii.load`` brings code into it, as an assembly: an npm package in a tarball.
Northsouth's assembly holds no constructs. It holds the readable JavaScript of ``bindings/hook/``, which this module
packs at run time (about 1 ms). If a part fails, one line goes to the debug log, and the bindings work the stock way.
"""

from __future__ import annotations

import atexit
import importlib
import io
import json
import logging
import os
import pkgutil
import re
import sys
import tarfile
import tempfile
from collections import UserDict
from collections.abc import MutableMapping
from pathlib import Path
from typing import Any

logger = logging.getLogger("northsouth.bindings")

_NAME = "northsouth-bindings"
_VERSION = "1.0.0"
_SCRIPTS = {"node": "lazy_index.js", "index": "runtime_index.js", "tokens": "token_strings.js"}
_HOOK = f"{_NAME}.Hook"


def start(root: str, source: str) -> None:
    """Start the kernel and load the CDK, before the provider's ``_jsii`` module does so itself.

    Args:
        root: the provider's package.
        source: the source text of its ``_jsii`` module, which names the CDK.

    Raises:
        ImportError: the provider is built on ``cdktf``, and that name stands for ``cdktn`` in this process.

    """
    stated = re.search(r"^import (cdkt[fn])\._jsii$", source, re.MULTILINE)
    if stated is None:
        return
    cdk = importlib.import_module(stated[1])
    importlib.import_module(f"{stated[1]}._jsii")
    if cdk.__name__ != stated[1]:
        raise ImportError(
            f"This version of {root} is built on {stated[1]}, and this program uses {cdk.__name__}. "
            f"Install a later one: pip install --upgrade {root.replace('_', '-')}",
            name=root,
        )


def load_hook(steps: frozenset[str]) -> bool:
    """Load northsouth's assembly into the kernel, with the scripts of ``steps``. A second call changes nothing.

    Returns:
        Whether the assembly is loaded.

    """
    scripts = [script for step, script in sorted(_SCRIPTS.items()) if step in steps]
    if not scripts:
        return False
    try:
        import jsii

        with tempfile.TemporaryDirectory(prefix="northsouth-") as folder:
            tarball = Path(folder, f"{_NAME}.tgz")
            tarball.write_bytes(_pack(scripts))
            jsii.load(_NAME, _VERSION, str(tarball))
    except Exception as error:
        logger.debug("the hook for Node did not load: %s", error)
        return False
    return True


def settle(steps: frozenset[str]) -> None:
    """Finish the loading of a provider: log what works the stock way, and wait at exit for an index that was begun."""
    _report()
    if "index" in steps and _ask("isIndexing"):
        # jsii's exit function ends the kernel and its worker. It was registered earlier, so it runs after this one.
        atexit.unregister(finish_index)
        atexit.register(finish_index, os.getpid())


def finish_index(process: int) -> None:
    """Wait until jsii has indexed the providers; a forked child of ``process`` does not wait."""
    if process != os.getpid():
        return
    try:
        import jsii

        hook = _Hook()
        jsii.create(_Hook, hook, [])
        jsii.ainvoke(hook, "finishIndex", [])
    except Exception as error:
        logger.debug("the index is not waited for: %s", error)
        return
    _report()


def _report() -> None:
    # Asks Node only when somebody listens.
    if logger.isEnabledFor(logging.DEBUG):
        for note in _ask("takeNotes") or ():
            logger.debug("%s", note)


def _ask(method: str) -> Any:  # noqa: ANN401 what the method of the hook returns
    try:
        import jsii

        return jsii.sinvoke(_Hook, method, [])
    except Exception as error:
        logger.debug("the hook for Node does not answer: %s", error)
        return None


class _Hook:
    __jsii_type__ = _HOOK


def resolve_types(root: str) -> None:
    """Let jsii import the Python module of an object that JavaScript made.

    jsii (from 1.136 on) finds the module in a private map of submodules. Today's provider packages do not fill that
    map.
    """
    try:
        from jsii import _reference_map

        assembly = sys.modules[f"{root}._jsii"].__jsii_assembly__.name
        modules = _reference_map._submodule_fqn_map
        if not isinstance(modules, _SubmoduleMap):
            modules = _SubmoduleMap(modules)
            _reference_map._submodule_fqn_map = modules
        modules.roots[assembly] = root
    except Exception as error:
        logger.debug("objects of %s resolve only once their module is imported: %s", root, error)


class _SubmoduleMap(UserDict[str, str]):
    """jsii's map of submodules (``@cdktf/provider-aws.natGateway``) to Python modules, which also finds lazy ones.

    ``lexv2ModelsBot`` is ``lexv2models_bot`` in Python. Without case and underscores, both names of each of the 2,135
    submodules are equal, and no two submodules have the same name.
    """

    def __init__(self, known: MutableMapping[str, str]) -> None:
        super().__init__()
        self.data = known  # type: ignore[assignment]
        self.roots: dict[str, str] = {}
        self._found: dict[str, dict[str, str]] = {}

    def __bool__(self) -> bool:
        return True

    def __contains__(self, name: object) -> bool:
        return name in self.data or (isinstance(name, str) and self._find(name) is not None)

    def __missing__(self, name: str) -> str:
        module = self._find(name)
        if module is None:
            raise KeyError(name)
        return module

    def _find(self, name: str) -> str | None:
        assembly, _, submodule = name.partition(".")
        root = self.roots.get(assembly)
        if root is None:
            return None
        if root not in self._found:
            self._found[root] = {_plain(public): f"{root}.{public}" for public in sys.modules[root].__all__}
        return self._found[root].get(_plain(submodule))


def _plain(name: str) -> str:
    return name.replace("_", "").lower()


def _pack(scripts: list[str]) -> bytes:
    """Return the assembly's tarball: the same bytes each time, because jsii's cache is keyed by them."""
    files = {script: pkgutil.get_data(__package__, f"hook/{script}") or b"" for script in ["index.js", *scripts]}
    files["package.json"] = _json({"name": _NAME, "version": _VERSION, "main": "index.js", "scripts": scripts})
    files[".jsii"] = _json(_assembly())
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for name, content in sorted(files.items()):
            entry = tarfile.TarInfo(f"package/{name}")
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return packed.getvalue()


def _json(document: dict[str, Any]) -> bytes:
    return json.dumps(document, sort_keys=True).encode()


def _assembly() -> dict[str, Any]:
    """Describe the assembly as jsii's compiler would: one class, and its methods."""
    strings = {"collection": {"elementtype": {"primitive": "string"}, "kind": "array"}}
    return {
        "schema": "jsii/0.10.0",
        "name": _NAME,
        "version": _VERSION,
        "description": "Makes prebuilt CDKTF providers load lazily",
        "license": "Apache-2.0",
        "homepage": "https://northsouth.invalid/",
        "repository": {"type": "git", "url": "https://northsouth.invalid/"},
        "author": {"name": "northsouth", "roles": ["author"]},
        "jsiiVersion": "5.0.0",
        "fingerprint": _VERSION,
        "types": {
            _HOOK: {
                "kind": "class",
                "assembly": _NAME,
                "fqn": _HOOK,
                "name": "Hook",
                "initializer": {},
                "methods": [
                    {"name": "finishIndex", "async": True},
                    {"name": "isIndexing", "static": True, "returns": {"type": {"primitive": "boolean"}}},
                    {"name": "takeNotes", "static": True, "returns": {"type": strings}},
                ],
            }
        },
    }
