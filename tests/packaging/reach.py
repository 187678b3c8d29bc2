"""Which test files can tell one CDK or version of the bindings from another: those whose imports lead to the CDK."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
_CDK = ("cdktf", "cdktf_cdktf_provider_aws", "constructs", "jsii")


@cache
def reaches_cdk(file: Path) -> bool:
    """Whether ``file``, or a module of ``tests`` that it imports, imports the CDK or the app's stacks.

    Other modules of northsouth need not be followed: a construct stands in a stack, and that comes from the CDK.
    """
    names = set(_imported(file))
    if any(name.partition(".")[0] in _CDK or name.startswith("northsouth.stacks") for name in names):
        return True
    ours = {found for name in names if (found := _source(name)) is not None and found != file}
    return any(reaches_cdk(found) for found in ours)


def _imported(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _source(name: str) -> Path | None:
    if name.partition(".")[0] != "tests":
        return None
    file = ROOT.joinpath(*name.split(".")).with_suffix(".py")
    return file if file.is_file() else None


def construct_tests() -> list[str]:
    """Return the files of tests that another CDK or version of the bindings can change.

    Deploys are not among them, and neither are the tests of the app and of the loading itself: they run whole programs,
    whose stacks ``tests/snapshots`` declares in one process, and the bindings are tested as such.
    """
    files = (file for file in sorted((ROOT / "tests").rglob("test_*.py")) if "deploy" not in file.stem)
    names = (str(file.relative_to(ROOT)) for file in files if reaches_cdk(file))
    return [name for name in names if name.split("/")[1] not in {"bindings", "packaging", "stacks", "startup"}]
