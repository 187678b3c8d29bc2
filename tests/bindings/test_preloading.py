"""Loading Node's half in a thread: ready when it says so, silent where it fails, absent where it is switched off."""

from __future__ import annotations

import importlib
import logging
import sys
import threading
from pathlib import Path

import pytest

from northsouth import bindings

PROVIDER = "cdktf_cdktf_provider_made_up_again"


@pytest.fixture
def provider(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A package whose ``_jsii`` notes the thread that imported it."""
    monkeypatch.delenv(bindings.OPT_OUT, raising=False)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, f"{PROVIDER}._jsii", raising=False)
    monkeypatch.delitem(sys.modules, PROVIDER, raising=False)
    package = tmp_path / PROVIDER
    package.mkdir()
    (package / "__init__.py").write_text("class NotGenerated:\n    pass\n")
    (package / "_jsii.py").write_text("import threading\nname = threading.current_thread().name\n")
    # The finder treats `_jsii` of every provider as generated; this one is not.
    others = [finder for finder in sys.meta_path if type(finder).__module__.partition(".")[0] != "northsouth"]
    monkeypatch.setattr(sys, "meta_path", others)
    return PROVIDER


def test_the_provider_is_loaded_in_a_thread_of_its_own(provider: str) -> None:
    bindings.preload(provider)()

    assert sys.modules[f"{provider}._jsii"].name == "northsouth-preload"


def test_what_fails_is_told_by_the_import_that_needs_it(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG, logger="northsouth.bindings"):
        bindings.preload("no_such_provider")()

    assert [record.levelname for record in caplog.records] == ["DEBUG"]
    with pytest.raises(ModuleNotFoundError):
        importlib.import_module("no_such_provider")


@pytest.mark.parametrize("stock", ["1", "preload"])
def test_it_can_be_switched_off(provider: str, monkeypatch: pytest.MonkeyPatch, stock: str) -> None:
    monkeypatch.setenv(bindings.OPT_OUT, stock)
    before = threading.active_count()
    bindings.preload(provider)()

    assert threading.active_count() == before
    assert f"{provider}._jsii" not in sys.modules
