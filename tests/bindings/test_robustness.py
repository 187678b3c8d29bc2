"""A home and a jsii cache as they are elsewhere: the same ten rules in whole processes, compared byte for byte.

Versions of jsii and Node, and what takes more time, are in ``tests/startup``; installs in ``tests/packaging``.
"""

from __future__ import annotations

import os
import shutil
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import cdktf_cdktf_provider_aws
import pytest

from tests.bindings.startup import Run, error, run, start

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="jsii keeps its cache elsewhere in a home of other systems"),
]

CACHE = Path(".cache", "aws", "jsii", "package-cache")
"""Where jsii keeps packages in a home."""

COMPLETE = ".jsii-runtime-package-cache"
"""The file that jsii puts into a package once it is extracted."""

# Root may write everywhere, unless it lets go of the capability.
OBEYS_MODES = [] if os.geteuid() else ["setpriv", "--bounding-set=-dac_override,-dac_read_search"]
obeys_modes = pytest.mark.skipif(
    bool(OBEYS_MODES) and shutil.which(OBEYS_MODES[0]) is None, reason="root needs setpriv (util-linux) for this"
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where every program runs: the path is in what it writes."""
    return tmp_path_factory.mktemp("robustness")


@pytest.fixture(scope="module")
def ordinary(folder: Path) -> Run:
    """An ordinary run, on the machine's own cache; `test_behaviour.py` shows that it is as stock."""
    done = run(folder)
    assert done.is_fast
    assert done.printed == ""
    return done


@pytest.fixture(scope="module")
def first(folder: Path) -> Iterator[Run]:
    """The first run in a home that had no cache, until a program was killed while it extracted the provider."""
    home = folder / "home"
    home.mkdir()
    killed = start(folder, HOME=str(home), start_new_session=True)
    while killed.process.poll() is None and not list(home.glob(f"{CACHE}/@cdktf/provider-aws/*/*/.jsii")):
        time.sleep(0.01)
    os.killpg(killed.process.pid, signal.SIGKILL)
    killed.process.communicate()
    (package(home) / COMPLETE).unlink(missing_ok=True)
    yield run(folder, HOME=str(home))
    shutil.rmtree(home)


@pytest.fixture
def home(folder: Path, first: Run) -> Path:
    """That home, whose cache is complete now; each test leaves it so."""
    del first
    return folder / "home"


def package(home: Path, name: str = "@cdktf/provider-aws") -> Path:
    """Return the folder of a package in the cache."""
    (found,) = (path for path in (home / CACHE / name).glob("*/*") if path.is_dir())
    return found


@contextmanager
def replaced(file: Path, content: bytes) -> Iterator[None]:
    """Damage a file for a while."""
    kept = file.read_bytes()
    file.write_bytes(content)
    try:
        yield
    finally:
        file.write_bytes(kept)


@contextmanager
def read_only(top: Path) -> Iterator[None]:
    """Take the permission to write in any folder from ``top`` down."""
    folders = [Path(path) for path, _, _ in os.walk(top)]
    try:
        for path in folders:
            path.chmod(0o500)
        yield
    finally:
        for path in folders:
            path.chmod(0o700)


def test_half_extracted_packages_are_extracted_again(first: Run, ordinary: Run) -> None:
    assert first == ordinary


def test_the_second_run_has_the_index(folder: Path, home: Path, ordinary: Run) -> None:
    second = run(folder, HOME=str(home))
    assert second == ordinary
    assert not second.indexing


def test_a_damaged_index_is_written_again(folder: Path, home: Path, ordinary: Run) -> None:
    # Its manifest is whole, but does not fit: jsii sees that.
    index = package(home) / ".jsii.runtime-index.v1"
    whole = index.read_bytes()
    index.write_bytes(whole[:1000])
    assert run(folder, HOME=str(home)) == ordinary
    assert index.read_bytes() == whole


def test_a_damaged_lazy_index_leaves_the_eager_one(folder: Path, home: Path, ordinary: Run) -> None:
    with replaced(package(home) / "lib" / "lazy-index.js", b"garbage \x00"):
        damaged = run(folder, HOME=str(home))
    assert (damaged.files, damaged.printed, damaged.entry) == (ordinary.files, "", "index.js")
    (line,) = damaged.log
    assert line.startswith("DEBUG: @cdktf/provider-aws loads its eager index.js: ")


def test_a_lost_file_of_the_cache_fails_as_stock(folder: Path, home: Path) -> None:
    lost = package(home, "cdktf") / "lib" / "app.js"
    with replaced(lost, lost.read_bytes()):
        lost.unlink()
        ours, stock = error(folder, HOME=str(home))
    assert ours == stock
    assert "Cannot find module './app'" in ours


def test_a_damaged_tarball_fails_as_stock(folder: Path, home: Path) -> None:
    """A provider that was installed only half."""
    installed, half = Path(cdktf_cdktf_provider_aws.__path__[0]), folder / "half" / "cdktf_cdktf_provider_aws"
    (half / "_jsii").mkdir(parents=True)
    for name in ("__init__.py", "_jsii/__init__.py", "provider"):
        (half / name).symlink_to(installed / name)
    (tarball,) = (installed / "_jsii").glob("*.tgz")
    (half / "_jsii" / tarball.name).write_bytes(b"garbage" * 1000)
    ours, stock = error(folder, path=half.parent, HOME=str(home))
    assert ours == stock
    assert "TAR_ENTRY_INVALID" in ours


@obeys_modes
def test_a_home_that_is_read_only(folder: Path, home: Path, ordinary: Run) -> None:
    with read_only(home):
        assert run(folder, prefix=OBEYS_MODES, HOME=str(home)) == ordinary


@obeys_modes
def test_a_read_only_home_that_stock_programs_filled(folder: Path, home: Path, ordinary: Run) -> None:
    own = home / CACHE / "northsouth-bindings"
    kept = own.rename(folder / own.name)
    try:
        with read_only(home):
            done = run(folder, prefix=OBEYS_MODES, HOME=str(home))
    finally:
        kept.rename(own)
    assert (done.files, done.printed, done.entry) == (ordinary.files, "", "index.js")
    (line,) = done.log
    assert line.startswith("DEBUG: the hook for Node did not load: ")


@obeys_modes
def test_a_read_only_home_without_a_cache_fails_as_stock(folder: Path) -> None:
    empty = folder / "empty"
    empty.mkdir()
    with read_only(empty):
        ours, stock = error(folder, prefix=OBEYS_MODES, HOME=str(empty))
    assert ours == stock
    assert "JSII_RUNTIME_PACKAGE_CACHE_ROOT" in ours
