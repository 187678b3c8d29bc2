"""What the input of a run must be: JSONata that says what is wrong with it; pure.

JSONata fails at a time it cannot read, in a state that cannot catch the failure, so a run would end without a message.
These expressions never fail: they look at the type of a value before they look at the value.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from northsouth.logs.jsonata import literal

_DAY = "(19[7-9][0-9]|[2-9][0-9]{3})-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
_TIME = f"/^{_DAY}T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\\.[0-9]+)?(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])/"
_WHOLE_DAY = f"/^{_DAY}/"
_QUOTE = literal('"')
_NAME = "/^[A-Za-z0-9][A-Za-z0-9 ._-]*/"
_SHOWN = '($type($it) = "string" ? "\\"" & $it & "\\"" : $string($it))'
# Of a text that matches: whether its month has that day. `$number` reads no leading zero, hence the 1 before it.
_IS_IN_MONTH = (
    '$number("1" & $substring($it, 8, 2)) - 100 <= ($m := $substring($it, 5, 2); $y := $number("1" &'
    ' $substring($it, 0, 4)) - 10000; $m = "02" ? ($y % 4 = 0 and ($y % 100 != 0 or $y % 400 = 0) ? 29 : 28) :'
    ' $m in ["04", "06", "09", "11"] ? 30 : 31)'
)


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a run's input.

    Attributes:
        name: its name.
        test: JSONata that says of ``$it``, the value, whether it is right.
        allowed: what is right, as the end of a sentence.

    """

    name: str
    test: str
    allowed: str


def _matches(pattern: str) -> str:
    """Return JSONata: whether all of ``$it`` matches; what does not match has no ``match``."""
    return f"$match($it, {pattern}).match = $it"


def time(name: str) -> Field:
    """Return a field that holds a time."""
    return Field(
        name,
        f'$type($it) = "string" ? ({_matches(_TIME)} ? ({_IS_IN_MONTH}) : false) : false',
        'must be a time with seconds and an offset, from 1970 on, such as "2026-11-21T22:00:00Z"',
    )


def day(name: str) -> Field:
    """Return a field that holds a day."""
    return Field(
        name,
        f'$type($it) = "string" ? ({_matches(_WHOLE_DAY)} ? ({_IS_IN_MONTH}) : false) : false',
        'must be a day from 1970 on, such as "2026-11-21"',
    )


RUN = Field(
    "run",
    f'$type($it) = "string" ? {_matches(_NAME)} and $length($it) <= 255 : false',
    "must be a word, a dimension of the run's metrics",
)
MOST_MINUTES = 1000 * 24 * 60
"""The longest offset in minutes: 1,000 days. A date too far away for JSONata would end the run without a message."""
MINUTES = Field(
    "offsetMinutes",
    f'$type($it) = "number" ? $it >= 0 and $it <= {MOST_MINUTES} : false',
    f"must be a number of minutes from 0 to {MOST_MINUTES}",
)


def flag(name: str) -> Field:
    """Return a field that is true or false."""
    return Field(name, '$type($it) = "boolean"', "must be true or false")


LETTER = ("objects", "execution", "error", "cause")
"""Fields of a dead letter that its run does not need, so that the whole letter can be an input."""


def problem_code(fields: Sequence[Field], *, unique: tuple[str, str]) -> str:
    """Return JSONata for the problems of ``$states.input``, in one text; empty if there are none.

    Args:
        fields: the fields there may be.
        unique: two of them that exclude each other.

    """
    names = [*(field.name for field in fields), *LETTER]
    known = ", ".join(literal(name) for name in names)
    listed = ", ".join(field.name for field in fields)
    checks = [
        f"($it := $lookup($in, {literal(field.name)}); $exists($it) ? (({field.test}) ? [] :"
        f" [{literal(f'{field.name}: got ')} & {_SHOWN} & {literal(f'; it {field.allowed}')}]) : [])"
        for field in fields
    ]
    first, second = unique
    exclusion = literal(f"{first} and {second}: both are there; give one of them")
    checks.append(
        f"$exists($lookup($in, {literal(first)})) and $exists($lookup($in, {literal(second)})) ? [{exclusion}] : []"
    )
    unknown = literal(f"; an input has {listed}")
    checks.append(
        f"$map($filter($keys($in), function($key) {{ $not($key in [{known}]) }}),"
        f" function($key) {{ {_QUOTE} & $key & {_QUOTE} & {literal(' is no field of an input')} & {unknown} }})"
    )
    problems = "[]"
    for check in checks:
        problems = f"$append({problems}, ({check}))"
    return (
        '( $in := $states.input; $it := $in; $type($in) != "object" ? '
        f"{literal('the input: got ')} & {_SHOWN} & {literal(f'; an input is an object with {listed}')}"
        f" : $join({problems}, {literal('. ')}) )"
    )


def future_code(problem: str, moments: Mapping[str, str]) -> str:
    """Return JSONata for ``problem`` or, if there is none, for a time of the input that is still to come.

    Args:
        problem: what :func:`problem_code` returns.
        moments: by field, JSONata for the moment it means, in milliseconds.

    """
    code = '""'
    for name, moment in moments.items():
        late = f"{literal(f'{name}: got ')} & $in.{name} & {literal('; it must be a time that is past')}"
        code = f"$exists($in.{name}) ? ({moment} > $now ? {late} : {code}) : {code}"
    now = "$toMillis($states.context.Execution.StartTime)"
    return f'( $problem := {problem}; $in := $states.input; $now := {now}; $problem != "" ? $problem : ({code}) )'
