"""What counts as killed, as equivalent and as wording, on a module as mutmut writes it."""

from __future__ import annotations

from tests.mutants.judging import Listed, Report, read_mutants

MUTATED = """
def x_limit__mutmut_orig(value: int) -> int:
    if value > 5:
        raise ValueError("too large")
    return min(value, 5)

def x_limit__mutmut_1(value: int) -> int:
    if value >= 5:
        raise ValueError("too large")
    return min(value, 5)

def x_limit__mutmut_2(value: int) -> int:
    if value > 5:
        raise ValueError("XXtoo largeXX")
    return min(value, 5)

def x_limit__mutmut_3(value: int) -> int:
    if value > 5:
        raise ValueError("too large")
    return min(value, 6)

def x_limit__mutmut_4(value: int) -> int:
    if value > 5:
        raise ValueError(None)
    return min(value, 5)

class Rule:
    def xǁRuleǁproblems__mutmut_orig(self):
        allowed = "a rule"
        yield Problem("where", "got", allowed, "Write it.")

    def xǁRuleǁproblems__mutmut_1(self):
        allowed = "A RULE"
        yield Problem("where", "got", allowed, "Write it.")

    def xǁRuleǁproblems__mutmut_2(self):
        allowed = "a rule"
        yield Problem("WHERE", "got", allowed, "Write it.")
"""
STATUSES = """\rsome progress
    northsouth.a.x_limit__mutmut_1: killed
    northsouth.a.x_limit__mutmut_2: survived
    northsouth.a.x_limit__mutmut_3: survived
    northsouth.a.x_limit__mutmut_4: caught by type check
    northsouth.a.xǁRuleǁproblems__mutmut_1: survived
    northsouth.a.xǁRuleǁproblems__mutmut_2: no tests
"""
SIX = "- return min(value, 5)\n+ return min(value, 6)"
WHERE = "- yield Problem('where', 'got', allowed, 'Write it.')\n+ yield Problem('WHERE', 'got', allowed, 'Write it.')"
MUTANTS = read_mutants("northsouth.a", STATUSES, MUTATED)


def listed(function: str, change: str, *, equivalent: bool = False) -> Listed:
    return Listed("northsouth.a", function, [f"{change}\n"], "it is so", equivalent)


def test_mutants_are_read_with_what_they_change() -> None:
    assert [(each.function, each.killed, each.wording) for each in MUTANTS] == [
        ("limit", True, False),
        ("limit", False, True),
        ("limit", False, False),
        ("limit", True, False),
        ("Rule.problems", False, True),
        ("Rule.problems", False, False),
    ]
    assert [each.change for each in MUTANTS if not (each.killed or each.wording)] == [SIX, WHERE]


def test_a_survivor_that_is_not_listed_fails() -> None:
    report = Report("northsouth.a", MUTANTS, [listed("limit", SIX, equivalent=True)])
    assert [each.change for each in report.unlisted] == [WHERE]
    assert not report.passed
    assert "score 66.7% (2 killed, 2 survive: 1 of them equivalent, 1 not listed; 2 of wording)" in report.text()
    assert "  not listed: Rule.problems\n    - yield Problem('where'" in report.text()


def test_listed_survivors_pass_if_enough_others_are_killed() -> None:
    equivalent = [listed("limit", SIX, equivalent=True), listed("Rule.problems", WHERE, equivalent=True)]
    assert Report("northsouth.a", MUTANTS, equivalent).passed
    accepted = [listed("limit", SIX), listed("Rule.problems", WHERE)]
    report = Report("northsouth.a", MUTANTS, accepted)
    assert not report.unlisted
    assert (report.score, report.passed) == (0.5, False)


def test_a_listed_change_that_is_killed_is_reported() -> None:
    change = "- if value > 5:\n+ if value >= 5:"
    report = Report("northsouth.a", MUTANTS, [listed("limit", change)])
    assert report.outdated == [("limit", change)]
    assert "listed, but no survivor: limit" in report.text()
