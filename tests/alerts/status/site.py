"""A status page as the tests declare it."""

from __future__ import annotations

from typing import Any

from cdktf import TerraformStack

from northsouth.alerts.packs import LoadBalancerAlarms
from northsouth.alerts.response import Response
from northsouth.alerts.status import StatusPage

BUCKET = "northsouth-status"
BALANCER = "app/web/50dc6c495c0c9188"
HOSTILE = "Shop </title><script>document.body.dataset.hacked=1</script> $${x} %{if} & \"q\" 'a'"
"""A title that tries HTML, Terraform's template language and JavaScript."""


def declare(stack: TerraformStack, **arguments: Any) -> StatusPage:
    """Declare a load balancer's alarms and the page that shows them."""
    pack = LoadBalancerAlarms(
        stack, "serving", load_balancer=BALANCER, respond=Response("https://runbooks.example.com/web")
    )
    success = pack.success_rate()
    slow = pack.alarms["success-rate-slow"]
    given: dict[str, Any] = {
        "name": "shop-status",
        "bucket_name": BUCKET,
        "title": "Shop",
        "alarm": success,
        "success": slow,
        "allow_destroy": True,
    }
    return StatusPage(stack, "status", **{**given, **arguments})
