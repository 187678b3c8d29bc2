"""Bad routes are refused with the place, the reason and never the secret; good ones pass."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pytest

from northsouth.alerts.routes import Email, Route, Routes, Secret
from northsouth.alerts.routes.rules import route_problems, unused_problems
from northsouth.errors import ConfigurationError, Problem
from tests.alerts.routes.receivers import ALL, ARN, EMAIL, PAGERDUTY, ROUTES, SLACK, SMS, WEBHOOK

TOKEN = "${TfToken[TOKEN.1]}"
PLAIN: Any = "xoxb-very-secret"


def problems(routes: Routes, name: str = "edge") -> list[Problem]:
    return list(route_problems(routes, name=name))


def alone(receiver: Any) -> Routes:
    return Routes.by_severity(critical=[receiver])


def problem(found: Iterable[Problem], where: str, reason: str) -> Problem:
    matching = [each for each in found if each.where == where and reason in str(each)]
    assert matching, [str(each) for each in found]
    return matching[0]


def test_all_kinds_of_receivers_pass() -> None:
    assert problems(ROUTES) == []


@pytest.mark.parametrize("receiver", [each for each in ALL if hasattr(each, "secret")], ids=lambda each: each.name)
def test_a_secret_is_a_reference(receiver: Any) -> None:
    where = "routes[0].receivers[0].secret"
    for other, given in ((None, "got None"), (PLAIN, "got a text")):
        with pytest.raises(ConfigurationError, match=f"secret: {given}; it is a Secret") as refused:
            replace(receiver, secret=other)
        assert PLAIN not in str(refused.value)
    for wrong in (Secret.reference(PLAIN), Secret.stored(PLAIN), Secret.variable("no variable " + PLAIN)):
        found = problem(problems(alone(replace(receiver, secret=wrong))), where, "")
        assert PLAIN not in str(found)
    problem(problems(alone(replace(receiver, secret=Secret.stored(ARN, 'a"b')))), f"{where}.key", "letters")
    for right in (Secret.variable("slack_token"), Secret.reference(TOKEN), Secret.stored(TOKEN, "key")):
        assert problems(alone(replace(receiver, secret=right))) == []


def test_a_secrets_representation_hides_what_is_none() -> None:
    assert PLAIN not in repr(Secret.reference(PLAIN))
    assert repr(Secret.variable("token")) == "Secret.variable('token')"


@pytest.mark.parametrize(("severity", "reason"), [("severe", "critical or warning"), ("info", "notify nobody")])
def test_a_severity_that_tells_nobody(severity: str, reason: str) -> None:
    problem(problems(Routes((Route(severity, (EMAIL,)),))), "routes[0].severity", reason)


def test_routes_that_contradict_each_other() -> None:
    twice = Routes((Route("critical", (EMAIL,)), Route("critical", (SMS,))))
    problem(problems(twice), "routes[1].severity", "one route")
    problem(problems(Routes((Route("critical"),))), "routes[0].receivers", "nobody")
    problem(problems(alone(EMAIL), "An edge"), "name", "lower-case")
    problem(problems(Routes((Route("critical", (EMAIL,), topic="a topic"),))), "routes[0].topic", "letters, digits")
    same = Routes((Route("critical", (EMAIL,), topic="edge-warning"), Route("warning", (EMAIL,))))
    problem(problems(same), "routes", "topics of one name")
    problem(problems(Routes.by_severity("{% $x %}", critical=[EMAIL])), "label", "for an expression")
    problem(problems(Routes.by_severity("x" * 65, critical=[EMAIL])), "label", "at most 64")


def test_receivers_that_are_one() -> None:
    problem(problems(Routes.by_severity(critical=[EMAIL, EMAIL])), "routes[0].receivers[1]", "in the route already")
    other = replace(EMAIL, address="other@example.com")
    problem(problems(Routes.by_severity(critical=[EMAIL], warning=[other])), "routes[1].receivers[0].name", "one name")
    for receiver in ALL:
        twin = replace(receiver, name="twin")
        problem(problems(Routes.by_severity(critical=[receiver, twin])), "receivers.twin", "message twice")
    assert problems(Routes.by_severity(critical=[Email(name="a", address=TOKEN), Email(name="b", address=TOKEN)])) == []


def test_names_that_make_a_pipes_name_too_long() -> None:
    problem(problems(alone(SLACK), "e" * 60), "routes[0].receivers[0].name", "AWS takes 64")
    problem(problems(alone(PAGERDUTY), "e" * 70), "routes[0].receivers[0].name", "AWS takes 80")


def test_a_route_that_no_alarm_uses() -> None:
    (found,) = unused_problems(ROUTES, {"critical"}, alarms={"edge-customers"})
    assert (found.where, "no alarm has this severity" in found.allowed) == ("routes[1]", True)
    (found,) = unused_problems(ROUTES, {"critical", "warning"}, alarms={"edge-nat"})
    assert found.where == "receivers.status.alarm"
    assert list(unused_problems(ROUTES, {"critical", "warning"})) == []
    direct = alone(SLACK.direct("edge-*", "web-*", "other"))
    found = list(unused_problems(direct, {"critical"}, alarms={"edge-nat", "others"}))
    assert [each.where for each in found] == ["receivers.slack.events[1]", "receivers.slack.events[2]"]


def test_everything_comes_in_one_report() -> None:
    bad = Routes.by_severity(
        severe=[replace(SLACK, secret=Secret.stored(PLAIN), note="{% x %}")],
        critical=[replace(WEBHOOK, url="http://a.example.com")],
    )
    assert len(problems(bad)) == 4
