"""Run by `make startup` alone (a quarter of an hour): versions of jsii and Node, and what is too slow for every run.

Each pair of versions runs the ten rules with northsouth and the stock way; both write, and print, the same.
"""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from benchmarks.environments import CACHE, ROOT, node_environment, python_environment
from northsouth import bindings
from tests.bindings import startup
from tests.bindings.startup import Run
from tests.bindings.test_behaviour import run as run_program
from tests.packaging.reach import construct_tests

pytestmark = [pytest.mark.startup, pytest.mark.packaging]

CDKTF = ("cdktf==0.21.0", "cdktf-cdktf-provider-aws==20.1.0", "pytest==8.4.2", "pytest-xdist==3.8.0")
JSII = {
    # The oldest that cdktf takes; northsouth requires 1.136, because of the index.
    "1.112.0": "constructs==10.4.2",
    # The first with an index.
    "1.136.0": "constructs==10.4.2",
    "1.142.0": "constructs==10.8.1",
}
NEWEST = list(JSII)[-1]
NODE = {"20": "20.20.2", "22": "22.23.3", "24": "24.21.0"}
NO_DIGESTS = "DEBUG: archives are read as in stock: "
NO_TYPES = "DEBUG: objects of cdktf_cdktf_provider_aws resolve only once their module is imported: "
LEFT_OUT = {"1.112.0": [NO_DIGESTS, NO_TYPES], "1.136.0": [NO_DIGESTS]}
"""How the debug lines of older versions begin."""


@cache
def python(jsii: str, *others: str) -> Path:
    """Return the interpreter of an environment with a version of jsii."""
    return python_environment(
        CACHE / "startup" / "-".join(["jsii", jsii, *others]),
        [*(others or CDKTF), JSII[jsii], str(ROOT)],
        overrides=[f"jsii=={jsii}"],
    )


@cache
def node(major: str) -> Path:
    """Return the executable of a version of Node, from the packages that npm's ``node`` installs."""
    machine = {"x86_64": "x64", "aarch64": "arm64"}.get(platform.machine(), platform.machine())
    package = f"node-{sys.platform}-{machine}"
    folder = node_environment(CACHE / "startup" / f"node-{major}", {package: NODE[major]})
    return folder / "node_modules" / package / "bin" / "node"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("startup")


@pytest.fixture(scope="module")
def shared(folder: Path) -> Iterator[str]:
    """A jsii cache that is empty at first and that all versions share."""
    yield str(folder / "cache")
    shutil.rmtree(folder / "cache")


@pytest.mark.parametrize("major", NODE)
@pytest.mark.parametrize("jsii", JSII)
def test_versions(jsii: str, major: str, folder: Path, shared: str) -> None:
    versions = {"JSII_NODE": str(node(major)), "JSII_RUNTIME_PACKAGE_CACHE_ROOT": shared, startup.SILENCE: ""}
    interpreter = python(jsii)
    startup.run(folder, python=interpreter, **versions)
    ours = startup.run(folder, python=interpreter, **versions)
    stock = startup.run(folder, python=interpreter, **versions, **{bindings.OPT_OUT: "1"})

    assert (ours.files, ours.printed) == (stock.files, stock.printed)
    assert (stock.entry, stock.imported > 2000) == ("index.js", True)
    assert (ours.entry, ours.imported < 10, ours.indexing) == ("lazy-index.js", True, False)
    print(f"jsii {jsii}, Node {NODE[major]}: prints {ours.printed!r}, logs {ours.log}")  # noqa: T201
    for line, begin in zip(ours.log, LEFT_OUT.get(jsii, []), strict=True):
        assert line.startswith(begin)


@pytest.mark.parametrize("major", [major for major in NODE if major != "20"])
def test_constructs_and_snapshots_on_newer_versions_of_node(major: str) -> None:
    """The tests that the CDK can change, as `make check` runs them on the machine's own Node."""
    chosen = ("-m", "not deploy and not packaging and not slow", "--hypothesis-profile", "quick")
    command = [sys.executable, "-m", "pytest", "--quiet", "-p", "no:cacheprovider", *chosen, *construct_tests()]
    env = {name: value for name, value in os.environ.items() if name != startup.SILENCE}
    env["JSII_NODE"] = str(node(major))
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    assert "end-of-life" not in done.stderr


@pytest.mark.parametrize("jsii", [jsii for jsii in JSII if jsii != "1.112.0"])
def test_objects_of_javascript_and_threads(jsii: str, tmp_path: Path) -> None:
    seen = run_program(tmp_path, python=python(jsii)).facts
    assert seen["found"] == "cdktf_cdktf_provider_aws.lexv2_models_bot.Lexv2ModelsBot"
    assert seen["threads"] == []


@pytest.fixture(scope="module")
def ordinary(folder: Path, shared: str) -> Run:
    return startup.run(folder, python=python(NEWEST), JSII_RUNTIME_PACKAGE_CACHE_ROOT=shared)


def test_two_versions_of_the_provider_fill_an_empty_cache_at_once(folder: Path, ordinary: Run) -> None:
    newest = python(NEWEST, "cdktf==0.21.0", "cdktf-cdktf-provider-aws==21.22.1")
    empty = folder / "two"
    pair = (python(NEWEST), newest)
    try:
        for _ in range(2):
            runs = [startup.start(folder, python=each, JSII_RUNTIME_PACKAGE_CACHE_ROOT=str(empty)) for each in pair]
            old, new = [each.ended() for each in runs]
            assert old.is_fast
            assert new.is_fast
            assert old.files == ordinary.files != new.files
            assert (old.printed, new.printed) == (ordinary.printed, ordinary.printed)
        assert not old.indexing
        assert not new.indexing
    finally:
        shutil.rmtree(empty)


WORKERS = f"""
from northsouth import bindings
from cdktf_cdktf_provider_aws import route53_resolver_firewall_rule
import runpy, sys
from pathlib import Path

def test_rules(worker_id):
    folder = Path(worker_id)
    folder.mkdir()
    runpy.run_path({str(startup.PROGRAM)!r})["main"](folder / "out", folder / "facts.json")
"""


def test_workers_of_xdist_import_at_once_on_an_empty_cache(folder: Path, ordinary: Run) -> None:
    (folder / "test_rules.py").write_text(WORKERS)
    empty = folder / "xdist"
    command = [python(NEWEST), "-m", "pytest", "-q", "-n", "2", "--dist", "each", "test_rules.py"]
    environment = {**os.environ, "PYTHONPATH": "", "JSII_RUNTIME_PACKAGE_CACHE_ROOT": str(empty)}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    workers = [startup.noted(folder / name) for name in ("gw0", "gw1")]
    for worker in workers:
        assert (worker.files, worker.log) == (ordinary.files, [])
    after = startup.run(folder, python=python(NEWEST), JSII_RUNTIME_PACKAGE_CACHE_ROOT=str(empty))
    shutil.rmtree(empty)
    assert after == ordinary
    assert not after.indexing


def test_a_cache_that_is_switched_off(folder: Path, ordinary: Run) -> None:
    done = startup.run(folder, python=python(NEWEST), JSII_RUNTIME_PACKAGE_CACHE="disabled")
    assert done == ordinary


READ_ONLY = 'mount --bind "$0" "$0" && mount -o remount,ro,bind "$0" && exec "$@"'


def test_a_file_system_that_is_read_only_fails_as_stock(folder: Path, shared: str, ordinary: Run) -> None:
    """Even where the cache is full: jsii notes in it when each package was last used."""
    del ordinary
    prefix = ["unshare", "--mount", "sh", "-c", READ_ONLY, shared]
    if subprocess.run([*prefix, "true"], check=False, capture_output=True).returncode:
        pytest.skip("mounting a file system read-only needs root")
    ours, stock = startup.error(folder, python=python(NEWEST), prefix=prefix, JSII_RUNTIME_PACKAGE_CACHE_ROOT=shared)
    assert ours == stock
    assert "EROFS" in ours
