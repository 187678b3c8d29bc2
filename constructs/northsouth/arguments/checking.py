"""Checks the arguments of a call against the hints of its signature, once the first call has made a plan of them.

A call from within the library is not checked: its arguments come from checked calls, from an environment file or from
its own tests, and mypy reads them.
"""

from __future__ import annotations

import builtins
import dataclasses
import functools
import inspect
import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import FrameType
from typing import Any, get_type_hints

from northsouth.arguments import advice, places, references
from northsouth.arguments.kinds import ANYTHING, Id, Kind, Scope, kind_of
from northsouth.arguments.shown import is_construct
from northsouth.errors import ConfigurationError, Problem, refuse, with_rules
from northsouth.tokens import is_list_token

_CHECKED = "__northsouth_checked__"
_LIBRARY = "northsouth."
_PASSING_ON = frozenset({"jsii._runtime", "functools", "dataclasses"})
"""Modules whose calls are their caller's: jsii's metaclass calls every construct's constructor."""


_WHOLE = frozenset(
    {"actions", "alarm", "cidr_blocks", "critical", "insufficient_data", "ipv6_cidr_blocks", "ok", "security_group_ids"}
    | {"warning"}
)
"""Arguments whose list reaches Terraform as a whole."""


@dataclasses.dataclass(frozen=True, slots=True)
class Parameter:
    """One argument.

    Attributes:
        kind: what it may be.
        default: what it is if left out; `inspect.Parameter.empty` if it may not be.
        whole: whether a list reaches Terraform as a whole, so that synth does not need its items.

    """

    kind: Kind
    default: object
    whole: bool = False

    @property
    def is_required(self) -> bool:
        """Whether it must be given."""
        return self.default is inspect.Parameter.empty


@dataclasses.dataclass(frozen=True, slots=True)
class Plan:
    """What the arguments of one callable may be.

    Attributes:
        positional: the names that may be given by position, in order, ``self`` first.
        by_name: the arguments that may be given by name.
        required: the names of those that must be given.
        rest: what further positional arguments may be; ``None`` if there are none.
        others: what arguments of other names may be; ``None`` if there are none.
        rest_name: the name of the further positional arguments.
        converted: the names of the arguments that the callable may get in another form.
        read_once: the names of the arguments that may be iterators.
        references: by name, what arguments want of a resource.

    """

    positional: tuple[str, ...]
    by_name: Mapping[str, Parameter]
    required: frozenset[str]
    rest: Kind | None
    others: Kind | None
    rest_name: str
    converted: frozenset[str]
    read_once: frozenset[str]
    references: Mapping[str, references.Wanted]

    def fits(self, args: tuple[object, ...], named: Mapping[str, object]) -> bool:
        """Whether a call can be made."""
        if len(args) > len(self.positional):
            rest = self.rest
            if rest is None or not all(rest.fits(value) for value in args[len(self.positional) :]):
                return False
        parameters = self.by_name
        for name, value in zip(self.positional, args, strict=False):
            if not takes(parameters[name], value) or name in named:
                return False
        for name, value in named.items():
            parameter = parameters.get(name)
            if not (takes(parameter, value) if parameter else self.others is not None and self.others.fits(value)):
                return False
        return self._has_all(args, named) and not self._misreferences(args, named)

    def _misreferences(self, args: tuple[object, ...], named: Mapping[str, object]) -> dict[str, object]:
        """Return the arguments that refer to another attribute than the expected one."""
        if not self.references:
            return {}
        arguments = {**dict(zip(self.positional, args, strict=False)), **named}
        if self.rest_name in self.references:
            arguments[self.rest_name] = args[len(self.positional) :]
        return {
            name: arguments[name]
            for name, reference in self.references.items()
            if name in arguments and references.is_wrong(reference, arguments[name])
        }

    def is_of_construct(self, args: tuple[object, ...]) -> bool:
        """Whether it is the constructor, or a method, of a construct."""
        return self._bound == "self" and bool(args) and is_construct(args[0])

    def _has_all(self, args: tuple[object, ...], named: Mapping[str, object]) -> bool:
        return all(name in named or name in self.positional[: len(args)] for name in self.required)

    def is_complete(self, args: tuple[object, ...], named: Mapping[str, object]) -> bool:
        """Whether a call has all required arguments and no unknown ones, whatever their values."""
        return (
            self._has_all(args, named)
            and (self.rest is not None or len(args) <= len(self.positional))
            and not named.keys() & set(self.positional[: len(args)])
            and (self.others is not None or named.keys() <= self.by_name.keys())
        )

    def problems(
        self, args: tuple[object, ...], named: Mapping[str, object], callable_name: str, frame: FrameType | None
    ) -> Iterator[Problem]:
        """Yield everything that is wrong with a call.

        Args:
            args: the positional arguments, with ``self``.
            named: the arguments by name.
            callable_name: the function or class that is called, in words.
            frame: the caller.

        """
        positional = dict(zip(self.positional, args, strict=False))
        names = [name for name in self.by_name if name != self._bound]
        misspelt = [name for name in named if name not in self.by_name] if self.others is None else []
        yield from self._surplus(args, names, callable_name, frame)
        yield from (advice.unknown(name, iter(names), callable_name) for name in misspelt)
        for name in named.keys() & positional.keys():
            yield Problem(name, "two values", f"{callable_name} takes one", "Leave one of them out.")
        for name, value in {**positional, **named}.items():
            yield from self._wrong(name, value, frame)
        for name, value in self._misreferences(args, named).items():
            yield from references.problems(self.references[name], value, name)
        suggestions = {
            problem.fix for problem in (advice.unknown(name, iter(names), callable_name) for name in misspelt)
        }
        if self.rest is None and len(args) > len(self.positional):
            return
        for name in self.by_name:
            absent = name in self.required and name not in positional and name not in named
            if absent and f"Did you mean {name!r}?" not in suggestions:
                yield advice.missing(name, self.by_name[name].kind, frame)

    @property
    def _bound(self) -> str:
        return self.positional[0] if self.positional[:1] in (("self",), ("cls",)) else ""

    def _surplus(
        self, args: tuple[object, ...], names: list[str], callable_name: str, frame: FrameType | None
    ) -> Iterator[Problem]:
        surplus = args[len(self.positional) :]
        if self.rest is None and surplus:
            by_name = [name for name in names if name not in self.positional]
            fix = f"Give the others by name: {by_name[0]}=…" if by_name else "Leave the others out"
            count = len(self.positional) - bool(self._bound)
            rule = f"{callable_name} takes {count or 'none'} without a name"
            yield Problem("the arguments", f"{len(args) - bool(self._bound)} without a name", rule, f"{fix}.")
        elif self.rest is not None:
            for number, value in enumerate(surplus):
                for wrong in self.rest.wrong(value, f"{self.rest_name}[{number}]"):
                    yield advice.problem(wrong, self.rest_name, optional=False, frame=frame)

    def _wrong(self, name: str, value: object, frame: FrameType | None) -> Iterator[Problem]:
        parameter = self.by_name.get(name)
        if parameter is None:
            if self.others is not None:
                for wrong in self.others.wrong(value, name):
                    yield advice.problem(wrong, name, optional=False, frame=frame)
        elif not takes(parameter, value):
            wrongs = list(parameter.kind.wrong(value, name))
            if not wrongs:
                rule = "it is read item by item at synth"
                fix = "Write the list in Python; its items may be of Terraform: [Fn.element(…, 0)]."
                yield Problem(name, "a list that only Terraform knows", rule, fix)
            for wrong in wrongs:
                yield advice.problem(wrong, name, optional=not parameter.is_required, frame=frame)

    def listed(
        self, args: tuple[object, ...], named: Mapping[str, object]
    ) -> tuple[tuple[object, ...], dict[str, object]]:
        """Return the arguments with lists in place of iterators, whose items can be looked at only once."""

        def read(name: str, value: object) -> object:
            return list(value) if name in self.read_once and isinstance(value, Iterator) else value

        positional = [read(name, value) for name, value in zip(self.positional, args, strict=False)]
        rest = args[len(self.positional) :]
        return (*positional, *rest), {name: read(name, value) for name, value in named.items()}

    def taken(self, args: tuple[object, ...], named: dict[str, object]) -> tuple[tuple[object, ...], dict[str, object]]:
        """Return the arguments in the form that the callable gets."""
        positional = [
            self.by_name[name].kind.taken(value) if name in self.converted else value
            for name, value in zip(self.positional, args, strict=False)
        ]
        changed = {
            name: self.by_name[name].kind.taken(value) if name in self.converted else value
            for name, value in named.items()
        }
        return (*positional, *args[len(self.positional) :]), changed


def takes(parameter: Parameter, value: object) -> bool:
    """Whether an argument may have a value."""
    kind = parameter.kind
    if type(value) in kind.quick or value is parameter.default:
        return True
    return kind.fits(value) and (parameter.whole or not is_list_token(value))


def plan_of(function: Callable[..., Any], owner: type | None) -> Plan:
    """Return the plan of a function, or of a method of the class ``owner``; evaluates its hints."""
    # A dataclass's own hints, since those of its generated constructor lack the names of its module.
    generated = owner is not None and function.__name__ == "__init__" and dataclasses.is_dataclass(owner)
    hints = _hints(owner if generated else function)
    every = inspect.signature(function).parameters
    kinds = {
        name: kind_of(hints[name], _example(parameter.default)) if name in hints else ANYTHING
        for name, parameter in every.items()
    }
    if function.__name__ == "__init__" and {"scope", "id"} <= kinds.keys():
        kinds.update(scope=Scope(), id=Id())
    rest = next((name for name, parameter in every.items() if parameter.kind is parameter.VAR_POSITIONAL), "")
    others = next((name for name, parameter in every.items() if parameter.kind is parameter.VAR_KEYWORD), "")
    single = {name: parameter for name, parameter in every.items() if name not in (rest, others)}
    parameters = {name: Parameter(kinds[name], parameter.default, name in _WHOLE) for name, parameter in single.items()}
    return Plan(
        positional=tuple(name for name, parameter in single.items() if parameter.kind is not parameter.KEYWORD_ONLY),
        by_name=parameters,
        required=frozenset(name for name, parameter in parameters.items() if parameter.is_required),
        rest=kinds.get(rest),
        others=kinds.get(others),
        rest_name=rest,
        converted=frozenset(name for name in parameters if kinds[name].converts),
        read_once=frozenset(name for name in parameters if kinds[name].reads_once),
        references={
            name: reference
            for name in every
            if (reference := references.wanted_by(name, function.__qualname__)) is not None
        },
    )


def _hints(declared: Any) -> dict[str, Any]:  # noqa: ANN401 a class or a function
    """Return the hints of a function, or of a class's fields; an alias that names itself stands for anything."""
    try:
        return get_type_hints(declared, include_extras=True)
    except NameError:
        names = {**vars(builtins), **vars(sys.modules[declared.__module__])}
        return get_type_hints(declared, localns=_Names(names), include_extras=True)


class _Names(dict[str, Any]):
    """The names of a module; another one, of the module that an alias comes from, stands for anything."""

    def __missing__(self, name: str) -> object:
        return Any


def _example(default: object) -> object:
    return None if default is inspect.Parameter.empty else default


def checked(function: Callable[..., Any], owner: type | None = None) -> Callable[..., Any]:
    """Return a function that refuses wrong arguments in one report, before it calls the given one.

    Args:
        function: a function, a method, or a constructor (``__init__``).
        owner: the class that it belongs to.

    """
    if hasattr(function, _CHECKED):
        return function
    plans: list[Plan] = []

    @functools.wraps(function)
    def call(*args: Any, **named: Any) -> Any:  # noqa: ANN401 whatever the function takes and returns
        frame = _frame()
        if frame is None or frame.f_globals.get("__name__", "").startswith(_LIBRARY):
            return function(*args, **named)
        if not plans:
            plans.append(plan_of(function, owner))
        plan = plans[0]
        if plan.read_once:
            args, named = plan.listed(args, named)
        if not plan.fits(args, named):
            callable_name = _callable_name(function, args)
            subject = _subject(function, args, named)
            problems = list(plan.problems(args, named, callable_name, frame))
            raise _report(subject, problems, plan, function, args, named) from None
        if plan.is_of_construct(args) and (misplaced := _misplaced(plan, args, named)):
            raise _report(_subject(function, args, named), misplaced, plan, function, args, named) from None
        if plan.converted:
            args, named = plan.taken(args, named)
        try:
            return function(*args, **named)
        except RuntimeError as error:
            _refuse_place(error, _subject(function, args, named))
            raise

    setattr(call, _CHECKED, True)
    return call


def _misplaced(plan: Plan, args: tuple[object, ...], named: dict[str, object]) -> list[Problem]:
    """Return the literal ARNs in a call of a construct that are of another place than its provider's."""
    arguments = {**dict(zip(plan.positional, args, strict=False)), **named}
    mine = arguments.pop(plan.positional[0])
    arns = places.arns({**arguments, plan.rest_name: args[len(plan.positional) :]})
    if not arns:
        return []
    from northsouth.identity import place_at_synth

    scope: Any = arguments.get("scope", mine)
    provider: Any = arguments.get("provider", getattr(mine, "_provider", None))
    region = arguments.get("region")

    def problems(place: places.Place) -> list[Problem]:
        return list(places.problems(arns, place._replace(region=region) if isinstance(region, str) else place))

    return problems(place_at_synth(scope, provider)) and problems(place_at_synth(scope, provider, anew=True))


def _report(
    subject: str,
    problems: Sequence[Problem],
    plan: Plan,
    function: Callable[..., Any],
    args: tuple[object, ...],
    named: dict[str, object],
) -> ConfigurationError:
    """Return the report of a call that does not fit, with what the rules say of it where it can be made at all."""
    complete = plan.is_complete(args, named)
    place = {"scope", "id"} & {problem.where for problem in problems}
    if not complete or place:
        return ConfigurationError(subject, problems)
    report = with_rules(subject, problems, lambda: function(*args, **named))
    if function.__name__ == "__init__" and "scope" in plan.by_name:
        # A construct that has no rules was made; it does not stay.
        arguments = {**dict(zip(plan.positional, args, strict=False)), **named}
        tree: Any = arguments["scope"]
        if tree.node.try_find_child(arguments["id"]) is args[0]:
            tree.node.try_remove_child(arguments["id"])
    return report


def _refuse_place(error: RuntimeError, subject: str) -> None:
    """Say in one report what the CDK says in its own words of the place of a construct: its scope and its id."""
    conflict = re.match(r"There is already a Construct with name '(.*)' in (.*)", str(error))
    if conflict:
        fix = "Give this one another id, or remove it."
        refuse(subject, [Problem("id", repr(conflict[1]), f"{conflict[2]} has a construct of this id", fix)])
    if "No stack could be identified" in str(error):
        problem = Problem("scope", "a construct outside a stack", "it is a construct in a stack", "Give the stack.")
        refuse(subject, [problem])


def _frame() -> FrameType | None:
    """Return the caller's frame: above the checking function, without frames that only pass a call on."""
    frame = sys._getframe(2)
    while frame is not None and frame.f_globals.get("__name__") in _PASSING_ON:
        frame = frame.f_back  # type: ignore[assignment]
    return frame


def _callable_name(function: Callable[..., Any], args: tuple[object, ...]) -> str:
    """Return what is called, as a program writes it."""
    if function.__name__ == "__init__":
        return type(args[0]).__name__
    names = function.__qualname__.split(".")
    if (
        len(names) > 1
        and args
        and names[0] in {base.__name__ for base in getattr(args[0], "__mro__", type(args[0]).__mro__)}
    ):
        names[0] = args[0].__name__ if isinstance(args[0], type) else type(args[0]).__name__
    return f"{'.'.join(names)}()"


def _subject(function: Callable[..., Any], args: tuple[object, ...], named: Mapping[str, object]) -> str:
    """Return what a report calls a call: a construct by its id, which it may not have yet."""
    callable_name = _callable_name(function, args)
    if function.__name__ == "__init__":
        own = named.get("id", args[2] if len(args) > 2 else None)
        has_id = is_construct(args[0]) and isinstance(own, str)
        return f"{callable_name} {own!r}" if has_id else callable_name
    if args and is_construct(args[0]):
        return f"{type(args[0]).__name__} {args[0].node.id!r}, {function.__name__}()"  # type: ignore[attr-defined]
    return callable_name
