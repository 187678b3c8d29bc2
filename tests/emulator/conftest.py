from pathlib import Path
from typing import Any

import pytest

from northsouth.emulator.dns_firewall import store
from northsouth.emulator.server import Emulator


@pytest.fixture
def resolver(emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A client of Route 53 Resolver whose changes settle at once."""
    monkeypatch.setattr(store, "SETTLE_SECONDS", 0.0)
    return emulator.client("route53resolver")


@pytest.fixture
def vpc_id(emulator: Emulator) -> str:
    made: str = emulator.client("ec2").create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    return made


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave the tests of the emulator itself out of the inner loop: it changes seldom."""
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.slow)
