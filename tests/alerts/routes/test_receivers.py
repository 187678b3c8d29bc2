"""Each kind of receiver: what it refuses, how it is found, and that the lists that name kinds name all of them."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, get_type_hints

import pytest

from northsouth.alerts import routes
from northsouth.alerts.routes import Receiver, Routes, receivers
from northsouth.alerts.routes.alert_text import AlertText
from northsouth.alerts.routes.api_receiver import ApiReceiver, Call
from northsouth.alerts.routes.rules import route_problems
from northsouth.errors import ConfigurationError
from northsouth.logs.jsonata import expression
from tests.alerts.routes.receivers import CALLED, CASES

QUIET = {**os.environ, "JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION": "20"}
REFUSED = [
    pytest.param(case.example, change, where, reason, id=f"{key}-{where}-{reason}")
    for key, case in CASES.items()
    for change, where, reason in case.refused
]


@pytest.mark.parametrize(("example", "change", "where", "reason"), REFUSED)
def test_a_receiver_that_cannot_work(example: Receiver, change: Mapping[str, Any], where: str, reason: str) -> None:
    try:
        bad = Routes.by_severity(critical=[replace(example, **change)])
    except ConfigurationError as refused:
        problems = [each for each in refused.problems if each.where == where]
    else:
        found = route_problems(bad, name="edge")
        problems = [each for each in found if each.where == f"routes[0].receivers[0].{where}"]
    assert [each for each in problems if reason in str(each)], problems
    assert "hidden" not in str(problems)


@pytest.mark.parametrize("key", CASES)
def test_every_field_of_a_kind_has_another_value_that_is_accepted(key: str) -> None:
    case = CASES[key]
    bases = {field.name for base in (Receiver, ApiReceiver) for field in fields(base)} | {"secret"}
    assert {field.name for field in fields(case.example)} - bases <= set(case.other)
    for field, value in case.other.items():
        other = replace(case.example, **{field: value})
        assert other != case.example
        assert list(other.problems()) == []


@pytest.mark.parametrize("receiver", CALLED, ids=lambda receiver: receiver.name)
def test_a_long_note_is_accepted(receiver: ApiReceiver) -> None:
    if "note" not in next(case.fixed for case in CASES.values() if case.example is receiver):
        assert list(replace(receiver, note="x" * receiver.longest_note).problems()) == []
        (problem,) = replace(receiver, note="x" * (receiver.longest_note + 3)).problems()
        assert (problem.where, "Shorten it by 3." in str(problem)) == ("note", True)


@pytest.mark.parametrize("key", CASES)
def test_what_an_alertmanager_can_notify(key: str) -> None:
    case = CASES[key]
    integration = case.example.integration(AlertText(region="us-east-1", secret_file="/secrets/x", mail_server=True))
    assert (integration.key if integration else None) == case.alertmanager
    problems = list(case.example.integration_problems(AlertText(region="us-east-1", mail_server=True)))
    assert bool(problems) == (case.alertmanager is None)
    # A file with a secret is named in the settings, or nobody would read it.
    assert ("/secrets/x" in str(integration)) == bool(case.example.secret_file)


def test_every_module_has_its_public_class() -> None:
    missing = [f"{module}: add its class to __all__ and to the imports" for module in receivers.MODULES]
    assert [each for each in missing if each.partition(":")[0] not in receivers.KINDS] == []
    assert set(receivers.KINDS.values()) == set(receivers.__all__)


def test_every_kind_is_public_and_documented() -> None:
    for key, name in receivers.KINDS.items():
        kind = receivers.kind(key)
        assert kind is getattr(routes, name)
        assert name in routes.__all__
        assert kind.__module__ == f"{receivers.__name__}.{key}"
        attributes = (kind.__doc__ or "").partition("Attributes:")[2]
        assert [field.name for field in fields(kind) if f"    {field.name}: " not in attributes] == [], name
        assert set(get_type_hints(kind)) >= {field.name for field in fields(kind)}, name


def test_a_kind_is_imported_when_it_is_asked_for() -> None:
    program = (
        "import sys\n"
        "from northsouth.alerts import routes\n"
        "def kinds(): return sorted(m for m in sys.modules if m.startswith('northsouth.alerts.routes.receivers.'))\n"
        "assert kinds() == [], kinds()\n"
        "routes.DiscordWebhook\n"
        "assert kinds() == ['northsouth.alerts.routes.receivers.discord_webhook'], kinds()\n"
        "assert 'cdktf' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


@pytest.mark.slow
def test_routes_import_the_resources_of_a_way_when_a_receiver_takes_it() -> None:
    program = (
        "import sys\n"
        "import northsouth.alerts.routes.notification_routes\n"
        "of_ways = ('pipes_pipe', 'cloudwatch_event_connection', 'chatbot_slack_channel_configuration')\n"
        "loaded = [each for each in of_ways if f'cdktf_cdktf_provider_aws.{each}' in sys.modules]\n"
        "assert loaded == [], loaded\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True, env=QUIET)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pigeon(ApiReceiver):
    """A kind of somebody else's, which northsouth does not know."""

    loft: str

    @property
    def call(self) -> Call:
        return Call("POST", f"https://pigeons.example.com/{self.loft}")

    @property
    def recipient(self) -> tuple[str, ...]:
        return (self.loft,)

    def body(self) -> object:
        return {"text": expression("$card.title")}


def test_a_kind_from_elsewhere_takes_part_in_all_checks() -> None:
    secret = CALLED[0].secret
    bird, twin = Pigeon(name="bird", loft="1", secret=secret), Pigeon(name="twin", loft="1", secret=secret)
    assert list(route_problems(Routes.by_severity(critical=[bird]), name="edge")) == []
    (problem,) = route_problems(Routes.by_severity(critical=[bird, twin]), name="edge")
    assert problem.where == "receivers.twin"
    with pytest.raises(TypeError, match="abstract"):
        ApiReceiver(name="half", secret=secret)
