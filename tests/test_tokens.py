"""The pure token test agrees with cdktf's own."""

from typing import Any

import pytest
from cdktf import Fn, Token

from northsouth.tokens import is_token, mapped

KNOWN: list[Any] = ["", "plain", "$${day}", "a$b", 0, -5, 1.5, True, None, [], ["a"], {"a": 1}, ("b",), "$", "{}"]
UNKNOWN: list[Any] = [
    Token.as_string({"Ref": "x"}),
    Token.as_list({"Ref": "x"}),
    Token.as_number({"Ref": "x"}),
    Fn.join("-", ["a", Token.as_string({"Ref": "x"})]),
    "${aws_vpc.main.id}",
    "prefix-${aws_vpc.main.id}",
]


@pytest.mark.parametrize("value", KNOWN)
def test_known_values_are_not_tokens(value: object) -> None:
    assert not is_token(value)


@pytest.mark.parametrize("value", UNKNOWN)
def test_values_of_the_future_are_tokens(value: object) -> None:
    assert is_token(value)


@pytest.mark.parametrize("value", UNKNOWN)
def test_tokens_are_found_inside(value: object) -> None:
    assert is_token([["deep", value]])
    assert is_token({"key": (value,)})


def test_a_function_is_applied_to_each_part_of_a_text() -> None:
    token = Token.as_string({"Ref": "x"})
    seen = mapped(f"A-{token}.B{token}", lambda words: f"({words})", lambda one: f"[{one}]")
    assert seen == f"(A-)[{token}](.B)[{token}]"
    assert mapped("Words", str.lower, str.upper) == "words"
    assert mapped(token, str.lower, lambda _: "one") == "one"
    assert mapped("", str.lower, str.upper) == ""
