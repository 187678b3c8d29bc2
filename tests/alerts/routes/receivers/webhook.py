from __future__ import annotations

import json
from typing import Any

from northsouth.alerts.routes import Webhook
from tests.alerts.routes.receivers.case import Case, Request, stored

KEYS = {
    *("alarm", "time", "state", "severity", "label", "title", "summary", "level", "measured", "why", "runbook", "link"),
    *("others", "note", "before", "now", "reason", "description", "account", "region"),
}


def accepts(body: str) -> str:
    """Check the object that docs/routes-messages.md promises."""
    message: dict[str, Any] = json.loads(body)
    assert set(message) == KEYS
    assert all(isinstance(value, str) for value in message.values())
    return "\n".join(message.values())


CASE = Case(
    example=Webhook(name="hook", url="https://hooks.example.com/alarms?team=edge", secret=stored("hook")),
    other={"url": "https://hooks.example.com/others", "header": "X-Token", "scheme": ""},
    refused=[
        ({"url": "http://hooks.example.com/"}, "url", "HTTPS"),
        ({"url": "hooks.example.com"}, "url", "HTTPS"),
        ({"url": "https://localhost/"}, "url", "public domain name"),
        ({"url": "https://me:hidden@example.com/"}, "url", "plain sight"),
        ({"url": "https://hooks.example.com/?Token=hidden"}, "url", "plain text"),
        ({"url": "https://[hidden"}, "url", "HTTPS"),
        ({"header": "X Key"}, "header", "no spaces"),
    ],
    request=Request(
        method="POST", url="https://hooks.example.com/alarms", header="Authorization", query={"team": False}
    ),
    accepts=accepts,
    alertmanager="webhook_configs",
)
