"""The pytest plugin. It is loaded wherever northsouth is installed, so it imports next to nothing until it is used."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from northsouth.testing.deletion import HAS_STACKS, NOT_IN_CI, Deletion, in_ci

if TYPE_CHECKING:
    from northsouth.emulator.server import Emulator
    from northsouth.testing.emulated import EmulatedAws
    from northsouth.testing.snapshots import TerraformSnapshot

INSTALL = "the fixture terraform_snapshot needs syrupy: pip install 'northsouth[testing]'"


@pytest.fixture
def terraform_snapshot(request: pytest.FixtureRequest) -> TerraformSnapshot:
    """Compare a stack with its snapshot: ``terraform_snapshot(stack)``; ``--snapshot-update`` writes it.

    In CI (the environment variable ``CI`` is set, and neither ``0`` nor ``false``) it fails if syrupy was told to write
    snapshots or to let unused ones pass: there, snapshots are what a review has accepted.
    """
    try:
        from syrupy.assertion import SnapshotAssertion
    except ModuleNotFoundError as missing:
        if (missing.name or "").partition(".")[0] != "syrupy":
            raise
        pytest.fail(INSTALL, pytrace=False)
    if not request.config.pluginmanager.hasplugin("syrupy"):
        pytest.fail("the fixture terraform_snapshot needs syrupy's plugin, which is switched off here", pytrace=False)
    options = [option for name, option in NOT_IN_CI.items() if getattr(request.config.option, name, False)]
    if options and in_ci():
        pytest.fail(f"{' and '.join(options)}: in CI, snapshots are compared with what a review accepted; "
                    "write them on your machine and commit them", pytrace=False)  # fmt: skip
    snapshot = request.getfixturevalue("snapshot")
    if not isinstance(snapshot, SnapshotAssertion):
        pytest.fail("the fixture terraform_snapshot needs syrupy's `snapshot`, but another one hides it", pytrace=False)
    from northsouth.testing.snapshots import TerraformSnapshot

    colour = request.config.get_terminal_writer().hasmarkup
    return TerraformSnapshot(snapshot, root=request.config.rootpath, colour=colour)


@pytest.fixture(scope="session")
def aws_emulator_server() -> Iterator[Emulator]:
    """Run the AWS emulator of this test process (extra ``emulator``); it keeps what earlier tests made."""
    try:
        from northsouth.emulator.server import Emulator

        server = Emulator()
    except ModuleNotFoundError as missing:
        if (missing.name or "").partition(".")[0] == "northsouth":
            raise
        pytest.fail(f"{missing.name} is not installed: pip install 'northsouth[emulator]'", pytrace=False)
    with server:
        yield server


@pytest.fixture
def aws_emulator(aws_emulator_server: Emulator, tmp_path: Path) -> EmulatedAws:
    """Empty the AWS emulator, to which the test deploys stacks of its own: ``aws_emulator.deploy(stack)``.

    It needs Terraform, and the provider from a registry or a mirror. Without Terraform the test is skipped; in CI it
    fails.
    """
    from northsouth.emulator.deployment import terraform
    from northsouth.testing.emulated import EmulatedAws

    try:
        terraform()
    except FileNotFoundError as missing:
        (pytest.fail if in_ci() else pytest.skip)(str(missing))
    aws_emulator_server.reset()
    return EmulatedAws(aws_emulator_server, tmp_path)


def pytest_configure(config: pytest.Config) -> None:
    """Where this run may write or delete snapshots, see to it that it deletes none without need."""
    if any(getattr(config.option, name, False) for name in NOT_IN_CI):
        config.pluginmanager.register(Deletion(config))


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Let syrupy know of folders with snapshots of stacks that no test may ask for any more."""
    session = getattr(config, "_syrupy", None)
    if session is None:
        return
    if any("terraform_snapshot" in getattr(item, "fixturenames", ()) for item in items):
        config.stash[HAS_STACKS] = True
    beside = {item.path.parent: item for item in items if isinstance(item, pytest.Function)}
    for folder, item in beside.items():
        snapshots = folder / str(config.getoption("snapshot_dirname", "__snapshots__"))
        if snapshots.is_dir():
            from northsouth.testing.snapshots import watch

            if watch(snapshots, item, session):
                config.stash[HAS_STACKS] = True


def pytest_assertrepr_compare(op: str, left: object, right: object) -> list[str] | None:
    """Print the timeline of an alarm whose states are not those that a test expects."""
    alarms = sys.modules.get("northsouth.testing.alarms")
    explanation: list[str] | None = alarms.explain(op, left, right) if alarms else None
    return explanation
