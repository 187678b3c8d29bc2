"""Takes account ids and public addresses out of a report, for readers outside the account; pure."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from typing import Any

ACCOUNT, ADDRESS = "<account>", "<address>"
_ACCOUNT = re.compile(r"(?<![0-9a-zA-Z])\d{12}(?![0-9a-zA-Z])")
_ADDRESS = re.compile(
    r"(?<![0-9A-Za-z.])\d{1,3}(?:\.\d{1,3}){3}(?![0-9A-Za-z]|\.\d)"
    r"|(?<![0-9A-Za-z:])[0-9a-fA-F]{0,4}(?::[0-9a-fA-F]{0,4}){2,7}(?![0-9A-Za-z:])"
)


def redacted(value: Any) -> Any:  # noqa: ANN401 - any JSON value
    """Return a JSON value whose texts and keys hold no account id and no public IP address."""
    if isinstance(value, str):
        return _ADDRESS.sub(_public, _ACCOUNT.sub(ACCOUNT, value))
    if isinstance(value, Mapping):
        return {redacted(key): redacted(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [redacted(item) for item in value]
    return value


def _public(match: re.Match[str]) -> str:
    try:
        address = ipaddress.ip_address(match[0])
    except ValueError:
        return match[0]
    return ADDRESS if address.is_global else match[0]
