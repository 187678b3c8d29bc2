"""Event patterns that EventBridge takes, and what it says of others."""

from __future__ import annotations

import json
from typing import Any

import pytest

from northsouth.emulator.documented.event_patterns import fault


def on(*matches: Any) -> str:
    return json.dumps({"detail": {"a": list(matches)}})


@pytest.mark.parametrize(
    "text",
    [
        on("x", 1, True, None),
        on({"prefix": "x"}, {"suffix": ".png"}, {"prefix": {"equals-ignore-case": "X"}}),
        *(on({"anything-but": each}) for each in ("x", 1, ["x", "y"], [1, 2], {"prefix": "x"}, {"suffix": ["x", "y"]})),
        *(on({"numeric": each}) for each in (["=", 5], [">", 0, "<=", 5], ["<", 1.5])),
        *(on({"cidr": each}) for each in ("10.0.0.0/24", "2001:db8::/32")),
        on({"exists": False}, {"wildcard": "a*b*"}, {"equals-ignore-case": "x"}),
        '{"$or": [{"source": ["a"]}, {"detail": {"b": ["c"]}}]}',
        '{"$or": ["a field of that name"]}',
    ],
)
def test_what_is_a_pattern(text: str) -> None:
    assert fault(text) is None


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("{", "no JSON"),
        ("[]", "Filter is not an object"),
        ('{"detail": {}}', "has no fields"),
        ('{"source": "a"}', "must be an object or an array"),
        ('{"source": 1}', "must be an object or an array"),
        ('{"source": []}', "Empty arrays"),
        (on(["x"]), "must be String, number, true, false, or null"),
        (on({"prefx": "x"}), "Unrecognized match type prefx"),
        (on({"prefix": "x", "suffix": "y"}), "Only one key allowed"),
        (on({}), "Only one key allowed"),
        (on({"prefix": 1}), "prefix match pattern must be a string"),
        (on({"wildcard": "a**"}), "Consecutive wildcard characters at pos 1"),
        (on({"exists": "true"}), "must be either true or false"),
        (on({"cidr": "10.0.0.0/99"}), "Malformed CIDR"),
        (on({"cidr": 10}), "Malformed CIDR"),
        (on({"numeric": 5}), "must be an array"),
        (on({"numeric": ["!=", 5]}), "Unrecognized numeric range operator: !="),
        (on({"numeric": ["<", "5"]}), "Value of < must be numeric"),
        (on({"numeric": ["<", 5, ">", 1]}), "Too many elements"),
        (on({"numeric": [">", 5, "<", 1]}), "Bottom must be less than top"),
        (on({"anything-but": [1, "a"]}), "Value of anything-but"),
        (on({"anything-but": []}), "Value of anything-but"),
        (on({"anything-but": {"numeric": [">", 1]}}), "Unsupported anything-but pattern: numeric"),
        (on({"anything-but": {"prefix": 1}}), "prefix match pattern must be a string"),
        ('{"$or": [{"a": []}]}', "Empty arrays"),
    ],
)
def test_what_is_none(text: str, why: str) -> None:
    assert why in str(fault(text))
