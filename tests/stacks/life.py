"""Lets everything in the deployed example act once, so that each of its roles and policies is used."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from moto.sqs.models import sqs_backends

from northsouth.emulator import api_destinations, objects, outbound, permissions
from northsouth.emulator.server import ACCOUNT, Emulator
from tests.alerts.routes.receiver import receiver
from tests.logs.archive_runs import line, object_key

ALARMS = ("example-alarms-nat-throughput", "example-alarms-serving-hub-success-rate-fast")
"""One alarm for each route and rule: of the warnings, and below the composite that the status page shows."""

_CHILD = re.compile(r'ALARM\("([^"]+)"\)')
LOGS, PAGE = "northsouth-example-alb-logs", "northsouth-example-status"


def live(emulator: Emulator, hosts: tuple[str, ...]) -> None:
    """Deliver logs, run every schedule, let alarms change, read the status page, and let runs and deliveries fail.

    Args:
        emulator: where the example is deployed.
        hosts: the hosts that its routes call.

    """
    day = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=1)
    hour = day + timedelta(hours=10)
    # Each run finds another object; the comparison finds one that no run has archived, and starts a run.
    for name, hours in (("hub-first", 1.5), ("hub-catch-up", 7), ("hub-reconciliation", 23)):
        _deliver(hour, name)
        assert emulator.run_schedule(f"example-{name}", hour + timedelta(hours=hours), group="example") is None
        emulator.settle()
    assert emulator.run_schedule("example-status", hour) is None
    emulator.settle()
    with receiver() as world, outbound.redirected(dict.fromkeys(hosts, world.address)):
        _change(emulator, ALARMS, "ALARM")
        world.wait_until(lambda: all(map(world.to, hosts)), "every route to be called")
        with _closed_queues("example-to-"):
            _change(emulator, ALARMS, "OK")
            _start_anew(emulator, _held_alarms(emulator))
    for key in ("index.html", "status.json", "uptime.json", "feed.json"):
        assert permissions.resource_allows("anybody", "s3:GetObject", f"arn:aws:s3:::{PAGE}/{key}", {})
    _time_out(emulator)
    emulator.settle()


def _deliver(hour: datetime, name: str) -> None:
    """Put an hour of a load balancer's logs where it would put them, if the bucket lets it."""
    key = object_key(hour + timedelta(minutes=30), prefix="edge", name=name)
    for folder in ("AWSLogs", "connection-logs/AWSLogs", "health-check-logs/AWSLogs"):
        resource = f"arn:aws:s3:::{LOGS}/{key.replace('AWSLogs', folder)}"
        assert permissions.resource_allows(
            "logdelivery.elasticloadbalancing.amazonaws.com", "s3:PutObject", resource, {}
        )
    lines = [line(hour + timedelta(minutes=minute)) for minute in (1, 2)]
    own = key.replace("app.my-loadbalancer.50dc6c495c0c9188", "app.hub.50dc6c495c0c9188")
    objects.put(LOGS, own, gzip.compress("\n".join(lines).encode()))


def _change(emulator: Emulator, alarms: tuple[str, ...], state: str) -> None:
    cloudwatch = emulator.client("cloudwatch")
    for alarm in alarms:
        cloudwatch.set_alarm_state(AlarmName=alarm, StateValue=state, StateReason="test")
    emulator.settle()


def _start_anew(emulator: Emulator, alarms: tuple[str, ...]) -> None:
    """Let alarms be as new ones are: their actions are off, and they are raised because there are no data."""
    cloudwatch = emulator.client("cloudwatch")
    described = cloudwatch.describe_alarms(AlarmTypes=["CompositeAlarm"], AlarmNames=list(alarms))
    # A composite that is set follows its children again as soon as somebody looks at it, so they are set as well.
    children = (name for alarm in described["CompositeAlarms"] for name in _CHILD.findall(alarm["AlarmRule"]))
    changed = (*children, *alarms)
    _change(emulator, changed, "OK")
    cloudwatch.disable_alarm_actions(AlarmNames=list(alarms))
    _change(emulator, changed, "ALARM")


def _held_alarms(emulator: Emulator) -> tuple[str, ...]:
    """Return the alarms that notify nobody before their first good data."""
    rules = emulator.client("events").list_rules(NamePrefix="example-quiet-start")["Rules"]
    return tuple(name for rule in rules for name in json.loads(rule["EventPattern"])["detail"]["alarmName"])


@contextmanager
def _closed_queues(prefix: str) -> Iterator[None]:
    """Let some queues take nothing for a while, so that it becomes dead letters."""
    closed = [queue for name, queue in sqs_backends[ACCOUNT]["us-east-1"].queues.items() if name.startswith(prefix)]
    policies = [queue._policy_json for queue in closed]
    for queue in closed:
        queue._policy_json = {"Statement": []}
    try:
        yield
    finally:
        for queue, policy in zip(closed, policies, strict=True):
            queue._policy_json = policy


def _time_out(emulator: Emulator) -> None:
    """Let EventBridge hear that each state machine ran out of time."""
    for machine in emulator.client("stepfunctions").list_state_machines()["stateMachines"]:
        event = {
            "source": "aws.states",
            "detail-type": "Step Functions Execution Status Change",
            "account": ACCOUNT,
            "region": "us-east-1",
            "detail": {"stateMachineArn": machine["stateMachineArn"], "status": "TIMED_OUT", "input": "{}"},
        }
        api_destinations.put_event(ACCOUNT, "us-east-1", event)
