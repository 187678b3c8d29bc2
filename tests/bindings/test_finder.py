"""The Python half on small made-up provider packages, without Node."""

from __future__ import annotations

import importlib
import importlib.util
import logging
import os
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType

import pytest

from northsouth import bindings
from northsouth.bindings.finder import ProviderFinder
from northsouth.bindings.relay import RelayFinder

EAGER = """r'''
# Made-up bindings
'''
from pkgutil import extend_path
__path__ = extend_path(__path__, __name__)

def check_type(argname, value, expected_type):
    pass

__all__ = [
    "alpha",
    "beta",
]

# Loading modules to ensure their types are registered with the jsii runtime library
from . import alpha
from . import beta
"""
PACKAGES = ("cdktf_cdktf_provider_made_up", "cdktn_provider_made_up")


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.syspath_prepend(tmp_path)
    yield tmp_path
    for name in [name for name in sys.modules if name.partition(".")[0] in PACKAGES]:
        del sys.modules[name]


def others() -> list[object]:
    """Return the finders that are not northsouth's."""
    return [finder for finder in sys.meta_path if not isinstance(finder, ProviderFinder | RelayFinder)]


def write(site: Path, source: str = EAGER, package: str = PACKAGES[0]) -> str:
    (site / package).mkdir()
    (site / package / "__init__.py").write_text(source)
    (site / package / "alpha.py").write_text("ALPHA = 1\n")
    (site / package / "beta.py").write_text("import no_such_dependency\n")
    return package


@pytest.mark.parametrize("package", PACKAGES)
def test_root_imports_no_submodule_until_it_is_used(site: Path, package: str) -> None:
    root = importlib.import_module(write(site, EAGER, package))

    assert f"{package}.alpha" not in sys.modules
    assert root.alpha.ALPHA == 1
    assert root.alpha is sys.modules[f"{package}.alpha"]
    assert root.__doc__ == "\n# Made-up bindings\n"
    assert root.__all__ == ["alpha", "beta"]
    assert "check_type" not in dir(root)


def test_import_of_everything(site: Path) -> None:
    package = write(site)
    (site / package / "beta.py").write_text("BETA = 2\n")
    names: dict[str, ModuleType] = {}
    exec(f"from {package} import *", names)

    assert names["alpha"].ALPHA == 1
    assert names["beta"].BETA == 2


def test_an_error_inside_a_submodule_is_not_hidden(site: Path) -> None:
    root = importlib.import_module(write(site))

    with pytest.raises(ModuleNotFoundError, match="no_such_dependency"):
        _ = root.beta
    with pytest.raises(AttributeError, match="has no attribute 'gamma'"):
        _ = root.gamma


def test_the_real_loader_is_back_after_the_import(site: Path) -> None:
    package = write(site)
    before = importlib.util.find_spec(package)
    root = importlib.import_module(package)

    assert before is not None
    assert before.origin == str(site / package / "__init__.py")
    assert before.loader is not None
    assert before.loader.get_source(package) == EAGER  # type: ignore[attr-defined]
    assert type(root.__loader__) is importlib.machinery.SourceFileLoader
    assert root.__spec__ is not None
    assert root.__spec__.loader is root.__loader__
    assert importlib.reload(root).alpha.ALPHA == 1


def test_a_root_with_classes_is_imported_the_stock_way(site: Path, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG, logger="northsouth.bindings"):
        root = importlib.import_module(write(site, EAGER.replace("from . import beta", "class Thing:\n    pass")))

    assert root.Thing.__name__ == "Thing"
    assert f"{PACKAGES[0]}.alpha" in sys.modules
    assert [record.levelname for record in caplog.records] == ["DEBUG"]
    assert "imported the stock way" in caplog.text


def test_a_root_that_is_lazy_already_keeps_its_way(site: Path, caplog: pytest.LogCaptureFixture) -> None:
    lazy = EAGER.replace(
        "from . import alpha\nfrom . import beta\n", "def __getattr__(name):\n    return name.upper()\n"
    )
    with caplog.at_level(logging.DEBUG, logger="northsouth.bindings"):
        root = importlib.import_module(write(site, lazy))

    assert root.gamma == "GAMMA"
    assert caplog.text == ""


def test_a_zipped_package(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder, archive = site / "unzipped", site / "site.zip"
    folder.mkdir()
    package = write(folder)
    with zipfile.ZipFile(archive, "w") as packed:
        for file in (folder / package).iterdir():
            packed.write(file, f"{package}/{file.name}")
    monkeypatch.syspath_prepend(archive)
    root = importlib.import_module(package)

    assert f"{package}.alpha" not in sys.modules
    assert root.alpha.ALPHA == 1
    assert str(archive) in str(root.__file__)


def test_a_package_that_is_not_there(site: Path) -> None:
    del site
    with pytest.raises(ModuleNotFoundError) as caught:
        importlib.import_module(PACKAGES[0])
    assert caught.value.name == PACKAGES[0]


def test_two_finders_that_ask_each_other(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "meta_path", [ProviderFinder(bindings.STEPS), *sys.meta_path])

    assert importlib.import_module(write(site)).alpha.ALPHA == 1


def test_an_old_finder_without_find_spec(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    finder = ProviderFinder(bindings.STEPS)
    monkeypatch.setattr(sys, "meta_path", [finder, object(), *sys.meta_path])
    spec = finder.find_spec(write(site), None)

    assert isinstance(spec, ModuleSpec)


def test_install_is_idempotent() -> None:
    bindings.install()
    bindings.install()

    assert sum(isinstance(finder, ProviderFinder) for finder in sys.meta_path) == 1


@pytest.mark.parametrize(
    ("value", "steps"),
    [
        ("", bindings.STEPS),
        ("0", bindings.STEPS),
        ("node", bindings.STEPS - {"node"}),
        ("node, index", bindings.STEPS - {"node", "index"}),
        ("checks,index,methods,node,python,relay,tokens,types", frozenset()),
        ("1", frozenset()),
        (" Yes ", frozenset()),
        ("off", bindings.STEPS),
        ("preload", bindings.STEPS),
        ("node,preload,", bindings.STEPS - {"node"}),
    ],
)
def test_opt_out_variable(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, value: str, steps: frozenset[str]
) -> None:
    assert installed(monkeypatch, value) == ([steps] if steps else [])
    assert caplog.text == ""


def installed(monkeypatch: pytest.MonkeyPatch, value: str) -> list[frozenset[str]]:
    """Install the bindings with a value of the variable; return the steps that are on."""
    monkeypatch.setattr(sys, "meta_path", others())
    monkeypatch.setenv(bindings.OPT_OUT, value)
    bindings.install()
    return [finder._steps for finder in sys.meta_path if isinstance(finder, ProviderFinder)]


def test_a_name_that_is_no_step_is_logged_and_ignored(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG, logger="northsouth.bindings"):
        assert installed(monkeypatch, "node,nonsense") == [bindings.STEPS - {"node"}]
        bindings.install()
    (record,) = caplog.records
    assert record.levelname == "DEBUG"
    assert record.getMessage() == (
        "NORTHSOUTH_STOCK_BINDINGS names 'nonsense', which is no step; "
        "the steps are checks, index, methods, node, python, relay, tokens, types"
    )


def test_opted_out_of_the_python_step(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "meta_path", [ProviderFinder(bindings.STEPS - {"python"}), *others()])
    package = write(site, EAGER.replace("from . import beta\n", ""))
    root = importlib.import_module(package)

    assert f"{package}.alpha" in sys.modules
    assert root.check_type


def test_generated_modules_are_left_alone_where_checks_is_off() -> None:
    modules = ["cdktf", "cdktn", "constructs", f"{PACKAGES[0]}.alpha"]
    for steps, touched in ((bindings.STEPS, True), (bindings.STEPS - {"checks"}, False)):
        finder = ProviderFinder(steps)
        assert [finder.swapped(module) is not None for module in modules] == [touched] * len(modules)


def test_importing_northsouth_needs_neither_the_cdk_nor_node() -> None:
    script = (
        "import sys; from northsouth import bindings; bindings.install();"
        "print(sorted({name.partition('.')[0] for name in sys.modules} & {'jsii', 'cdktf', 'constructs', 'attr'}))"
    )
    path = os.pathsep.join(filter(None, sys.path))
    done = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        check=False,
        env={"PYTHONPATH": path, "PATH": "/nonexistent"},
    )
    assert done.stdout == "[]\n", done.stderr


def test_a_provider_that_came_before_is_named(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    package = "cdktf_cdktf_provider_early"
    for name in ("_jsii", *(f"resource_{number}" for number in range(201))):
        monkeypatch.setitem(sys.modules, f"{package}.{name}", ModuleType(name))
    bindings._say_what_came_too_early()
    (line,) = capsys.readouterr().err.splitlines()
    assert f"{package} was imported before northsouth" in line
    assert "import northsouth.bindings" in line
