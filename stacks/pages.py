"""What people look at: the dashboard of an environment's alarms."""

from __future__ import annotations

from cdktf import TerraformOutput, TerraformStack

from northsouth.alerts.dashboards.dashboard import Dashboard
from stacks.page_settings import DashboardSection


def declare_dashboard(stack: TerraformStack, section: DashboardSection, environment: str, region: str) -> Dashboard:
    """Declare the dashboard of all alarms that the stack has by now, and hand out the same for Grafana."""
    dashboard = Dashboard(stack, "dashboard", name=section.name or environment, title=section.title, region=region)
    if section.grafana:
        TerraformOutput(
            stack,
            "grafana_dashboard",
            value=dashboard.grafana,
            description="The dashboard as Grafana imports it: terraform output -raw grafana_dashboard",
            # Not a secret: hidden, or each apply would print all of it.
            sensitive=True,
        )
    return dashboard
