"""The report: every problem, readable, with a path to each."""

import pickle

import pytest

from northsouth.errors import ConfigurationError, Problem, refuse

TTL = Problem("ttl", "0", "at least 1 s: the provider never sends 0", "Use 1 or more.", "provider source")


def test_a_problem_says_where_what_the_limit_and_the_fix() -> None:
    assert str(TTL) == "ttl: got 0; at least 1 s: the provider never sends 0 (provider source). Use 1 or more."


@pytest.mark.parametrize(
    ("where", "expected"),
    [("ttl", "hub.ttl"), ("[2]", "hub[2]"), ("", "hub"), ("names[0].target", "hub.names[0].target")],
)
def test_within_goes_one_level_up(where: str, expected: str) -> None:
    assert Problem(where, "x", "y", "z").within("hub").where == expected


def test_refuse_reports_all_groups_at_once() -> None:
    with pytest.raises(ConfigurationError) as caught:
        refuse("DnsOverrides 'hub'", [TTL], [], [TTL.within("set")])
    assert str(caught.value).splitlines()[0] == "2 problems in DnsOverrides 'hub':"
    assert [problem.where for problem in caught.value.problems] == ["ttl", "set.ttl"]
    assert isinstance(caught.value, ValueError)


def test_refuse_is_silent_without_problems() -> None:
    refuse("anything", [], ())


def test_the_error_survives_another_process() -> None:
    error = ConfigurationError("x", [TTL])
    again = pickle.loads(pickle.dumps(error))
    assert again.problems == error.problems
    assert str(again) == str(error)
