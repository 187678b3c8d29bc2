"""Recognise values that Terraform, not synth, will know: tokens and ``${...}`` expressions.

A rule must never judge a value that is not there yet. This module is pure (it does not import cdktf, which would start
Node.js), so it knows the four shapes in which cdktf encodes a token: a string that contains ``${TfToken[...]}``, a
one-element list with ``#{TfToken[...]}``, a mapping with the one key ``&{TfToken[...]}``, and a number in the range no
real setting has (about -1.88e289).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

# `${x` is a Terraform expression; `$${x` is its escape, a literal text.
_EXPRESSION = re.compile(r"(?<!\$)[$#]\{|[$#&]\{TfToken\[")
_WRITTEN = re.compile(r"\$\{(?:data\.)?aws_(\w+)\.[\w-]+(?:\[[^\]]*\])?\.(\w+)\}")
_TOKEN = re.compile(r"(\$\{TfToken\[[^\]]*\]\})")
# cdktf encodes number tokens as doubles whose top 16 bits are 0xFBFF (cdktf/lib/tokens/private/encoding.ts).
_NUMBER_TOKEN_LIMIT = -1.8e289


def is_token(value: object) -> bool:
    """Tell whether ``value``, or any part of it, is known only when Terraform runs.

    Args:
        value: any argument: a string, number, sequence or mapping, nested as deep as it likes.

    Returns:
        ``True`` if a cdktf token or a Terraform expression occurs anywhere in it, also for objects of cdktf that
        resolve later (``Fn`` results, ``IResolvable``).

    """
    if isinstance(value, str):
        return _EXPRESSION.search(value) is not None
    if isinstance(value, bool) or value is None:
        return False
    if isinstance(value, int | float):
        return value < _NUMBER_TOKEN_LIMIT
    if isinstance(value, Mapping):
        return any(is_token(key) or is_token(item) for key, item in value.items())
    if isinstance(value, list | tuple | set | frozenset):
        return any(is_token(item) for item in value)
    return hasattr(value, "creation_stack") and hasattr(value, "resolve")


_ORIGINS: dict[str, tuple[str, str]] = {}


def note_origin(token: str, owner: str, attribute: str) -> None:
    """Note that a token stands for an attribute of an object of the class ``owner``, both as JavaScript spells them."""
    _ORIGINS[token] = owner, attribute


def origin_of(value: object) -> tuple[str, str] | None:
    """Return the class and the attribute that a text stands for: ``("Lb", "arn_suffix")``; ``None`` if nobody knows.

    Known are tokens that the bindings have read, and expressions written by hand: ``${aws_lb.main.arn}``.
    """
    if not isinstance(value, str):
        return None
    if value in _ORIGINS:
        owner, attribute = _ORIGINS[value]
        return owner, re.sub("([A-Z])", lambda upper: f"_{upper[1].lower()}", attribute)
    written = _WRITTEN.fullmatch(value)
    if written is None:
        return None
    return "".join(word.capitalize() for word in written[1].split("_")), written[2]


def is_map_token(value: object) -> bool:
    """Tell whether ``value`` is a map that only Terraform knows, as a resource's ``tags_all``; its keys are unknown."""
    return isinstance(value, Mapping) and len(value) == 1 and str(next(iter(value))).startswith("&{TfToken[")


def is_list_token(value: object) -> bool:
    """Tell whether ``value`` is a list that only Terraform knows, as a data source's ``names``."""
    return (
        isinstance(value, list | tuple)
        and len(value) == 1
        and isinstance(value[0], str)
        and value[0].startswith("#{TfToken[")
    )


def mapped(text: str, known: Callable[[str], str], unknown: Callable[[str], str]) -> str:
    """Return ``text`` with a function applied to each part; the functions of cdktf take a token whole or not at all.

    Given a token amid other words, they print a warning at every synth.

    Args:
        text: words and tokens of cdktf, ``${TfToken[...]}``.
        known: what becomes of the words.
        unknown: what becomes of a token.

    """
    return "".join(unknown(part) if place % 2 else known(part) for place, part in enumerate(_TOKEN.split(text)) if part)
