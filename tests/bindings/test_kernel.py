"""The Node half as seen from Python: what it packs, and that every failure is one debug line."""

from __future__ import annotations

import atexit
import io
import json
import logging
import os
import sys
import tarfile
from collections.abc import Iterator
from types import ModuleType, SimpleNamespace
from typing import Any

import jsii
import pytest
from jsii import _reference_map

from northsouth import bindings
from northsouth.bindings import kernel


@pytest.fixture(autouse=True)
def log(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    with caplog.at_level(logging.DEBUG, logger="northsouth.bindings"):
        yield caplog


def unpack(tarball: bytes) -> dict[str, bytes]:
    with tarfile.open(fileobj=io.BytesIO(tarball)) as archive:
        return {member.name: archive.extractfile(member).read() for member in archive}  # type: ignore[union-attr]


def test_assembly_is_the_same_bytes_each_time() -> None:
    assert kernel._pack(["lazy_index.js"]) == kernel._pack(["lazy_index.js"])


def test_assembly_holds_the_scripts_asked_for() -> None:
    files = unpack(kernel._pack(["runtime_index.js"]))

    assert sorted(files) == [
        "package/.jsii",
        "package/index.js",
        "package/package.json",
        "package/runtime_index.js",
    ]
    assert json.loads(files["package/package.json"])["scripts"] == ["runtime_index.js"]
    assert json.loads(files["package/.jsii"])["name"] == "northsouth-bindings"


def test_nothing_is_loaded_when_both_node_steps_are_off(monkeypatch: pytest.MonkeyPatch) -> None:
    loaded: list[Any] = []
    monkeypatch.setattr(jsii, "load", lambda *given: loaded.append(given))
    assert not kernel.load_hook(frozenset({"python", "types"}))
    assert kernel.load_hook(bindings.STEPS - {"index"})

    assert [name for name, *_ in loaded] == ["northsouth-bindings"]


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The methods of the hook that were called; each answers true."""
    methods: list[str] = []

    def answer(_: type, method: str, __: list[object]) -> object:
        methods.append(method)
        return [] if method == "takeNotes" else True

    monkeypatch.setattr(jsii, "sinvoke", answer)
    monkeypatch.setattr(jsii, "create", lambda *_: None)
    monkeypatch.setattr(jsii, "ainvoke", lambda _, method, __: methods.append(method))
    yield methods
    atexit.unregister(kernel.finish_index)


def test_exit_waits_for_the_index_only_while_one_is_written(asked: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    registered: list[Any] = []
    monkeypatch.setattr(atexit, "register", lambda *given: registered.append(given))
    kernel.settle(bindings.STEPS - {"index"})
    assert registered == []

    kernel.settle(bindings.STEPS)
    assert registered == [(kernel.finish_index, os.getpid())]

    monkeypatch.setattr(jsii, "sinvoke", lambda *_: [])
    kernel.settle(bindings.STEPS)
    assert len(registered) == 1
    assert asked == ["takeNotes", "takeNotes", "isIndexing"]


def test_a_forked_child_does_not_wait(asked: list[str]) -> None:
    kernel.finish_index(os.getpid() + 1)
    assert asked == []

    kernel.finish_index(os.getpid())
    assert asked == ["finishIndex", "takeNotes"]


def test_the_real_kernel_takes_it_twice_and_reports(log: pytest.LogCaptureFixture) -> None:
    kernel.load_hook(bindings.STEPS)
    kernel.load_hook(bindings.STEPS)
    kernel.settle(bindings.STEPS)
    kernel.finish_index(os.getpid())

    assert log.text == ""


def test_notes_of_node_become_debug_lines(monkeypatch: pytest.MonkeyPatch, log: pytest.LogCaptureFixture) -> None:
    monkeypatch.setattr(jsii, "sinvoke", lambda *_: ["@cdktf/provider-x loads its eager index.js: it is old"])
    kernel.settle(frozenset())

    assert [record.getMessage() for record in log.records] == ["@cdktf/provider-x loads its eager index.js: it is old"]


def broken(*_: object) -> object:
    raise RuntimeError("the kernel is gone")


def test_a_hook_that_does_not_load_is_one_debug_line(
    monkeypatch: pytest.MonkeyPatch, log: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(jsii, "load", broken)
    assert not kernel.load_hook(bindings.STEPS)

    assert [(record.levelname, record.getMessage()) for record in log.records] == [
        ("DEBUG", "the hook for Node did not load: the kernel is gone")
    ]


def test_a_kernel_that_does_not_answer_is_one_debug_line(
    monkeypatch: pytest.MonkeyPatch, log: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(jsii, "sinvoke", broken)
    kernel.settle(frozenset())
    assert [record.levelname for record in log.records] == ["DEBUG"]

    monkeypatch.setattr(jsii, "create", broken)
    kernel.finish_index(os.getpid())
    assert [record.getMessage() for record in log.records[1:]] == ["the index is not waited for: the kernel is gone"]


def test_node_is_asked_for_notes_only_when_somebody_listens(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(jsii, "sinvoke", broken)
    with caplog.at_level(logging.INFO, logger="northsouth.bindings"):
        kernel.settle(frozenset())

    assert caplog.text == ""


@pytest.fixture
def provider(monkeypatch: pytest.MonkeyPatch) -> str:
    name = "cdktf_cdktf_provider_made_up"
    root, assembly = ModuleType(name), ModuleType(f"{name}._jsii")
    vars(root)["__all__"] = ["lexv2_models_bot", "sns_topic"]
    vars(assembly)["__jsii_assembly__"] = SimpleNamespace(name="@cdktf/provider-made-up")
    monkeypatch.setitem(sys.modules, name, root)
    monkeypatch.setitem(sys.modules, f"{name}._jsii", assembly)
    monkeypatch.setattr(_reference_map, "_submodule_fqn_map", {"@x/known.thing": "known.thing"})
    return name


def test_submodules_are_found_by_the_names_of_javascript(provider: str) -> None:
    kernel.resolve_types(provider)
    modules = _reference_map._submodule_fqn_map

    assert modules
    assert modules.get("@cdktf/provider-made-up.snsTopic") == f"{provider}.sns_topic"
    assert modules.get("@cdktf/provider-made-up.lexv2ModelsBot") == f"{provider}.lexv2_models_bot"
    assert modules.get("@cdktf/provider-made-up.other") is None
    assert modules.get("@cdktf/other.snsTopic") is None


def test_entries_of_other_packages_stay(provider: str) -> None:
    kernel.resolve_types(provider)
    kernel.resolve_types(provider)
    modules = _reference_map._submodule_fqn_map
    modules.update({"@x/later.thing": "later.thing"})

    assert modules.get("@x/known.thing") == "known.thing"
    assert modules.get("@x/later.thing") == "later.thing"


def test_a_jsii_without_the_map_is_one_debug_line(
    provider: str, monkeypatch: pytest.MonkeyPatch, log: pytest.LogCaptureFixture
) -> None:
    monkeypatch.delattr(_reference_map, "_submodule_fqn_map")
    kernel.resolve_types(provider)

    assert [record.levelname for record in log.records] == ["DEBUG"]
