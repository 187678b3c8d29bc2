import pytest

from northsouth.emulator.alarm_rules import RuleSyntaxError, parse

STATES = {"a": "ALARM", "b": "ALARM", "fine": "OK", "new": "INSUFFICIENT_DATA"}


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("TRUE", True),
        ("FALSE", False),
        ("ALARM(a)", True),
        ('ALARM("a")', True),
        ("OK(a)", False),
        ("INSUFFICIENT_DATA(new)", True),
        ("ALARM(a) AND OK(fine)", True),
        ("ALARM(fine) OR ALARM(new) OR ALARM(b)", True),
        ("ALARM(a) AND NOT ALARM(b)", False),
        ("ALARM(a) OR ALARM(b) AND FALSE", True),  # AND binds closer
        ("(ALARM(a) OR ALARM(b)) AND FALSE", False),
        ("NOT (ALARM(fine) AND ALARM(a))", True),
        ("NOT NOT ALARM(a)", True),
        ('AT_LEAST(2, ALARM, ("a", "b", "fine"))', True),
        ("AT_LEAST(3, ALARM, (a, b, fine))", False),
        ("AT_LEAST(50%, ALARM, (a, b, fine, new))", True),
        ("AT_LEAST(60%, ALARM, (a, b, fine, new))", False),
        ('  ALARM( "a" )\n  AND OK ("fine")  ', True),
    ],
)
def test_a_rule_is_evaluated(rule: str, expected: bool) -> None:
    assert parse(rule).holds(lambda name: STATES[name]) is expected


def test_the_alarms_of_a_rule_are_found_once_each() -> None:
    rule = 'ALARM("two words") AND (OK(b) OR NOT ALARM(b)) AND AT_LEAST(1, OK, (c, d))'
    assert parse(rule).alarms == ("two words", "b", "c", "d")


@pytest.mark.parametrize(
    ("rule", "complaint"),
    [
        ("", "unexpected 'end'"),
        ("ALARM", "expected '\\('"),
        ("ALARM()", "name of an alarm is missing"),
        ("ALARM(a", "expected '\\)'"),
        ("ALARM(a) ALARM(b)", "expected the end|expected 'the end'"),
        ("ALARM(a) AND", "unexpected 'end'"),
        ("BROKEN(a)", "unexpected 'BROKEN'"),
        ("alarm(a)", "unexpected 'alarm'"),
        ("(ALARM(a)", "expected '\\)'"),
        ('ALARM("a)', "unexpected"),
        ("AT_LEAST(0, ALARM, (a))", "number or percentage"),
        ("AT_LEAST(2, ALARM, (a))", "can never hold"),
        ("AT_LEAST(1, BROKEN, (a))", "needs a state"),
    ],
)
def test_a_rule_that_does_not_follow_the_language(rule: str, complaint: str) -> None:
    with pytest.raises(RuleSyntaxError, match=complaint):
        parse(rule)
