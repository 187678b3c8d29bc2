"""Calls with the credential of an EventBridge connection, as API destinations and HTTP tasks make them.

What real AWS does differently: OAuth connections and private APIs exist; here a connection has an API key, or a user
and a password.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from moto.events.models import events_backends

from northsouth.emulator import outbound
from northsouth.emulator.outbound import Outcome


def find(arn: str) -> Any:
    """Return a connection, or nothing."""
    region, account = arn.split(":")[3:5]
    return next(
        (connection for connection in events_backends[account][region].connections.values() if connection.arn == arn),
        None,
    )


def send(connection: Any, method: str, url: str, headers: Mapping[str, str], body: str) -> Outcome:
    """Make a request. What the connection has goes before what the caller has."""
    more = connection.auth_parameters.get("InvocationHttpParameters", {})
    query = {parameter["Key"]: parameter["Value"] for parameter in more.get("QueryStringParameters", [])}
    if query:
        url += ("&" if "?" in url else "?") + urlencode(query)
    return outbound.send(method, url, {**headers, **_credential(connection.auth_parameters)}, body)


def _credential(parameters: Mapping[str, Any]) -> dict[str, str]:
    """Return the header that shows the credential."""
    if basic := parameters.get("BasicAuthParameters"):
        pair = f"{basic['Username']}:{basic['Password']}".encode()
        return {"Authorization": f"Basic {base64.b64encode(pair).decode()}"}
    key = parameters["ApiKeyAuthParameters"]
    return {key["ApiKeyName"]: key["ApiKeyValue"]}
