"""Modules behave as in stock, whether their compiled code comes from jsii's cache or not."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import northsouth.bindings.relay as room

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("node") is None, reason="needs node (https://nodejs.org)"),
    pytest.mark.skipif(os.name != "posix", reason="the relay is not for this system"),
]

SCRIPT = Path(room.__file__).with_name("compiled.cjs")
FILLING = f"// {'x' * 2000}\n"
MODULE = """exports.failing = () => { throw new Error('it fails'); };
exports.facts = () => ({
  isExports: own === exports && module.exports === exports, file: __filename, folder: __dirname, main: require.main?.id,
  part: require('./part'), resolved: require.resolve('./part'), paths: require.resolve.paths('part'),
  cached: require.cache[__filename] === module, extensions: Object.keys(require.extensions), id: module.id,
});
const own = this;
"""
PROGRAM = """
const stock = process.argv[2] === 'stock';
if (!stock && !require(SCRIPT).keep()) throw new Error('it cannot');
const shown = (work) => { try { return work(); } catch (error) { return error.stack; } };
const {failing, facts} = require(process.argv[1]);
const broken = shown(() => require(`${process.argv[1]}/broken.js`));
require(`${process.argv[1]}/dynamic.js`).then(({sep}) => {
  process.stdout.write(JSON.stringify({...facts(), broken, stack: shown(failing).split('\\n').slice(0, 2), sep}));
});
"""


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    folder = tmp_path / "cache"
    folder.mkdir(mode=0o700)
    return folder


@pytest.fixture
def package(tmp_path: Path) -> Path:
    folder = tmp_path / "package"
    folder.mkdir()
    (folder / "index.js").write_text(MODULE + FILLING)
    (folder / "part.js").write_text("module.exports = 'a part';")
    (folder / "broken.js").write_text(f"const = 1;\n{FILLING}")
    (folder / "dynamic.js").write_text(f"module.exports = import('path');\n{FILLING}")
    return folder


def loaded(package: Path, cache: Path, *mode: str, **variables: str) -> dict[str, Any]:
    """Load the package in a program of its own; return what its modules see."""
    command = ["node", "-e", PROGRAM.replace("SCRIPT", json.dumps(str(SCRIPT))), str(package), *mode]
    environment = {**os.environ, "JSII_RUNTIME_PACKAGE_CACHE_ROOT": str(cache), **variables}
    answer = subprocess.run(command, capture_output=True, text=True, check=True, env=environment, timeout=60)
    facts: dict[str, Any] = json.loads(answer.stdout)
    # What Node itself shows of a broken file besides the error.
    facts["broken"] = [line for line in facts["broken"].splitlines() if not line.startswith("    at ")]
    return facts


def kept(cache: Path) -> list[Path]:
    return sorted(file for file in cache.rglob("*") if file.is_file())


def test_a_module_sees_what_it_sees_in_stock(package: Path, cache: Path) -> None:
    stock = loaded(package, cache, "stock")
    assert kept(cache) == []
    assert [loaded(package, cache), loaded(package, cache)] == [stock, stock]
    assert stock["sep"] == "/"
    assert "SyntaxError" in "".join(stock["broken"])
    assert f"{package}/index.js:1:33" in stock["stack"][1]


def test_code_is_found_in_another_folder(package: Path, cache: Path) -> None:
    loaded(package, cache)
    (file,) = kept(cache)
    before = file.stat().st_mtime_ns
    moved = package.rename(package.with_name("moved"))
    facts = loaded(moved, cache)
    assert facts["file"] == str(moved / "index.js")
    assert "/index.js:1:33" in facts["stack"][1]
    assert [each.stat().st_mtime_ns for each in kept(cache)] == [before]


def test_a_module_that_changed_is_compiled(package: Path, cache: Path) -> None:
    loaded(package, cache)
    source = (package / "index.js").read_text().replace("it fails", "it FAILS")
    (package / "index.js").write_text(source)
    assert loaded(package, cache)["stack"][0] == "Error: it FAILS"
    assert len(kept(cache)) == 2


@pytest.mark.parametrize(
    "damage",
    [lambda _: b"", lambda code: code[:-1], lambda code: code[:500] + b"?" + code[501:]],
    ids=["empty", "cut off", "changed"],
)
def test_damaged_code_is_made_again(damage: Callable[[bytes], bytes], package: Path, cache: Path) -> None:
    whole = loaded(package, cache)
    (file,) = kept(cache)
    damaged = damage(file.read_bytes())
    file.write_bytes(damaged)
    assert loaded(package, cache) == whole
    assert file.read_bytes() != damaged


def test_code_that_others_may_have_written_is_not_run(package: Path, cache: Path) -> None:
    whole = loaded(package, cache)
    (file,) = kept(cache)
    file.write_bytes(b"no code")
    file.parent.chmod(0o777)
    assert loaded(package, cache) == whole
    assert file.read_bytes() == b"no code"


def test_a_cache_that_is_off_or_missing_stays_so(package: Path, cache: Path) -> None:
    loaded(package, cache, JSII_RUNTIME_PACKAGE_CACHE="disabled")
    assert kept(cache) == []
    loaded(package, cache / "missing")
    assert not (cache / "missing").exists()


def test_old_versions_go_when_a_new_one_comes(package: Path, cache: Path) -> None:
    folders = cache / "northsouth-code"
    for name in ("old", "new"):
        (folders / name).mkdir(parents=True)
    os.utime(folders / "old", (0, 0))
    loaded(package, cache)
    assert not (folders / "old").exists()
    assert (folders / "new").exists()
