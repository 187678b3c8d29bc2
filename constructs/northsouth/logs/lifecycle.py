"""How long objects of a bucket live, and in which storage class; pure.

Sources: docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-transition-general-considerations.html and S3's own
refusals, which come at apply, not at plan.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

from northsouth.errors import Problem
from northsouth.tokens import is_token

_SOURCE = "docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-transition-general-considerations.html"

# For each class, the least days before an object may enter it, and the classes it may go to from there.
StorageClass = Literal["STANDARD_IA", "INTELLIGENT_TIERING", "ONEZONE_IA", "GLACIER_IR", "GLACIER", "DEEP_ARCHIVE"]
"""The storage classes that S3's lifecycle moves objects to."""
_MINIMUM_DAYS: dict[str, int] = {
    "STANDARD_IA": 30,
    "INTELLIGENT_TIERING": 0,
    "ONEZONE_IA": 30,
    "GLACIER_IR": 0,
    "GLACIER": 0,
    "DEEP_ARCHIVE": 0,
}
_WATERFALL = {
    "STANDARD_IA": ("INTELLIGENT_TIERING", "ONEZONE_IA", "GLACIER_IR", "GLACIER", "DEEP_ARCHIVE"),
    "INTELLIGENT_TIERING": ("ONEZONE_IA", "GLACIER_IR", "GLACIER", "DEEP_ARCHIVE"),
    "ONEZONE_IA": ("GLACIER", "DEEP_ARCHIVE"),
    "GLACIER_IR": ("GLACIER", "DEEP_ARCHIVE"),
    "GLACIER": ("DEEP_ARCHIVE",),
    "DEEP_ARCHIVE": (),
}
# After one of these, S3 wants 30 days more before the next transition of the same rule.
_STAY_30_DAYS = frozenset({"STANDARD_IA", "ONEZONE_IA"})


@dataclass(frozen=True, slots=True)
class Transition:
    """A move to a cheaper storage class.

    Attributes:
        storage_class: ``STANDARD_IA``, ``INTELLIGENT_TIERING``, ``ONEZONE_IA``, ``GLACIER_IR``, ``GLACIER`` or
            ``DEEP_ARCHIVE``.
        after_days: the object's age in days at which it moves.

    """

    storage_class: StorageClass
    after_days: int


@dataclass(frozen=True, slots=True)
class Lifecycle:
    """How long objects live. Make one with :meth:`expire` or :meth:`keep`.

    Attributes:
        expire_after_days: the age at which objects are deleted; ``None`` keeps them.
        noncurrent_days: days that deleted and overwritten versions stay recoverable.
        transitions: moves to cheaper storage classes, in order of age.

    """

    expire_after_days: int | None
    noncurrent_days: int = 7
    transitions: tuple[Transition, ...] = field(default=())

    @classmethod
    def expire(cls, after_days: int, *, noncurrent_days: int = 7, transitions: Sequence[Transition] = ()) -> Lifecycle:
        """Delete objects when they are ``after_days`` days old.

        Objects under 128 KB are not moved to another class by default, and a quiet load balancer's log objects are
        smaller, so ``transitions`` belong on the archive rather than on a log bucket.
        """
        return cls(after_days, noncurrent_days, tuple(transitions))

    @classmethod
    def keep(cls, *, noncurrent_days: int = 7, transitions: Sequence[Transition] = ()) -> Lifecycle:
        """Keep objects for ever."""
        return cls(None, noncurrent_days, tuple(transitions))


def check_lifecycle(lifecycle: Lifecycle, where: str = "lifecycle") -> Iterator[Problem]:
    """Yield everything in ``lifecycle`` that S3 refuses."""
    yield from _check_days(lifecycle.expire_after_days, f"{where}.expire_after_days")
    yield from _check_days(lifecycle.noncurrent_days, f"{where}.noncurrent_days")
    yield from _check_transitions(lifecycle.transitions, f"{where}.transitions")
    yield from _check_expiry_is_last(lifecycle, where)


def _check_days(days: int | None, where: str, least: int = 1) -> Iterator[Problem]:
    if days is None or is_token(days):
        return
    if isinstance(days, bool) or not isinstance(days, int) or days < least:
        yield Problem(where, repr(days), f"a whole number of days, at least {least}", "Give the age in days.", _SOURCE)


def _check_transitions(transitions: Sequence[Transition], where: str) -> Iterator[Problem]:
    previous: Transition | None = None
    for position, transition in enumerate(transitions):
        here = f"{where}[{position}]"
        if is_token(transition.storage_class) or is_token(transition.after_days):
            previous = None
            continue
        if transition.storage_class not in _MINIMUM_DAYS:
            yield Problem(
                f"{here}.storage_class",
                repr(transition.storage_class),
                f"one of {', '.join(_MINIMUM_DAYS)}",
                "Use one of these classes.",
                _SOURCE,
            )
            previous = None
            continue
        yield from _check_days(transition.after_days, f"{here}.after_days", _MINIMUM_DAYS[transition.storage_class])
        if previous is not None:
            yield from _check_step(previous, transition, here)
        previous = transition


def _check_step(previous: Transition, current: Transition, where: str) -> Iterator[Problem]:
    if current.storage_class not in _WATERFALL[previous.storage_class]:
        onwards = ", ".join(_WATERFALL[previous.storage_class]) or "no other class"
        yield Problem(
            f"{where}.storage_class",
            repr(current.storage_class),
            f"from {previous.storage_class} objects move on to {onwards}",
            "List each class once, from the warmest to the coldest.",
            _SOURCE,
        )
    earliest = previous.after_days + (30 if previous.storage_class in _STAY_30_DAYS else 1)
    if current.after_days < earliest:
        yield Problem(
            f"{where}.after_days",
            repr(current.after_days),
            f"at least {earliest}, after {previous.storage_class} at {previous.after_days}",
            "Let the days rise with the classes.",
            _SOURCE,
        )


def _check_expiry_is_last(lifecycle: Lifecycle, where: str) -> Iterator[Problem]:
    known = [item.after_days for item in lifecycle.transitions if not is_token(item.after_days)]
    expiry = lifecycle.expire_after_days
    if expiry is None or is_token(expiry) or not known or expiry > max(known):
        return
    yield Problem(
        f"{where}.expire_after_days",
        repr(expiry),
        f"more than {max(known)}, the age at the last transition",
        "Expire later, or drop the transition.",
        _SOURCE,
    )
