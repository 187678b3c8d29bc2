from __future__ import annotations

from northsouth.alerts.routes import Email
from tests.alerts.routes.receivers.case import Case

CASE = Case(
    example=Email(name="oncall", address="oncall@example.com"),
    other={"address": "others@example.com"},
    refused=[
        ({"address": "oncall"}, "address", "name@example.com"),
        ({"name": "On Call"}, "name", "lower-case"),
    ],
    alertmanager="email_configs",
)
