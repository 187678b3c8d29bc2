"""The declared state of every environment, guarded against drift."""

from __future__ import annotations

from pathlib import Path

import cdktf
import pytest
from syrupy.assertion import SnapshotAssertion

from stacks.edge import EdgeStack
from stacks.loading import load_environments
from tests.harness.snapshots import StackSnapshot, addresses, declared_state

ENVIRONMENTS = {file.stem: file for file in sorted(Path("environments").resolve().glob("*.toml"))}


@pytest.fixture(scope="module", params=ENVIRONMENTS)
def state(request: pytest.FixtureRequest) -> tuple[str, dict[str, object]]:
    (environment,) = load_environments([ENVIRONMENTS[request.param]])
    return request.param, declared_state(cdktf.Testing.synth(EdgeStack(cdktf.Testing.app(), environment), True))


def test_declared_state(state: tuple[str, dict[str, object]], snapshot: SnapshotAssertion) -> None:
    name, declared = state
    assert declared == snapshot(name=name).use_extension(StackSnapshot)


def test_addresses(state: tuple[str, dict[str, object]], snapshot: SnapshotAssertion) -> None:
    name, declared = state
    assert addresses(declared) == snapshot(name=f"{name}.addresses").use_extension(StackSnapshot)
