"""Lifecycles that S3 would refuse at apply are refused at synth."""

import pytest
from cdktf import Token

from northsouth.logs.lifecycle import Lifecycle, Transition, check_lifecycle

IA_30 = Transition("STANDARD_IA", 30)
COLD = Transition("GLACIER", 30)
"""As an environment file may have it: the class of storage is a key there, which only the rule judges."""
object.__setattr__(COLD, "storage_class", "COLD")


@pytest.mark.parametrize(
    "lifecycle",
    [
        Lifecycle.expire(90),
        Lifecycle.expire(1, noncurrent_days=1),
        Lifecycle.keep(),
        Lifecycle.expire(400, transitions=[IA_30, Transition("GLACIER_IR", 90), Transition("DEEP_ARCHIVE", 365)]),
        Lifecycle.keep(transitions=[Transition("GLACIER", 0)]),
        Lifecycle.expire(61, transitions=[IA_30, Transition("GLACIER", 60)]),
        Lifecycle.expire(Token.as_number({"Ref": "days"})),
        Lifecycle.expire(50, transitions=[Transition("${var.storage_class}", 40)]),
    ],
)
def test_good_lifecycles(lifecycle: Lifecycle) -> None:
    assert list(check_lifecycle(lifecycle)) == []


@pytest.mark.parametrize(
    ("lifecycle", "where", "rule"),
    [
        (Lifecycle.expire(0), "lifecycle.expire_after_days", "at least 1"),
        (Lifecycle.expire(-5), "lifecycle.expire_after_days", "at least 1"),
        (Lifecycle.expire(90, noncurrent_days=0), "lifecycle.noncurrent_days", "at least 1"),
        (
            Lifecycle.keep(transitions=[Transition("STANDARD_IA", 7)]),
            "lifecycle.transitions[0].after_days",
            "at least 30",
        ),
        (
            Lifecycle.keep(transitions=[Transition("ONEZONE_IA", 29)]),
            "lifecycle.transitions[0].after_days",
            "at least 30",
        ),
        (Lifecycle.keep(transitions=[Transition("GLACIER", -1)]), "lifecycle.transitions[0].after_days", "at least 0"),
        (
            Lifecycle.keep(transitions=[COLD]),
            "lifecycle.transitions[0].storage_class",
            "one of STANDARD_IA",
        ),
        (
            Lifecycle.keep(transitions=[Transition("GLACIER", 90), Transition("STANDARD_IA", 120)]),
            "lifecycle.transitions[1].storage_class",
            "from GLACIER objects move on to DEEP_ARCHIVE",
        ),
        (
            Lifecycle.keep(transitions=[Transition("DEEP_ARCHIVE", 90), Transition("DEEP_ARCHIVE", 120)]),
            "lifecycle.transitions[1].storage_class",
            "no other class",
        ),
        (
            Lifecycle.keep(transitions=[Transition("ONEZONE_IA", 30), Transition("GLACIER_IR", 90)]),
            "lifecycle.transitions[1].storage_class",
            "from ONEZONE_IA objects move on to GLACIER, DEEP_ARCHIVE",
        ),
        (
            Lifecycle.keep(transitions=[IA_30, Transition("GLACIER", 45)]),
            "lifecycle.transitions[1].after_days",
            "at least 60",
        ),
        (
            Lifecycle.keep(transitions=[Transition("GLACIER_IR", 10), Transition("GLACIER", 10)]),
            "lifecycle.transitions[1].after_days",
            "at least 11",
        ),
        (Lifecycle.expire(30, transitions=[IA_30]), "lifecycle.expire_after_days", "more than 30"),
    ],
)
def test_bad_lifecycles(lifecycle: Lifecycle, where: str, rule: str) -> None:
    [problem] = check_lifecycle(lifecycle)
    assert problem.where == where
    assert rule in problem.allowed
