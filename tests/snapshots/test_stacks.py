"""The declared state of every environment, guarded against drift."""

from __future__ import annotations

from pathlib import Path

import cdktf
import pytest

from northsouth.stacks.edge import EdgeStack
from northsouth.stacks.loading import load_environments
from northsouth.testing import TerraformSnapshot
from tests.harness.warm_up import without_warm_up

ENVIRONMENTS = {file.stem: file for file in sorted(Path("environments").resolve().glob("*.toml"))}
SECTIONS = {
    "network": ["*.network_*", "*.endpoints_*"],
    "nat": ["*.nat_*"],
    "dns": ["*.dns_*"],
    "logs": ["*.logs_*"],
    "archive": ["*.archive_*"],
    "routes": ["*.alarms_routes_*"],
    "alarms": ["*.alarms_*"],
    "dashboard": ["*.dashboard_*", "output.grafana_dashboard"],
    "status": ["*.status-page_*"],
    "prometheus": ["*.prometheus_*"],
}


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_declared_state(name: str, terraform_snapshot: TerraformSnapshot) -> None:
    (environment,) = load_environments([ENVIRONMENTS[name]])
    with without_warm_up():
        stack = EdgeStack(cdktf.Testing.app(), environment)
    terraform_snapshot(stack, name=name, sections=SECTIONS)
