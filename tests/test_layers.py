"""Who may import whom: the arrows of the house, read from the source and tried in a fresh interpreter."""

from __future__ import annotations

import ast
import graphlib
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SOURCES = ("constructs", "alerts", "stacks")
CDK = ("cdktf", "constructs", "jsii", "cdktf_cdktf_provider_aws")


def modules() -> Iterator[tuple[str, Path]]:
    """Yield the full name and the file of every module of the library and the app."""
    for folder in SOURCES:
        for file in sorted((ROOT / folder).rglob("*.py")):
            name = ".".join(file.relative_to(ROOT / folder).with_suffix("").parts)
            yield name.removesuffix(".__init__"), file


@cache
def imported(file: Path) -> frozenset[str]:
    """Return what a module imports when it runs; imports for type checkers only do not count."""
    names: set[str] = set()

    def walk(node: ast.AST) -> None:
        if isinstance(node, ast.expr) or (isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)):
            return
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module)
            names.update(f"{node.module}.{alias.name}" for alias in node.names)
        for child in ast.iter_child_nodes(node):
            walk(child)

    walk(ast.parse(file.read_text(encoding="utf-8")))
    return frozenset(names)


def uses(names: frozenset[str], *packages: str) -> set[str]:
    return {
        name for name in names if name.split(".")[0] in packages or name.startswith(tuple(f"{p}." for p in packages))
    }


MODULES = dict(modules())
BUILT_ON_CONSTRUCTS = {
    "northsouth.alerts.packs.certificates",
    "northsouth.alerts.packs.dns",
    "northsouth.alerts.packs.fleet",
    "northsouth.alerts.packs.meta",
}
"""Modules that import no CDK themselves but stand on a construct that does; every other one is pure."""

JUDGED_BY_REPLAY = ("northsouth.emulator", "northsouth.testing")
"""Rooms below the alerts that may use one room of theirs, which is pure: alarms on history."""

USES_THE_EMULATOR = ("northsouth.testing.plugin", "northsouth.testing.emulated")
"""The pytest fixture ``aws_emulator``; it loads the emulator only for a test that asks for it."""


def pure() -> list[str]:
    """Return the modules that need no CDK."""
    return sorted(
        name
        for name, file in MODULES.items()
        if not uses(imported(file), *CDK)
        and name not in BUILT_ON_CONSTRUCTS
        and not name.startswith(("northsouth.stacks", "northsouth.testing"))
    )


def test_there_is_no_package_that_would_shadow_constructs() -> None:
    roots = [ROOT / folder for folder in SOURCES]
    shadows = [path for root in roots for path in (root / "__init__.py", root / "northsouth" / "__init__.py")]
    assert [path for path in shadows if path.exists()] == []


@pytest.mark.parametrize("name", MODULES)
def test_nothing_below_imports_what_is_above(name: str) -> None:
    names = imported(MODULES[name])
    if not name.startswith(("northsouth.stacks", "northsouth.cli")):
        assert not uses(names, "northsouth.stacks")
    if not name.startswith(("northsouth.stacks", "northsouth.alerts", "northsouth.report", "northsouth.cli")):
        judges = uses(names, "northsouth.alerts.replay") | {"northsouth.alerts", "northsouth.alerts.replay"}
        assert not uses(names, "northsouth.alerts") - (judges if name.startswith(JUDGED_BY_REPLAY) else set())
    if not name.startswith(("northsouth.emulator", "northsouth.cli", *USES_THE_EMULATOR)):
        assert not uses(names, "northsouth.emulator", "moto")
    if not name.startswith("northsouth.cli"):
        assert not uses(names, "northsouth.cli")
    if not name.startswith(("northsouth.report", "northsouth.cli")):
        assert not uses(names, "northsouth.report")
    if not name.startswith("northsouth.testing"):
        assert not uses(names, "northsouth.testing", "pytest", "syrupy")


def test_constructs_import_single_provider_submodules() -> None:
    whole = {name: found for name, file in MODULES.items() if "cdktf_cdktf_provider_aws" in (found := imported(file))}
    assert {
        name
        for name, found in whole.items()
        if not uses(found, "cdktf_cdktf_provider_aws") - {"cdktf_cdktf_provider_aws"}
    } == set()


@pytest.mark.slow
def test_a_module_without_the_cdk_does_not_drag_it_in() -> None:
    names = pure()
    program = (
        "import importlib, sys\n"
        f"for name in {names!r}:\n"
        "    importlib.import_module(name)\n"
        f"    loaded = sorted(set({CDK!r}) & set(sys.modules))\n"
        "    if loaded: sys.exit(f'{name} loads {loaded}')\n"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert {"northsouth.errors", "northsouth.tokens", "northsouth.bindings", "northsouth.emulator.server"} <= set(names)


def mentioned(file: Path) -> set[str]:
    """Return the modules of ours that a module names in any import.

    Imports inside functions and for type checkers count: two files that name each other can only be read together,
    and moving an import into a function hides a circle without breaking it. A package's ``__init__`` counts only where
    a name is imported from it: that a submodule's import runs it is no dependency on the other submodules.
    """
    names: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            submodules = [f"{node.module}.{alias.name}" for alias in node.names]
            names.update(name if name in MODULES else node.module for name in submodules)
    return names & set(MODULES)


def circles(graph: dict[str, set[str]]) -> set[tuple[str, ...]]:
    """Return the circles that a search finds one after the other, each without the arrow that closed the one before."""
    arrows = {name: set(names) for name, names in graph.items()}
    all_of_them: set[tuple[str, ...]] = set()
    while True:
        try:
            graphlib.TopologicalSorter(arrows).prepare()
        except graphlib.CycleError as error:
            circle: list[str] = error.args[1]
            all_of_them.add(tuple(sorted(set(circle))))
            arrows[circle[1]].discard(circle[0])
        else:
            return all_of_them


def test_no_module_imports_itself_by_way_of_others() -> None:
    assert not circles({name: mentioned(file) - {name} for name, file in MODULES.items()})


def test_a_circle_is_found() -> None:
    assert circles({"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a"}}) == {("a", "b", "c")}
    assert circles({"a": {"b"}, "b": {"c"}, "c": set()}) == set()
