"""Fixtures of the deploy tests, for ``tests/conftest.py``."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.emulator.server import Emulator
from tests.harness.provider import ToolMissing
from tests.harness.terraform import Terraform

MakeTerraform = Callable[[Mapping[str, Any]], Terraform]


def skip_or_fail(missing: ToolMissing) -> None:
    """Skip a test whose tool is absent, with one line that says which; in CI it fails, because there it must run."""
    if os.environ.get("CI"):
        pytest.fail(str(missing), pytrace=False)
    pytest.skip(str(missing))


@pytest.fixture(scope="session")
def emulator_server() -> Iterator[Emulator]:
    """The emulator of this test process; it keeps what earlier tests made."""
    with Emulator() as running:
        yield running


@pytest.fixture
def emulator(emulator_server: Emulator) -> Emulator:
    """The emulator, empty."""
    emulator_server.reset()
    return emulator_server


@pytest.fixture
def terraform_dir(emulator: Emulator, tmp_path: Path) -> MakeTerraform:
    """Return a function that puts a synthesized document into a directory of its own, ready for Terraform."""

    def make(document: Mapping[str, Any], name: str = "stack") -> Terraform:
        try:
            return Terraform(tmp_path / name, document, emulator.endpoint)
        except ToolMissing as missing:
            skip_or_fail(missing)
            raise

    return make
