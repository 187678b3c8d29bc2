"""Domain names as DNS Firewall takes and returns them."""

from __future__ import annotations

import re

from northsouth.emulator.dns_firewall.store import invalid

_LABEL = re.compile(r"[a-z0-9-]{1,63}")


def qualified(domain: str) -> str:
    """Return a domain specification as AWS stores it: lower case, fully qualified, with a final dot.

    Source: the documentation of ``UpdateFirewallDomains``: an optional leading asterisk, then only A-Z, a-z, 0-9 and
    the hyphen in the labels, 1 to 255 characters.
    """
    name = domain.lower().removesuffix(".")
    rest = name.removeprefix("*").removeprefix(".") if name.startswith("*") else name
    labels = rest.split(".") if rest else []
    if len(domain) > 255 or not (labels or name == "*") or not all(_LABEL.fullmatch(label) for label in labels):
        raise invalid(f"The domain name you provided is invalid: '{domain}'.")
    return name + "."
