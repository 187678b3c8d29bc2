"""What a type hint accepts: a quick test of a value, and the parts of a value that fail it; pure.

The hints are Python's, but four answers differ from what type checkers say, because people mean something else:

- a text is no list: Python would take it for its letters;
- ``True`` is no number;
- a number that only Terraform knows (a token, a ``float``) is a whole number, too;
- a list may stand for a tuple, a word for a member of an enumeration, and text for a class that is registered with
  `accept_text` (a quantity) where the hint names both. The callable gets the tuple, the member, and the value that the
  text means.
"""

from __future__ import annotations

import dataclasses
import enum
import types
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Annotated, Any, ForwardRef, Literal, TypeGuard, TypeVar, Union, get_args, get_origin, is_typeddict

from northsouth.arguments.shown import is_construct
from northsouth.tokens import is_map_token, is_token

Reader = Callable[[object, object], object]
"""Returns the value that a text or number means, in an argument with a default or example; raises ``ValueError``."""

_READERS: dict[type, Reader] = {}


def accept_text(kind: type, read: Reader) -> None:
    """Accept text, and what else ``read`` reads, where a value of the class ``kind`` is wanted."""
    _READERS[kind] = read


@dataclasses.dataclass(frozen=True, slots=True)
class Wrong:
    """One part of an argument that does not fit.

    Attributes:
        where: the path to it.
        value: what was given.
        kind: what is wanted there.

    """

    where: str
    value: object
    kind: Kind


class Kind:
    """What an argument, or a part of it, may be.

    Attributes:
        noun: what it is in words: ``"text"``, ``"a list of text"``.
        quick: exact types of which every value fits.
        converts: whether `taken` may return something else than its value.
        reads_once: whether a value may be an iterator, which is read before it is checked.

    """

    noun = "anything"
    quick: frozenset[type] = frozenset()
    converts = False
    reads_once = False

    def fits(self, value: object) -> bool:
        """Whether a value may be given."""
        del value
        return True

    def wrong(self, value: object, where: str) -> Iterator[Wrong]:
        """Yield the parts of a value that do not fit; the value itself if it has no such parts."""
        if not self.fits(value):
            yield Wrong(where, value, self)

    def taken(self, value: object) -> object:
        """Return what the callable gets for a value that fits."""
        return value


class Plain(Kind):
    """Values of plain types: text, a switch, nothing."""

    def __init__(self, noun: str, *accepted: type) -> None:
        self.noun = noun
        self.quick = frozenset(accepted)
        self._accepted = accepted

    def fits(self, value: object) -> bool:
        """Whether a value is one."""
        return isinstance(value, self._accepted)


class Number(Kind):
    """A whole number or any number; in both cases one that only Terraform knows."""

    def __init__(self, *, whole: bool) -> None:
        self.noun = "a whole number" if whole else "a number"
        self.quick = frozenset({int} if whole else {int, float})
        self._whole = whole

    def fits(self, value: object) -> bool:
        """Whether a value is one."""
        if isinstance(value, bool):
            return False
        return isinstance(value, int) or (isinstance(value, float) and (not self._whole or is_token(value)))


class AtSynth:
    """Marks words that synth needs, ``Annotated[Literal["public", "private"], AtSynth]``: no token stands for one."""


class Words(Kind):
    """One of a few words; of an enumeration, its member or the member's word."""

    def __init__(
        self, words: Sequence[object], members: type[enum.Enum] | None = None, *, at_synth: bool = False
    ) -> None:
        *most, last = (repr(word) for word in words)
        self.noun = f"{', '.join(most)} or {last}" if most else last
        self.words = tuple(words)
        self.members = members
        self._at_synth = at_synth
        self.quick = frozenset({members} if members else ())
        self.converts = members is not None

    def fits(self, value: object) -> bool:
        """Whether a value is one."""
        if isinstance(value, str):
            return value in self.words or (is_token(value) and not self._at_synth)
        return (self.members is not None and isinstance(value, self.members)) or any(
            type(value) is type(word) and value == word for word in self.words
        )

    def taken(self, value: object) -> object:
        """Return the member that a word stands for."""
        return value if self.members is None or value not in self.words else self.members(value)


class Instance(Kind):
    """An object of a class; one that ``reads`` takes text for it, too."""

    def __init__(self, wanted: type, like: object = None, *, reads: bool = False) -> None:
        self.wanted = wanted
        self.noun = f"{article(wanted.__name__)} {wanted.__name__}"
        self.quick = frozenset({wanted})
        self._read = _READERS[wanted] if reads else None
        self._like = like
        self.converts = self._read is not None

    def fits(self, value: object) -> bool:
        """Whether a value is one."""
        if isinstance(value, self.wanted):
            return True
        if self._read is None:
            return False
        try:
            self._read(value, self._like)
        except ValueError:
            return False
        return True

    def taken(self, value: object) -> object:
        """Return what the callable gets for a value."""
        return value if self._read is None or isinstance(value, self.wanted) else self._read(value, self._like)

    def refusal(self, value: object) -> ValueError | None:
        """Return why a text, or a number, is not read as an object of the class."""
        try:
            if self._read is not None:
                self._read(value, self._like)
        except ValueError as error:
            return error
        return None


class Id(Plain):
    """The id of a construct: text that is known at synth."""

    def __init__(self) -> None:
        super().__init__("text of 1 character or more, known at synth", str)
        self.quick = frozenset()

    def fits(self, value: object) -> bool:
        """Whether a value is one."""
        return isinstance(value, str) and value != "" and not is_token(value)


class Scope(Kind):
    """A construct that others can be declared in; an app holds stacks only."""

    noun = "a stack, or a construct in one"

    def fits(self, value: object) -> bool:
        """Whether a value is one."""
        return is_construct(value) and not any(base.__name__ == "App" for base in type(value).__mro__)


class Shape(Kind):
    """An object with the members of a protocol; looked up on its class, since reading one may ask Node."""

    def __init__(self, protocol: type) -> None:
        self.wanted = protocol
        self._members = [
            name
            for base in protocol.__mro__
            if getattr(base, "_is_protocol", False)
            for name in {**vars(base), **vars(base).get("__annotations__", {})}
            if not name.startswith("_")
        ]
        name = f"{article(protocol.__name__)} {protocol.__name__}"
        self.noun = f"an object with {self._members[0]}" if protocol.__name__.startswith("Has") else name

    def fits(self, value: object) -> bool:
        """Whether a value is one."""
        own = getattr(value, "__dict__", {})
        return not isinstance(value, type) and all(hasattr(type(value), name) or name in own for name in self._members)


class Labels(Kind):
    """A mapping. A map that only Terraform knows does not fit, because synth needs its keys."""

    def __init__(self, key: Kind, item: Kind) -> None:
        self.noun = f"a mapping from {key.noun} to {item.noun}"
        self.item = item
        self._key = key
        self.converts = item.converts

    def fits(self, value: object) -> bool:
        """Whether a value is one."""
        if not isinstance(value, Mapping) or is_map_token(value):
            return False
        key, item = self._key, self.item
        return all(
            (type(name) in key.quick or key.fits(name)) and (type(part) in item.quick or item.fits(part))
            for name, part in value.items()
        )

    def wrong(self, value: object, where: str) -> Iterator[Wrong]:
        """Yield the parts of a value that do not fit."""
        if not isinstance(value, Mapping) or is_map_token(value):
            yield Wrong(where, value, self)
            return
        for name, part in value.items():
            yield from self._key.wrong(name, f"a key of {where}")
            plain = isinstance(name, str) and name.replace("-", "_").isidentifier()
            yield from self.item.wrong(part, f"{where}.{name}" if plain else f'{where}["{name}"]')

    def taken(self, value: object) -> object:
        """Return what the callable gets for a value."""
        if not self.converts or not isinstance(value, Mapping):
            return value
        return {name: self.item.taken(part) for name, part in value.items()}


class Several(Kind):
    """A list; ``once`` also takes sets, and iterators that are read into a list before they are checked."""

    def __init__(self, item: Kind, *, make: type[tuple[object, ...]] | None = None, once: bool = False) -> None:
        self.noun = f"a list of {_plural(item.noun)}"
        self.item = item
        self._make = make
        self.reads_once = once
        self.converts = make is not None or item.converts

    def _is_list(self, value: object) -> TypeGuard[Collection[object]]:
        if isinstance(value, str | bytes | bytearray | Mapping):
            return False
        if isinstance(value, set | frozenset):
            return self.reads_once
        return isinstance(value, Collection)

    def _listed(self, value: object) -> object:
        """Return the pairs of a mapping, where pairs are wanted."""
        pairs = isinstance(self.item, Fixed) and len(self.item.items) == 2 and isinstance(value, Mapping)
        return tuple(value.items()) if pairs else value  # type: ignore[attr-defined]

    def fits(self, value: object) -> bool:
        """Whether a value is one."""
        value = self._listed(value)
        if not self._is_list(value):
            return False
        item = self.item
        return all(type(part) in item.quick or item.fits(part) for part in value)

    def wrong(self, value: object, where: str) -> Iterator[Wrong]:
        """Yield the parts of a value that do not fit."""
        value = self._listed(value)
        if not self._is_list(value):
            yield Wrong(where, value, self)
            return
        for number, part in enumerate(value):
            yield from self.item.wrong(part, f"{where}[{number}]")

    def taken(self, value: object) -> object:
        """Return what the callable gets for a value."""
        value = self._listed(value)
        if not self._is_list(value):
            return value
        items = [self.item.taken(part) for part in value] if self.item.converts else value
        return self._make(items) if self._make and not isinstance(items, self._make) else items


class Fixed(Kind):
    """A tuple of as many items as there are kinds; a list may stand for it."""

    def __init__(self, items: Sequence[Kind]) -> None:
        self.noun = f"({', '.join(item.noun for item in items)})"
        self.items = tuple(items)
        self.converts = True

    def fits(self, value: object) -> bool:
        """Whether a value is one."""
        return (
            isinstance(value, tuple | list)
            and len(value) == len(self.items)
            and all(kind.fits(part) for kind, part in zip(self.items, value, strict=True))
        )

    def wrong(self, value: object, where: str) -> Iterator[Wrong]:
        """Yield the parts of a value that do not fit."""
        if not isinstance(value, tuple | list) or len(value) != len(self.items):
            yield Wrong(where, value, self)
            return
        for number, (kind, part) in enumerate(zip(self.items, value, strict=True)):
            yield from kind.wrong(part, f"{where}[{number}]")

    def taken(self, value: object) -> object:
        """Return what the callable gets for a value."""
        if not isinstance(value, list) and not any(item.converts for item in self.items):
            return value
        return tuple(kind.taken(part) for kind, part in zip(self.items, value, strict=True))  # type: ignore[call-overload]


class OneOf(Kind):
    """Any of several kinds."""

    def __init__(self, kinds: Sequence[Kind]) -> None:
        self.kinds = tuple(kinds)
        self.noun = " or ".join(dict.fromkeys(kind.noun for kind in kinds if kind is not NOTHING))
        self.quick = frozenset().union(*(kind.quick for kind in kinds))
        self.converts = any(kind.converts for kind in kinds)
        self.reads_once = any(kind.reads_once for kind in kinds)

    def fits(self, value: object) -> bool:
        """Whether a value is one."""
        return type(value) in self.quick or any(kind.fits(value) for kind in self.kinds)

    def wrong(self, value: object, where: str) -> Iterator[Wrong]:
        """Yield the parts of a value that do not fit."""
        if self.fits(value):
            return
        # A problem inside the value says more than that the value fits no kind.
        inner = [list(kind.wrong(value, where)) for kind in self.kinds]
        parts = [wrong for wrong in inner if wrong and wrong[0].where != where]
        kinds = [kind for kind in self.kinds if kind is not NOTHING]
        yield from parts[0] if parts else [Wrong(where, value, self if len(kinds) > 1 else kinds[0])]

    def taken(self, value: object) -> object:
        """Return what the callable gets for a value."""
        if type(value) in self.quick or not self.converts:
            return value
        return next(kind.taken(value) for kind in self.kinds if kind.fits(value))


class Function(Kind):
    """Something that can be called."""

    noun = "a function"

    def fits(self, value: object) -> bool:
        """Whether a value is one."""
        return callable(value)


class Class(Kind):
    """A class itself."""

    noun = "a class"

    def fits(self, value: object) -> bool:
        """Whether a value is one."""
        return isinstance(value, type)


ANYTHING = Kind()
NOTHING = Plain("None", type(None))
TEXT = Plain("text", str)
_PLAIN: dict[object, Kind] = {
    None: NOTHING,
    type(None): NOTHING,
    Any: ANYTHING,
    object: ANYTHING,
    str: TEXT,
    bytes: Plain("bytes", bytes),
    bool: Plain("True or False", bool),
    int: Number(whole=True),
    float: Number(whole=False),
}


def kind_of(hint: Any, like: object = None) -> Kind:  # noqa: ANN401 a hint is of any type
    """Return what an evaluated type hint accepts.

    Args:
        hint: the hint.
        like: the argument's default, or the example its hint gives: text and numbers are read as such a value.

    """
    if get_origin(hint) is Annotated and get_args(hint)[1] is AtSynth:
        return Words(get_args(get_args(hint)[0]), at_synth=True)
    if get_origin(hint) is Annotated:
        return kind_of(get_args(hint)[0], like if like is not None else get_args(hint)[1])
    if get_origin(hint) in (Union, types.UnionType):
        return _union(get_args(hint), like)
    return _kind(hint)


@cache
def _kind(hint: Any) -> Kind:  # noqa: ANN401 a hint is of any type
    if hint in _PLAIN:
        return _PLAIN[hint]
    origin, inner = get_origin(hint), get_args(hint)
    if origin is Literal:
        return Words(inner)
    if isinstance(origin, type):
        return _generic(origin, inner)
    if not isinstance(hint, type) or isinstance(hint, TypeVar | ForwardRef):
        return ANYTHING
    return _class(hint)


def _class(hint: type) -> Kind:
    if issubclass(hint, enum.Enum):
        return Words([member.value for member in hint], hint)
    if is_typeddict(hint):
        return Labels(TEXT, ANYTHING)
    if getattr(hint, "_is_protocol", False):
        return Shape(hint)
    generic = {Mapping: Labels(ANYTHING, ANYTHING), Callable: Function(), type: Class()}
    return generic.get(hint) or Instance(hint)


def _generic(origin: type, inner: tuple[Any, ...]) -> Kind:
    if origin is type:
        return Class()
    if origin.__module__ not in ("builtins", "collections.abc"):
        # NumPy takes for an array whatever it can make one of.
        return ANYTHING if origin.__module__ == "numpy" else Instance(origin)
    if issubclass(origin, Mapping):
        return Labels(kind_of(inner[0]), kind_of(inner[1]))
    if origin is tuple and inner[-1] is not Ellipsis:
        return Fixed([kind_of(item) for item in inner])
    if issubclass(origin, tuple):
        return Several(kind_of(inner[0]), make=tuple)
    if issubclass(origin, Sequence | Collection):
        return Several(kind_of(inner[0]), once=not issubclass(origin, Sequence))
    if issubclass(origin, Iterable):
        return Several(kind_of(inner[0]), once=True)
    return Function()


def _union(hints: tuple[Any, ...], like: object) -> Kind:
    """Return the kinds of a union.

    The words beside an enumeration are its own. Text and numbers beside a class that reads them are read, and words
    beside text are examples.
    """
    if any(getattr(get_origin(hint) or hint, "__module__", "").startswith("numpy") for hint in hints):
        return ANYTHING
    classes = {hint for hint in hints if isinstance(hint, type)}
    literals = {hint for hint in hints if get_origin(hint) is Literal}
    absorbed = {str, *literals} if any(issubclass(hint, enum.Enum) for hint in classes) else set()
    reads = str in classes and set(hints) <= {*_READERS, str, int, float, type(None)}
    if reads and classes & _READERS.keys():
        absorbed = {str, int, float}
    elif str in classes:
        absorbed |= literals
    kinds = [
        Instance(hint, like, reads=True) if reads and hint in _READERS else kind_of(hint, like)
        for hint in hints
        if hint not in absorbed
    ]
    return kinds[0] if len(kinds) == 1 else OneOf(kinds)


def _plural(noun: str) -> str:
    """Return a noun as the items of a list are called: without its article."""
    return noun.removeprefix("a ").removeprefix("an ") if " or " not in noun else noun


def article(word: str) -> str:
    """Return the article that goes before a word."""
    return "an" if word[:1].lower() in "aeiou" else "a"
