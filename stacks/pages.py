"""What people look at: the dashboard of an environment's alarms, and the customers' status page."""

from __future__ import annotations

from cdktf import TerraformOutput, TerraformStack

from northsouth.alerts.alarm import Alarm
from northsouth.alerts.dashboards.dashboard import Dashboard
from northsouth.alerts.packs.load_balancer import LoadBalancerAlarms
from northsouth.alerts.status.status_page import StatusPage
from stacks.page_settings import DashboardSection, StatusPageSection


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


def declare_status_page(
    stack: TerraformStack, section: StatusPageSection, environment: str, serving: LoadBalancerAlarms
) -> StatusPage:
    """Declare the status page, which a load balancer's success rate speaks on, and hand out its address."""
    # The slow one of the two alarms judges what the page promises; the fast one allows more failures.
    slow = serving.alarms["success-rate-slow"]
    page = StatusPage(
        stack,
        "status-page",
        name=f"{environment}-status",
        bucket_name=section.bucket,
        title=section.title,
        about=section.about,
        alarm=serving.alarms["success-rate"],
        success=slow if isinstance(slow, Alarm) else None,
        interval_minutes=section.interval_minutes,
        allow_destroy=not section.protect,
    )
    TerraformOutput(stack, "status_page", value=page.url, description="The status page's address")
    return page
