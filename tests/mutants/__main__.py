"""Mutation testing: mutmut changes a pure module in one place at a time, and the room's quick tests must notice.

    python -m tests.mutants                   every module of modules.toml (hours)
    python -m tests.mutants dns.resolution    one module (minutes)

A *mutant* is the module with one change. It is *killed* when a test fails, or never ends. Otherwise it *survives*:
either it is *equivalent*, because nobody can observe the change, or a test is missing. The *score* is the share of
killed mutants among those that are not equivalent. Every survivor stands in survivors.toml with a reason.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.mutants.judging import LEAST, Listed, Report, read_mutants

ROOT = Path(__file__).parents[2]
FOLDER = Path(__file__).parent
SOURCE_ROOTS = ("constructs", "alerts", "stacks")
"""Folders whose ``northsouth`` folders together are the namespace package."""


_MYPY_CACHE = ROOT / ".mypy_cache" / "mutants"
_MYPY = (f"--cache-dir={_MYPY_CACHE}", "--output=json", "--follow-imports=silent", "--no-warn-unused-ignores")


def quick_tests() -> Mapping[str, Sequence[str]]:
    """Return the quick tests of each module."""
    return {name: table["tests"] for name, table in _toml("modules.toml").items()}


def listed() -> list[Listed]:
    """Return the survivors that are known, each with its reason."""
    return [Listed(**table) for table in _toml("survivors.toml").get("survivors", [])]


def run(module: str, tests: Sequence[str], known: Sequence[Listed], jobs: int) -> Report:
    """Run all mutants of a module in a copy of the project."""
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        project = Path(folder)
        source = _copy(project, module, tests)
        _mutmut(project, "run", "--max-children", str(jobs))
        statuses = _mutmut(project, "results", "--all", "true")
        mutated = (project / "mutants" / source).read_text(encoding="utf-8")
    return Report(module, read_mutants(module, statuses, mutated), [each for each in known if each.module == module])


def _copy(project: Path, module: str, tests: Sequence[str]) -> Path:
    """Write the project as mutmut wants it: one folder of sources, whose paths are the names of the modules."""
    without = shutil.ignore_patterns("__pycache__")
    for root in SOURCE_ROOTS:
        shutil.copytree(ROOT / root, project / "src", ignore=without, dirs_exist_ok=True)
    shutil.copytree(ROOT / "tests", project / "tests", ignore=without)
    source = Path("src", *module.split(".")).with_suffix(".py")
    settings = {
        "source_paths": ["src"],
        "only_mutate": [str(source)],
        "pytest_add_cli_args_test_selection": list(tests),
        # The same examples in every run, so that a mutant has one verdict.
        "pytest_add_cli_args": ["--hypothesis-profile", "quick", "--hypothesis-seed", "0", "-m", "not slow"],
        # A mutant that mypy rejects does not pass `make check` either.
        "type_check_command": [sys.executable, "-m", "mypy", *_MYPY, str(source)],
        "use_git_change_detection": False,
    }
    lines = [f"{key} = {str(value).lower() if isinstance(value, bool) else value!r}" for key, value in settings.items()]
    roots = ":".join(f"$MYPY_CONFIG_FILE_DIR/{root}" for root in SOURCE_ROOTS)
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8").replace(roots, "$MYPY_CONFIG_FILE_DIR/src")
    (project / "pyproject.toml").write_text("\n".join([text, "[tool.mutmut]", *lines, ""]), encoding="utf-8")
    return source


def _mutmut(project: Path, *arguments: str) -> str:
    command = [sys.executable, "-m", "mutmut", *arguments]
    done = subprocess.run(command, cwd=project, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"mutmut {arguments[0]} failed:\n{(done.stdout + done.stderr).replace(chr(13), chr(10))[-4000:]}")
    return done.stdout


def _toml(name: str) -> dict[str, Any]:
    return tomllib.loads((FOLDER / name).read_text(encoding="utf-8"))


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the mutants of the named modules, or of all; 1 if a survivor is not listed or a score is too low."""
    modules = quick_tests()
    parser = argparse.ArgumentParser(prog="python -m tests.mutants", description=__doc__.partition("\n")[0])
    parser.add_argument("modules", nargs="*", metavar="MODULE", help="with or without the leading `northsouth.`")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="tests that run at the same time")
    options = parser.parse_args(arguments)
    wanted = [f"northsouth.{name.removeprefix('northsouth.')}" for name in options.modules] or list(modules)
    unknown = [name for name in wanted if name not in modules]
    if unknown:
        names = ", ".join(name.removeprefix("northsouth.") for name in modules)
        parser.error(f"{unknown[0]!r} is not in tests/mutants/modules.toml; it has {names}")
    known = listed()
    reports = []
    for name in wanted:
        reports.append(run(name, modules[name], known, options.jobs))
        print(reports[-1].text(), flush=True)  # noqa: T201
    if len(reports) > 1:
        passed = sum(report.passed for report in reports)
        print(f"{passed} of {len(reports)} modules: every survivor listed, score {LEAST:.0%} or more")  # noqa: T201
    return 0 if all(report.passed for report in reports) else 1


if __name__ == "__main__":
    sys.exit(main())
