"""Bad routes are refused with the place, the reason and never the secret; good ones pass."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pytest

from northsouth.alerts.routes import Email, Route, Routes, Secret, SlackWebhook
from northsouth.alerts.routes.rules import route_problems, unused_problems
from northsouth.errors import Problem
from tests.alerts.routes.receivers import (
    ALL,
    ARN,
    DISCORD,
    EMAIL,
    MATRIX,
    OPSGENIE,
    PAGERDUTY,
    ROUTES,
    SLACK,
    SLACK_CHANNEL,
    SMS,
    STATUSPAGE,
    TEAMS,
    TEAMS_CHANNEL,
    WEBHOOK,
)

TOKEN = "${TfToken[TOKEN.1]}"
PLAIN: Any = "xoxb-very-secret"


def told(routes: Routes, name: str = "edge") -> list[Problem]:
    return list(route_problems(routes, name=name))


def alone(receiver: Any) -> Routes:
    return Routes.by_severity(critical=[receiver])


def problem(found: Iterable[Problem], where: str, reason: str) -> Problem:
    matching = [each for each in found if each.where == where and reason in str(each)]
    assert matching, [str(each) for each in found]
    return matching[0]


def test_all_kinds_of_receivers_pass() -> None:
    assert told(ROUTES) == []


@pytest.mark.parametrize(
    ("receiver", "where", "reason"),
    [
        (replace(EMAIL, address="oncall"), "address", "name@example.com"),
        (replace(EMAIL, name="On Call"), "name", "lower-case"),
        (replace(SMS, number="0151"), "number", "E.164"),
        (replace(PAGERDUTY, site="asia"), "site", "us or eu"),
        (replace(SLACK_CHANNEL, workspace="acme"), "workspace", "workspace's id"),
        (replace(SLACK_CHANNEL, channel="#alerts"), "channel", "not its name"),
        (replace(TEAMS_CHANNEL, tenant="acme"), "tenant", "UUID"),
        (replace(TEAMS_CHANNEL, channel="alerts"), "channel", "percent-encoded"),
        (replace(DISCORD, webhook="hook"), "webhook", "number"),
        (replace(DISCORD, rate_per_second=50), "rate_per_second", "1 to 2"),
        (replace(SLACK, attempts=0), "attempts", "1 to 100"),
        (replace(SLACK, note="see <runbook>"), "note", "for a variable"),
        (replace(MATRIX, room="#alerts:example.org"), "room", "alias"),
        (replace(MATRIX, homeserver="http://matrix.example.org"), "homeserver", "HTTPS"),
        (replace(STATUSPAGE, note="see the wiki"), "note", "no text"),
        (MATRIX.direct("edge-*"), "events", "id of their own"),
        (SLACK.direct("edge-*-nat"), "events[0]", "edge-*"),
        (SLACK.direct("*"), "events[0]", "edge-*"),
        (replace(TEAMS, url="https://example.com/?sig=hidden"), "url", "plain text"),
        (replace(WEBHOOK, url="http://hooks.example.com/"), "url", "HTTPS"),
        (replace(WEBHOOK, url="hooks.example.com"), "url", "HTTPS"),
        (replace(WEBHOOK, url="https://localhost/"), "url", "public domain name"),
        (replace(WEBHOOK, url="https://me:hidden@example.com/"), "url", "plain sight"),
        (replace(WEBHOOK, url="https://hooks.example.com/?Token=hidden"), "url", "plain text"),
        (replace(WEBHOOK, header="X Key"), "header", "no spaces"),
        (replace(STATUSPAGE, page="My page"), "page", "Statuspage"),
        (replace(STATUSPAGE, alarm=""), "alarm", "follows one alarm"),
        (replace(STATUSPAGE, down="fire"), "down", "major_outage"),
    ],
    ids=lambda case: case if isinstance(case, str) else "",
)
def test_a_receiver_that_cannot_work(receiver: Any, where: str, reason: str) -> None:
    found = problem(told(alone(receiver)), f"routes[0].receivers[0].{where}", reason)
    assert "hidden" not in str(found)


@pytest.mark.parametrize("receiver", [PAGERDUTY, OPSGENIE, SLACK, DISCORD, TEAMS, MATRIX, STATUSPAGE, WEBHOOK])
def test_a_secret_is_a_reference(receiver: Any) -> None:
    where = "routes[0].receivers[0].secret"
    problem(told(alone(replace(receiver, secret=None))), where, "got nothing")
    for wrong in (PLAIN, Secret.reference(PLAIN), Secret.stored(PLAIN), Secret.variable("no variable " + PLAIN)):
        found = problem(told(alone(replace(receiver, secret=wrong))), where, "")
        assert PLAIN not in str(found)
    problem(told(alone(replace(receiver, secret=Secret.stored(ARN, 'a"b')))), f"{where}.key", "letters")
    assert "plain text of 16 characters" in str(told(alone(replace(receiver, secret=PLAIN)))[0])
    for right in (Secret.variable("slack_token"), Secret.reference(TOKEN), Secret.stored(TOKEN, "key")):
        assert told(alone(replace(receiver, secret=right))) == []


def test_a_secrets_representation_hides_what_is_none() -> None:
    assert PLAIN not in repr(Secret.reference(PLAIN))
    assert repr(Secret.variable("token")) == "Secret.variable('token')"


@pytest.mark.parametrize(("severity", "reason"), [("severe", "critical or warning"), ("info", "tell nobody")])
def test_a_severity_that_tells_nobody(severity: str, reason: str) -> None:
    problem(told(Routes((Route(severity, (EMAIL,)),))), "routes[0].severity", reason)


def test_routes_that_contradict_each_other() -> None:
    twice = Routes((Route("critical", (EMAIL,)), Route("critical", (SMS,))))
    problem(told(twice), "routes[1].severity", "one route")
    problem(told(Routes((Route("critical"),))), "routes[0].receivers", "nobody")
    problem(told(alone(EMAIL), "An edge"), "name", "lower-case")
    problem(told(Routes((Route("critical", (EMAIL,), topic="a topic"),))), "routes[0].topic", "letters, digits")
    same = Routes((Route("critical", (EMAIL,), topic="edge-warning"), Route("warning", (EMAIL,))))
    problem(told(same), "routes", "topics of one name")
    problem(told(Routes.by_severity("<b>", critical=[EMAIL])), "label", "for a variable")
    problem(told(Routes.by_severity("x" * 65, critical=[EMAIL])), "label", "at most 64")


def test_receivers_that_are_one() -> None:
    problem(told(Routes.by_severity(critical=[EMAIL, EMAIL])), "routes[0].receivers[1]", "in the route already")
    other = replace(EMAIL, address="other@example.com")
    problem(told(Routes.by_severity(critical=[EMAIL], warning=[other])), "routes[1].receivers[0].name", "one name")
    for receiver in ALL:
        twin = replace(receiver, name="twin")
        problem(told(Routes.by_severity(critical=[receiver, twin])), "receivers.twin", "told twice")
    assert told(Routes.by_severity(critical=[Email(name="a", address=TOKEN), Email(name="b", address=TOKEN)])) == []


@pytest.mark.parametrize(("receiver", "most"), [(SLACK, 3000), (DISCORD, 4096), (TEAMS, 8192), (MATRIX, 8192)])
def test_a_message_over_the_services_limit(receiver: SlackWebhook, most: int) -> None:
    problem(told(alone(replace(receiver, note="x" * most))), "routes[0].receivers[0].note", "Shorten it by")
    assert told(alone(replace(receiver, note="x" * 2000))) == []


def test_names_that_make_a_pipes_name_too_long() -> None:
    problem(told(alone(SLACK), "e" * 50), "routes[0].receivers[0].name", "AWS takes 64")
    problem(told(alone(PAGERDUTY), "e" * 70), "routes[0].receivers[0].name", "AWS takes 80")


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
        severe=[replace(SLACK, secret=PLAIN, note="<")], critical=[replace(WEBHOOK, url="http://a.example.com")]
    )
    assert len(told(bad)) == 4
