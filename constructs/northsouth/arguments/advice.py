"""What to write instead of a value that an argument does not take: one sentence, from the first rule that knows one."""

from __future__ import annotations

import datetime
import difflib
import enum
import inspect
import os
import re
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from types import FrameType
from typing import NamedTuple

from northsouth.arguments.kinds import (
    NOTHING,
    TEXT,
    Class,
    Fixed,
    Function,
    Id,
    Instance,
    Kind,
    Labels,
    Number,
    OneOf,
    Plain,
    Scope,
    Several,
    Shape,
    Words,
    Wrong,
)
from northsouth.arguments.shown import is_construct, is_ours, shown, spelled
from northsouth.errors import Problem
from northsouth.tokens import is_map_token, is_token

_SECRET = re.compile(r"secret|password|token|api_?key|webhook|\burl\b", re.IGNORECASE)
_ACTIONS = frozenset({"actions", "alarm", "ok", "insufficient_data", "critical", "warning", "arns", "topics"})

_UNITS = {"days": 86400, "hours": 3600, "minutes": 60}

_EXAMPLES: dict[str, str] = {
    "Condition": "Write a comparison of a metric with a number, as in errors > count(5).",
    "Truth": "Write a comparison of a metric with a number, as in errors > count(5).",
    "TerraformProvider": 'Give the provider itself: AwsProvider(self, "west", alias="west", region="us-west-2").',
    "NetworkSource": "Give a Network, or Network.existing(vpc_id=…, private_subnets={…}, …).",
    "Gateways": 'Give the NatGateways, or ExistingGateways({"us-east-1a": "nat-…"}).',
    "Named": "Give the alarm itself: what Alarm(…), CompositeAlarm(…) or a pack's method returned.",
    "Secret": "Put it into AWS Secrets Manager and give Secret.stored(arn), or give Secret.variable(name).",
    "HasDnsName": "Give a host name in quotes, or what has one: a load balancer, a record, an interface endpoint.",
    "Workspace": 'Give a PrometheusWorkspace, or PrometheusWorkspace.existing("ws-…").',
}
"""What to write where the class's own named constructors do not say it."""

_MADE_FROM: dict[tuple[str, str], str] = {
    ("NetworkSource", "Vpc"): "Give Network.existing(vpc_id={name}.id, private_subnets={{…}}, …).",
    ("NetworkSource", "DataAwsVpc"): "Give Network.existing(vpc_id={name}.id, private_subnets={{…}}, …).",
    ("Gateways", "NatGateway"): 'Give ExistingGateways({{"us-east-1a": {name}.id}}).',
    ("Response", "SnsTopic"): 'Give Response.notify("https://…", {name}.arn): the runbook, and who is notified.',
    ("Workspace", "PrometheusWorkspace"): "Give PrometheusWorkspace.existing({name}.id, arn={name}.arn).",
}
"""How a value that is wanted is made of a resource that was given."""


class Mismatch(NamedTuple):
    """A value that does not fit, with what the rules of advice look at.

    Attributes:
        value: the value.
        kind: what is wanted.
        argument: the argument's name.
        optional: whether the argument may be left out.
        frame: the caller.

    """

    value: object
    kind: Kind
    argument: str
    optional: bool
    frame: FrameType | None

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """The expected kinds, without ``None``."""
        kinds = self.kind.kinds if isinstance(self.kind, OneOf) else (self.kind,)
        return tuple(kind for kind in kinds if kind is not NOTHING)

    @property
    def name(self) -> str:
        """How the caller's program calls the value."""
        return spelled(self.value, self.frame)

    def of(self, kind: type[Kind]) -> Kind | None:
        """Return the expected kind of a class, if there is one."""
        return next((candidate for candidate in self.kinds if isinstance(candidate, kind)), None)


def problem(wrong: Wrong, argument: str, *, optional: bool, frame: FrameType | None) -> Problem:
    """Return what is wrong with a value, and what to write instead.

    Args:
        wrong: the value, its place and what is wanted there.
        argument: the name of the argument that it is, or is part of.
        optional: whether the argument may be left out.
        frame: the caller, whose names for the objects are used.

    """
    secret = bool(_SECRET.search(argument)) or "Secret" in wrong.kind.noun
    mismatch = Mismatch(wrong.value, wrong.kind, argument, optional and wrong.where == argument, frame)
    rule = f"it is {wrong.kind.noun}"
    return Problem(wrong.where, shown(wrong.value, secret=secret), rule, advice(mismatch))


def advice(mismatch: Mismatch) -> str:
    """Return the sentence of the first rule that knows one."""
    return next(filter(None, (rule(mismatch) for rule in _RULES)))


def missing(name: str, kind: Kind, frame: FrameType | None) -> Problem:
    """Return the problem of a missing required argument."""
    mismatch = Mismatch(None, kind, name, optional=False, frame=frame)
    return Problem(
        name, "nothing", f"it is required: {kind.noun}", _ours_for_another(mismatch) or f"Add {name}=… to the call."
    )


def unknown(name: str, names: Iterator[str], callable_name: str) -> Problem:
    """Return the problem of an unknown argument, with the closest argument that exists."""
    known = list(names)
    near = difflib.get_close_matches(name.lower(), known, n=1, cutoff=0.5) or [
        argument for argument in known if argument.rstrip("s") == name.rstrip("s") or name in argument.split("_")
    ]
    listed = f"Its arguments are {', '.join(known)}." if known else "Leave it out: there are no arguments."
    rule = f"{callable_name} has no such argument"
    return Problem(name, "an unknown argument", rule, f"Did you mean {near[0]!r}?" if near else listed)


def _none(mismatch: Mismatch) -> str | None:
    if mismatch.value is not None or not mismatch.optional:
        return None
    return f"Leave {mismatch.argument} out, or give {mismatch.kind.noun}."


def _scope(mismatch: Mismatch) -> str | None:
    if not isinstance(mismatch.kind, Scope):
        return None
    stack = " An app holds stacks: make a TerraformStack(app, …) first." if is_construct(mismatch.value) else ""
    return f"Give the stack, or the construct, that it belongs to, as the first argument: mostly `self`.{stack}"


def _expression(mismatch: Mismatch) -> str | None:
    """Say what to do about a value of Terraform where synth needs the real one, or another type."""
    if is_map_token(mismatch.value):
        return (
            "Only Terraform knows this map, and its keys are needed now. Write the mapping in Python; its values may "
            'be of Terraform: {"team": Fn.lookup(…, "team")}.'
        )
    if type(mismatch.value).__name__ == "TerraformVariable":
        return _variable(mismatch)
    several = mismatch.of(Several)
    if not is_token(mismatch.value) or (isinstance(several, Several) and several.item.fits(mismatch.value)):
        return None
    for kind, method in ((Number, "as_number"), (Plain, "as_string")):
        wanted = mismatch.of(kind)
        if wanted is TEXT or isinstance(wanted, Number):
            return f"Make it {wanted.noun} first: Token.{method}(…)."
    if any(isinstance(kind, Instance | Shape) for kind in mismatch.kinds):
        return None
    return "Only Terraform knows this value, and synth needs it. Write it in Python."


def _variable(mismatch: Mismatch) -> str:
    for kind, attribute in ((Plain, "string_value"), (Number, "number_value"), (Several, "list_value")):
        wanted = mismatch.of(kind)
        if wanted is TEXT or (wanted and kind is not Plain):
            return f"Give {mismatch.name}.{attribute}."
    return "Only Terraform knows a variable's value, and synth needs it. Write it in Python."


def _not_called(mismatch: Mismatch) -> str | None:
    if isinstance(mismatch.value, enum.EnumType):
        return f"Choose one of its members: {mismatch.value.__name__}.{next(iter(mismatch.value.__members__))}."
    if isinstance(mismatch.value, type):
        return f"Give an object of the class: {_example(mismatch.value)}."
    if inspect.isroutine(mismatch.value) and not isinstance(mismatch.kind, Function):
        return f"Call it: {mismatch.value.__qualname__.removesuffix('.__init__')}({_arguments(mismatch.value)})."
    return None


def _word(mismatch: Mismatch) -> str | None:
    """Say which word or constructor an unknown word stands for."""
    words = mismatch.of(Words)
    if isinstance(words, Words):
        plain = {_plain(str(word)): word for word in words.words}
        text = str(mismatch.value.value if isinstance(mismatch.value, enum.Enum) else mismatch.value)
        near = difflib.get_close_matches(_plain(text), plain, n=1, cutoff=0.6)
        return f"Write {plain[near[0]]!r}." if near else "Write one of these."
    if not isinstance(mismatch.value, str):
        return None
    for kind in mismatch.kinds:
        for name, call in _named_constructors(getattr(kind, "wanted", object)):
            if _plain(name) == _plain(mismatch.value):
                return f"Write {call}."
    return None


def _plain(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", text.lower())


def _one_for_several(mismatch: Mismatch) -> str | None:
    several = mismatch.of(Several)
    if not isinstance(several, Several):
        return None
    if isinstance(mismatch.value, Mapping):
        part = (
            "values"
            if next(iter(mismatch.value), None) is not None and _all_fit(several, mismatch.value.values())
            else ""
        )
        items = getattr(several.item, "wanted", None)
        written = f"[{_example(items)}]" if items else '["…", …]'
        return f"Write a list: list({mismatch.name}.{part}())." if part else f"Write a list: {written}."
    if isinstance(mismatch.value, set | frozenset):
        return "Write a list in place of the set, which has no order: sorted(…)."
    if isinstance(mismatch.value, Iterator):
        return "Write list(…): a generator can be read only once."
    if several.item.fits(mismatch.value):
        text = (
            mismatch.name
            if not isinstance(mismatch.value, str)
            else "…"
            if is_token(mismatch.value)
            else repr(mismatch.value)
        )
        letters = " Python takes a text for the list of its letters." if isinstance(mismatch.value, str) else ""
        return f"Put it in a list: [{text}].{letters}"
    inner = advice(mismatch._replace(kind=several.item, optional=False))
    attribute = re.fullmatch(r"Give ([\w.]+)\.", inner)
    return f"Give [{attribute[1]}]." if attribute else f"{inner.removesuffix('.')}, in a list: [ ]."


def _all_fit(several: Several, values: object) -> bool:
    return all(several.item.fits(value) for value in values)  # type: ignore[attr-defined]


def _labels(mismatch: Mismatch) -> str | None:
    labels = mismatch.of(Labels)
    if not isinstance(labels, Labels):
        return None
    example = '{"name": "value"}' if labels.item is TEXT else '{"name": …}'
    if isinstance(mismatch.value, list | tuple) and all(
        isinstance(pair, tuple) and len(pair) == 2 for pair in mismatch.value
    ):
        return "Write a mapping: dict(…) of these pairs."
    if labels.item is not TEXT and labels.item.fits(mismatch.value):
        value = repr(mismatch.value) if isinstance(mismatch.value, str) else mismatch.name
        return f'Give it a name in a mapping: {{"name": {value}}}.'
    return f"Write a mapping with a name for each: {example}."


def _pair(mismatch: Mismatch) -> str | None:
    fixed = mismatch.of(Fixed)
    return f"Write as many values in parentheses: {fixed.noun}." if fixed else None


def _plain_value(mismatch: Mismatch) -> str | None:
    """Say how a number or a switch is written."""
    value = mismatch.value
    if mismatch.of(Number) and isinstance(value, str):
        number = re.fullmatch(r"\s*([-+]?\d+)(\.\d+)?\s*", value)
        if number:
            return f"Write it without quotes: {value.strip()}."
        start = re.match(r"\s*(\d+)\s*[A-Za-z]", value)
        return f"Write the number alone: {start[1]}." if start else f"Write {mismatch.kind.noun}."
    if mismatch.of(Number) and isinstance(value, float) and value.is_integer():
        return f"Write {int(value)}."
    if mismatch.of(Number) and isinstance(value, datetime.timedelta):
        unit, length = next((entry for entry in _UNITS.items() if entry[0] in mismatch.argument), ("seconds", 1))
        return f"Write the {unit}: {int(value.total_seconds() / length)}."
    if any(kind.quick == {bool} for kind in mismatch.kinds):
        true = str(value).strip().lower() in {"true", "yes", "on", "1", "enabled"}
        false = str(value).strip().lower() in {"false", "no", "off", "0", "disabled"}
        return f"Write {true}." if true or false else "Write True or False."
    return None


def _as_text(mismatch: Mismatch) -> str | None:
    value = mismatch.value
    if TEXT not in mismatch.kinds:
        return None
    if isinstance(value, bool):
        return f'Write it in quotes: "{str(value).lower()}".'
    if isinstance(value, int | float):
        return "Make it a text first: Token.as_string(…)." if is_token(value) else f'Write it in quotes: "{value}".'
    if isinstance(value, datetime.date | datetime.time):
        return f'Write it in quotes: "{value.isoformat()}".'
    if isinstance(value, os.PathLike):
        return f"Write str({mismatch.name})."
    if isinstance(value, bytes):
        return f"Write {mismatch.name}.decode()."
    if isinstance(value, enum.Enum):
        return f"Write {value.value!r}."
    if isinstance(value, list | tuple) and len(value) == 1:
        return "Write the one item, without a list."
    return None


def _resource(mismatch: Mismatch) -> str | None:
    """Name the attribute of a construct that is wanted, or the value that is made of it."""
    value = mismatch.value
    if not is_construct(value):
        return None
    name = mismatch.name
    for kind in mismatch.kinds:
        template = _MADE_FROM.get((getattr(kind, "wanted", object).__name__, type(value).__name__))
        if template and not is_ours(type(value)):
            return template.format(name=name)
    if TEXT in mismatch.kinds:
        attribute = _attribute(mismatch.argument, value)
        return f"Give {name}.{attribute}." if attribute else None
    for attribute, part in getattr(value, "__dict__", {}).items():
        if not attribute.startswith("_") and mismatch.kind.fits(part) and part is not None:
            return f"Give {name}.{attribute}."
    return None


def _attribute(argument: str, value: object) -> str | None:
    """Return the attribute of a resource, or of a construct of ours, that an argument wants."""
    own = {name: part for name, part in getattr(value, "__dict__", {}).items() if not name.startswith("_")}
    for candidate in _candidates(argument):
        if candidate in own and isinstance(own[candidate], str):
            return candidate
        if candidate in own and is_construct(own[candidate]):
            inner = _attribute(argument, own[candidate])
            return f"{candidate}.{inner}" if inner else None
        if isinstance(getattr(type(value), candidate, None), property | cached_property):
            return candidate
    for name, part in own.items():
        if name in argument and is_construct(part):
            return f"{name}.{_attribute(argument, part)}"
    return None


def _candidates(argument: str) -> tuple[str, ...]:
    word = argument.rpartition(".")[2].partition("[")[0]
    if "arn" in word or word in _ACTIONS:
        return ("arn",)
    if word in {"load_balancer", "target_group"}:
        return ("arn_suffix", "arn")
    if "bucket" in word:
        return ("bucket", "id", "arn")
    if word in {"queue", "topic", "rule", "name", "database", "table", "cluster"}:
        return ("name", "id", "arn")
    return (word, "id", "arn", "name")


def _ours_for_another(mismatch: Mismatch) -> str | None:
    """Say how an object of the wanted class, or of the wanted shape, is made."""
    for kind in mismatch.kinds:
        if isinstance(kind, Instance | Shape):
            refusal = kind.refusal(mismatch.value) if isinstance(kind, Instance) else None
            problems = getattr(refusal, "problems", ())
            if problems and isinstance(mismatch.value, str | int):
                return f"{problems[0].allowed[:1].upper()}{problems[0].allowed[1:]}. {problems[0].fix}"
            return _EXAMPLES.get(kind.wanted.__name__) or f"Write {_example(kind.wanted)}."
    return None


def _example(wanted: type) -> str:
    """Return how an object of a class is made: by its named constructors, if it has any, or by the class."""
    calls = [text for _, text in _named_constructors(wanted)]
    if not is_ours(wanted) and hasattr(wanted, "__jsii_type__"):
        return f'{wanted.__name__}(self, "…", …), or the one that there is'
    if not calls:
        return f"{wanted.__name__}({_arguments(wanted.__init__)})"  # type: ignore[misc]
    *most, last = calls[:6]
    return f"{', '.join(most)} or {last}" if most else last


def _named_constructors(wanted: type) -> list[tuple[str, str]]:
    if not is_ours(wanted):
        return []
    return [
        (name, f"{wanted.__name__}.{name}({_arguments(getattr(wanted, name))})")
        for name, member in vars(wanted).items()
        if isinstance(member, classmethod) and not name.startswith("_")
    ]


def _arguments(function: Callable[..., object]) -> str:
    """Return the arguments that a call cannot do without: ``zone=…``."""
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return "…"
    texts: list[str] = []
    several = any(parameter.kind is parameter.VAR_POSITIONAL for parameter in parameters)
    for parameter in parameters:
        if (
            parameter.name in ("self", "cls")
            or parameter.default is not parameter.empty
            or parameter.kind is parameter.VAR_KEYWORD
        ):
            continue
        positional = several or parameter.name in ("scope", "id")
        texts.append({"scope": "self", "id": '"id"'}.get(parameter.name, "…") if positional else f"{parameter.name}=…")
    return ", ".join(texts)


def _otherwise(mismatch: Mismatch) -> str:
    if isinstance(mismatch.kind, Class):
        return "Give the class, without parentheses."
    if isinstance(mismatch.kind, Id):
        return 'Write a name in quotes, as "nat".'
    return "Write a text in quotes." if mismatch.kind is TEXT else f"Give {mismatch.kind.noun}."


_RULES: tuple[Callable[[Mismatch], str | None], ...] = (
    _scope,
    _none,
    _not_called,
    _expression,
    _resource,
    _word,
    _one_for_several,
    _plain_value,
    _as_text,
    _labels,
    _pair,
    _ours_for_another,
    _otherwise,
)
