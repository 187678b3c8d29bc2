"""Selectors written from labels, and the labels of a series that such a selector finds; pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from northsouth.errors import Problem

LABEL_NAME = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")
"""A label's name, before Prometheus 3 allowed any text."""
_OTHER = "something-else"
_METRIC = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*")


@dataclass(frozen=True, slots=True)
class Like:
    """A label's value by a regular expression, which Prometheus anchors at both ends.

    Attributes:
        pattern: the expression, in RE2's syntax.
        example: a value that it finds; the series of the pack's tests have it.

    """

    pattern: str
    example: str


@dataclass(frozen=True, slots=True)
class Not:
    """All values of a label but one; without a value, all series that have the label."""

    value: str = ""


@dataclass(frozen=True, slots=True)
class NotLike:
    """All values of a label but those that a regular expression matches."""

    pattern: str


Match = Mapping[str, str | Like]
"""Which series are meant, by label: a value, or :class:`Like`."""
Matchers = Mapping[str, str | Like | Not | NotLike]
"""Every kind of matcher that PromQL has, by label."""


def selector(metric: str, match: Matchers | None = None, window: str = "", *, offset: str = "") -> str:
    """Return a selector: ``up{job="node"}[5m]``; the matchers are in the order given.

    Args:
        metric: the metric's name.
        match: which of its series.
        window: how far back, for a range.
        offset: how long ago.

    """
    matchers = ",".join(_matcher(name, value) for name, value in (match or {}).items())
    text = f"{metric}{{{matchers}}}" if matchers else metric
    return f"{text}{f'[{window}]' if window else ''}{f' offset {offset}' if offset else ''}"


def _matcher(name: str, value: str | Like | Not | NotLike) -> str:
    match value:
        case Like(pattern=pattern):
            return f"{name}=~{quoted(pattern)}"
        case NotLike(pattern=pattern):
            return f"{name}!~{quoted(pattern)}"
        case Not(value=other):
            return f"{name}!={quoted(other)}"
    return f"{name}={quoted(value)}"


def series(metric: str, labels: Mapping[str, str]) -> str:
    """Return the name of one series, as tests write it."""
    return f"{metric}{{{','.join(f'{name}={quoted(value)}' for name, value in labels.items())}}}"


def example(match: Match) -> dict[str, str]:
    """Return the labels of a series that a selector with ``match`` finds."""
    return {name: value.example if isinstance(value, Like) else value for name, value in match.items()}


def left_out(match: Match) -> dict[str, str] | None:
    """Return the labels of a series that a selector with ``match`` leaves out; ``None`` if it leaves out none."""
    return next(all_left_out(match), None)


def all_left_out(match: Match) -> Iterator[dict[str, str]]:
    """Yield the labels of a series for each matcher that alone leaves it out; none for one that finds every value."""
    for name, value in match.items():
        pattern = value.pattern if isinstance(value, Like) else re.escape(value)
        if not re.fullmatch(pattern, _OTHER):
            yield {**example(match), name: _OTHER}


def quoted(text: str) -> str:
    """Return a text as a literal of PromQL."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def match_problems(where: str, match: Match) -> Iterator[Problem]:
    """Yield what is wrong with labels to select by."""
    for name, value in match.items():
        if not LABEL_NAME.fullmatch(name):
            allowed = "a label's name is of letters, digits and _, and does not begin with a digit"
            yield Problem(f"{where}.{name}", repr(name), allowed, "Correct the name.")
        if isinstance(value, Like):
            yield from _like_problems(f"{where}.{name}", value)


def _like_problems(where: str, like: Like) -> Iterator[Problem]:
    try:
        matches = re.fullmatch(like.pattern, like.example)
    except re.error as error:
        allowed = f"it is a regular expression: {error}"
        yield Problem(f"{where}.pattern", repr(like.pattern), allowed, "Correct the expression.")
        return
    if not matches:
        allowed = f"the example is one that {like.pattern!r} finds, from its first to its last character"
        yield Problem(f"{where}.example", repr(like.example), allowed, "Give a value that is really in use.")


def metric_problems(where: str, metric: str) -> Iterator[Problem]:
    """Yield what is wrong with a metric's name."""
    if not _METRIC.fullmatch(metric):
        allowed = "a metric's name is of letters, digits, _ and :, and does not begin with a digit"
        fix = "Name the metric alone; labels have an argument of their own."
        yield Problem(where, repr(metric), allowed, fix)


def label_problems(where: str, label: str) -> Iterator[Problem]:
    """Yield what is wrong with the name of a label that rules group by."""
    if not LABEL_NAME.fullmatch(label) or label.startswith("__"):
        allowed = "a label's name is of letters, digits and _, and begins with neither a digit nor __"
        yield Problem(where, repr(label), allowed, "Correct the name.")
