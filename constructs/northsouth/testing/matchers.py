"""What a value is expected to be: literals, parts of them, and matchers; pure.

A pattern is a plain value or a `Matcher`, nested as deep as it likes. A dict expects its keys and ignores others
(`exactly` does not); a list expects each member in its place (`containing` does not); all else expects an equal value.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from json import JSONDecodeError, loads

from northsouth.comparison.difference import canonical, member
from northsouth.comparison.rendering import text
from northsouth.template import Resource, Template, TemplateError, Value
from northsouth.template.model import below, freeze, strings


@dataclass(frozen=True, slots=True)
class Mismatch:
    """One reason why a value is not what was expected.

    Attributes:
        path: where in the resource.
        expected: what was expected, as text.
        actual: what is there, as text.

    """

    path: str
    expected: str
    actual: str

    def __str__(self) -> str:
        return f"{self.path or 'it'}: expected {self.expected}, is {self.actual}"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value stands: its path in a resource of a template, so that references can be followed."""

    template: Template
    resource: Resource
    path: str = ""
    captured: list[tuple[Capture, Value]] = field(default_factory=list, compare=False, repr=False)

    def at(self, step: str | int) -> Place:
        """Return the place of a member."""
        path = f"{self.path}[{step}]" if isinstance(step, int) else member(self.path, step)
        return replace(self, path=path)

    def attempt(self) -> Place:
        """Return the same place for an attempt that may fail; what it captures counts only if it is taken over."""
        return replace(self, captured=[])


class Matcher(ABC):
    """Judges one value; derive from it to add a matcher of your own."""

    @abstractmethod
    def mismatches(self, value: Value, place: Place) -> Iterator[Mismatch]:
        """Yield why a value is not what is expected; nothing if it is.

        Args:
            value: the value, frozen: arrays are tuples. None if there is none.
            place: where it stands.

        """

    @abstractmethod
    def __str__(self) -> str:
        """Say what is expected."""


def mismatches(pattern: object, value: Value, place: Place) -> Iterator[Mismatch]:
    """Yield why a value does not match a pattern."""
    if isinstance(pattern, Matcher):
        yield from pattern.mismatches(value, place)
    elif isinstance(pattern, Mapping):
        value = _block(value)
        if not isinstance(value, Mapping):
            yield Mismatch(place.path, as_text(pattern), text(value))
            return
        for key, expected in pattern.items():
            yield from mismatches(expected, value.get(key), place.at(key))
    elif isinstance(pattern, list | tuple):
        yield from _members(pattern, value, place)
    elif canonical(freeze(pattern, "pattern")) != canonical(value):
        yield Mismatch(place.path, as_text(pattern), text(value))


def matches(pattern: object, value: Value, place: Place) -> bool:
    """Tell whether a value matches a pattern."""
    return next(mismatches(pattern, value, place.attempt()), None) is None


def as_text(pattern: object) -> str:
    """Return a pattern as text."""
    if isinstance(pattern, Matcher):
        return str(pattern)
    if isinstance(pattern, Mapping):
        return f"{{{', '.join(f'{key}: {as_text(item)}' for key, item in pattern.items())}}}"
    if isinstance(pattern, list | tuple):
        return f"[{', '.join(map(as_text, pattern))}]"
    return text(freeze(pattern, "pattern"))


def _block(value: Value) -> Value:
    """Return the object in a list of one: Terraform's JSON writes a nested block either way."""
    return value[0] if isinstance(value, tuple) and len(value) == 1 else value


def _members(pattern: list[object] | tuple[object, ...], value: Value, place: Place) -> Iterator[Mismatch]:
    if not isinstance(value, tuple):
        yield Mismatch(place.path, as_text(pattern), text(value))
        return
    if len(pattern) != len(value):
        yield Mismatch(place.path, f"a list of {len(pattern)}", f"one of {len(value)}: {text(value)}")
        return
    for position, expected in enumerate(pattern):
        yield from mismatches(expected, value[position], place.at(position))


@dataclass(frozen=True, slots=True)
class _Present(Matcher):
    def mismatches(self, value: Value, place: Place) -> Iterator[Mismatch]:
        if value is None:
            yield Mismatch(place.path, str(self), "absent")

    def __str__(self) -> str:
        return "any value"


@dataclass(frozen=True, slots=True)
class _Absent(Matcher):
    def mismatches(self, value: Value, place: Place) -> Iterator[Mismatch]:
        if value is not None:
            yield Mismatch(place.path, str(self), text(value))

    def __str__(self) -> str:
        return "absent"


@dataclass(frozen=True, slots=True)
class _Regex(Matcher):
    pattern: re.Pattern[str]

    def mismatches(self, value: Value, place: Place) -> Iterator[Mismatch]:
        if not isinstance(value, str) or not self.pattern.search(value):
            yield Mismatch(place.path, str(self), text(value))

    def __str__(self) -> str:
        return f"a text matching /{self.pattern.pattern}/"


@dataclass(frozen=True, slots=True)
class _Containing(Matcher):
    items: tuple[object, ...]

    def mismatches(self, value: Value, place: Place) -> Iterator[Mismatch]:
        members = value if isinstance(value, tuple) else () if value is None else (value,)
        for item in self.items:
            attempts = [(place.at(at).attempt(), element) for at, element in enumerate(members)]
            tried = [list(mismatches(item, candidate, attempt)) for attempt, candidate in attempts]
            if [] in tried:
                place.captured.extend(attempts[tried.index([])][0].captured)
            elif tried and _alike(item, members):
                yield from min(tried, key=len)
            else:
                yield Mismatch(place.path, f"a member {as_text(item)}", text(value))

    def __str__(self) -> str:
        return f"a list with {', '.join(map(as_text, self.items))}"


def _alike(item: object, members: tuple[Value, ...]) -> bool:
    """Tell whether the closest member says more than the whole list: if members are objects, as the item is."""
    return isinstance(item, Mapping) and any(isinstance(element, Mapping) for element in members)


@dataclass(frozen=True, slots=True)
class _JsonText(Matcher):
    pattern: object

    def mismatches(self, value: Value, place: Place) -> Iterator[Mismatch]:
        try:
            decoded = freeze(loads(value), place.path) if isinstance(value, str) else None
        except (JSONDecodeError, RecursionError, TemplateError):
            decoded = None
        if decoded is None:
            yield Mismatch(place.path, "a text that is JSON", text(value))
        else:
            yield from mismatches(self.pattern, decoded, place)

    def __str__(self) -> str:
        return f"JSON with {as_text(self.pattern)}"


@dataclass(frozen=True, slots=True)
class _Exactly(Matcher):
    value: object

    def mismatches(self, value: Value, place: Place) -> Iterator[Mismatch]:
        yield from mismatches(self.value, value, place)
        block = _block(value)
        if isinstance(self.value, Mapping) and isinstance(block, Mapping):
            for key in sorted(block.keys() - self.value.keys()):
                if block[key] is not None:
                    yield Mismatch(place.at(key).path, "absent", text(block[key]))

    def __str__(self) -> str:
        return f"exactly {as_text(self.value)}"


@dataclass(frozen=True, slots=True)
class _Not(Matcher):
    pattern: object

    def mismatches(self, value: Value, place: Place) -> Iterator[Mismatch]:
        if matches(self.pattern, value, place):
            yield Mismatch(place.path, str(self), text(value))

    def __str__(self) -> str:
        return f"anything but {as_text(self.pattern)}"


@dataclass(frozen=True, slots=True)
class _Refers(Matcher):
    target: str
    attribute: str

    def mismatches(self, value: Value, place: Place) -> Iterator[Mismatch]:
        for link in place.template.links(place.resource):
            # Within a text that is JSON, the reference's own path ends at the text.
            here = below(link.path, place.path) or below(place.path, link.path)
            fits = here and any(link.reference.text in string for _, string in strings(value))
            fits = fits and (not self.attribute or link.reference.attribute == self.attribute)
            if fits and any(self.target in (target.address, target.block, target.type) for target in link.targets):
                return
        yield Mismatch(place.path, str(self), text(value))

    def __str__(self) -> str:
        return f"a reference to {self.target}{'.' if self.attribute else ''}{self.attribute}"


class Capture(Matcher):
    """Keeps the values that stand where it stands, of every resource that matches as a whole, for assertions in Python.

    ::

        name = Capture(matching("^acme-"))
        template.assert_resource("aws_s3_bucket", {"bucket": name})
        assert len(name.value) <= 63

    Args:
        pattern: what the value must match; any value that is there, if None.

    Attributes:
        values: the values, in the order in which they were found; arrays are tuples.

    """

    def __init__(self, pattern: object = None) -> None:
        self._pattern = any_value() if pattern is None else pattern
        self.values: list[Value] = []

    @property
    def value(self) -> Value:
        """The only value.

        Raises:
            AssertionError: if there is none, or more than one.

        """
        if len(self.values) != 1:
            raise AssertionError(f"expected one captured value, found {len(self.values)}: {as_text(self.values)}")
        return self.values[0]

    def mismatches(self, value: Value, place: Place) -> Iterator[Mismatch]:
        """Yield why the value does not match the pattern; note the value if it does."""
        reasons = list(mismatches(self._pattern, value, place))
        if not reasons:
            place.captured.append((self, value))
        yield from reasons

    def __str__(self) -> str:
        return as_text(self._pattern)


def any_value() -> Matcher:
    """Expect any value."""
    return _Present()


def absent() -> Matcher:
    """Expect no value; ``null`` counts as no value."""
    return _Absent()


def matching(pattern: str | re.Pattern[str]) -> Matcher:
    """Expect a text in which a regular expression is found (``re.search``).

    Raises:
        ValueError: if the pattern is no regular expression.

    """
    try:
        return _Regex(re.compile(pattern))
    except re.error as error:
        raise ValueError(f"matching({pattern!r}): not a regular expression: {error}") from None


def containing(*items: object) -> Matcher:
    """Expect a list that has, for each pattern, a member that matches it; order and other members do not matter.

    A single value counts as a list of one, as in IAM's policies.
    """
    return _Containing(items)


def json_text(pattern: object) -> Matcher:
    """Expect a text that is JSON and matches a pattern: a policy, a state machine."""
    return _JsonText(pattern)


def exactly(value: object) -> Matcher:
    """Expect an object that has the given keys and no other."""
    return _Exactly(value)


def not_(pattern: object) -> Matcher:
    """Expect anything that does not match a pattern."""
    return _Not(pattern)


def refers_to(target: str, attribute: str = "") -> Matcher:
    """Expect a reference that leads to a resource, also through locals.

    Args:
        target: its address (``aws_vpc.main``), or a resource type (``aws_vpc``).
        attribute: which of its attributes, such as ``arn``; any if empty.

    """
    return _Refers(target, attribute)
