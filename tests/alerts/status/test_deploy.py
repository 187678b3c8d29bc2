"""Deployed: the state machine writes the status, and a real browser opens the page from the bucket."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cdktf import TerraformStack
from playwright.sync_api import Browser, Page, expect

from northsouth.alerts.dashboards import Dashboard
from northsouth.emulator import objects
from northsouth.emulator.server import ACCOUNT, Emulator
from tests.alerts.status.browser import chromium
from tests.alerts.status.site import BALANCER, BUCKET, HOSTILE, declare
from tests.harness.plugin import skip_or_fail
from tests.harness.provider import ToolMissing
from tests.harness.synth import synth
from tests.harness.terraform import Terraform

pytestmark = pytest.mark.deploy

MACHINE = f"arn:aws:states:us-east-1:{ACCOUNT}:stateMachine:shop-status"
PATIENCE_SECONDS = 60
CHILD = "stack-serving-success-rate-fast"


class Site:
    """The deployed page."""

    def __init__(self, emulator: Emulator, browser: Browser) -> None:
        self.emulator = emulator
        self.browser = browser

    def publish(self) -> None:
        """Start the state machine, as the schedule does."""
        run = f"run-{time.monotonic_ns()}"
        self.emulator.client("stepfunctions").start_execution(stateMachineArn=MACHINE, name=run, input="{}")

    def wait_for(self, told: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """Wait until a status is published that says something. Runs may overlap, so a later one can come earlier."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not ("status.json" in objects.keys(BUCKET) and told(self.status())):
            assert time.monotonic() < deadline, (
                f"the status is not what was waited for; there is {objects.keys(BUCKET)}"
            )
            time.sleep(0.02)
        return self.status()

    def status(self) -> dict[str, Any]:
        status: dict[str, Any] = json.loads(objects.get(BUCKET, "status.json"))
        return status

    def put(self, **status: Any) -> None:
        """Write a status of the test's own."""
        self.write(json.dumps(status).encode())

    def write(self, body: bytes) -> None:
        s3 = self.emulator.client("s3")
        s3.put_object(Bucket=BUCKET, Key="status.json", Body=body, ContentType="application/json")

    def open(self, **context: Any) -> Page:
        """Open the page in a fresh window, the only one, and wait until it has asked for the status."""
        for old in self.browser.contexts:
            old.close()
        page = self.browser.new_context(**context).new_page()
        page.set_default_timeout(PATIENCE_SECONDS * 1000)
        page.goto(f"{self.emulator.endpoint}/{BUCKET}/index.html")
        if context.get("java_script_enabled", True):
            page.wait_for_selector("main[aria-busy=false]")
        return page


@pytest.fixture(scope="module")
def site(aws_emulator_server: Emulator, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    aws_emulator_server.reset()

    def build(stack: TerraformStack) -> None:
        declare(stack, title=HOSTILE)
        Dashboard(stack, "dashboard", name="shop", region="us-east-1")

    try:
        terraform = Terraform(Path(tmp_path_factory.mktemp("site")), synth(build), aws_emulator_server.endpoint)
        with chromium() as browser:
            terraform.apply()
            yield Site(aws_emulator_server, browser)
    except ToolMissing as missing:
        skip_or_fail(missing)


def now(**ago: float) -> str:
    return (datetime.now(UTC) - timedelta(**ago)).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def outages(status: dict[str, Any]) -> list[tuple[str, str]]:
    """Return the changes to and from an outage, newest first; a new composite only begins to know its state."""
    changes = [(change["was"], change["state"]) for change in status["history"]]
    return [change for change in changes if "outage" in change]


def text(page: Page, selector: str) -> str:
    return page.inner_text(selector)


def requests(emulator: Emulator, at: datetime, number: int, failed: int) -> None:
    dimensions = [{"Name": "LoadBalancer", "Value": BALANCER}]
    counts = {"RequestCount": number, "HTTPCode_Target_5XX_Count": failed}
    data = [
        {"MetricName": name, "Value": value, "Timestamp": at, "Dimensions": dimensions}
        for name, value in counts.items()
        if value
    ]
    emulator.client("cloudwatch").put_metric_data(Namespace="AWS/ApplicationELB", MetricData=data)


def test_before_the_first_run_the_page_says_so(site: Site) -> None:
    page = site.open()
    assert text(page, "#state") == "No status has been published yet"
    assert page.is_hidden("#success")
    assert page.is_hidden("#past")


def change(site: Site, state: str) -> None:
    """Change a child of the composite, and look at the composite, which the emulator evaluates then."""
    cloudwatch = site.emulator.client("cloudwatch")
    cloudwatch.set_alarm_state(AlarmName=CHILD, StateValue=state, StateReason="test")
    cloudwatch.describe_alarms(AlarmTypes=["CompositeAlarm"])


def test_it_says_when_it_has_had_no_news(site: Site) -> None:
    site.put(state="operational", since=now(days=2), updated=now(minutes=20), history=[])
    page = site.open()
    assert text(page, "#state") == "Status unknown"
    assert text(page, "#since") == "Last known: operational"
    assert re.search(r"no news for 2\d min", text(page, "#warning"))
    site.put(state="operational", since=now(days=2), updated=now(minutes=5), history=[])
    page = site.open()
    assert text(page, "#state") == "Operational"
    assert page.is_hidden("#warning")


def test_no_data_is_said_and_what_is_unknown_is_not_shown(site: Site) -> None:
    success = {"unit": "%", "limit": 99, "period": 300, "times": None, "values": None}
    site.put(state="unknown", since="", updated=now(), history=None, success=success)
    page = site.open()
    assert text(page, "#state") == "Status unknown"
    assert text(page, "#summary") == "There is no data."
    assert page.is_hidden("#past")


@pytest.mark.parametrize(
    "body",
    [b"no json", b"null", b'{"state": "constructor"}', b'{"state": "outage", "updated": "yesterday 1"}'],
)
def test_what_is_no_status_is_none(site: Site, body: bytes) -> None:
    site.write(body)
    assert text(site.open(), "#state") == "No status has been published yet"


def test_hostile_text_stays_text(site: Site) -> None:
    """The title is from synth; the rest could only come from whoever may write the bucket. None of it runs."""
    attack = "<img src=x onerror='document.body.dataset.hacked=1'>"
    success = {"unit": attack, "limit": 1, "times": [now(minutes=5), attack, None], "values": [2, 3, attack]}
    site.put(
        state="operational",
        since=attack,
        updated=now(),
        history=[{"at": attack, "state": attack}, None, 3, {"at": now(hours=1), "was": "outage", "state": attack}],
        success=success,
    )
    page = site.open()
    assert page.title() == HOSTILE
    assert text(page, "h1") == HOSTILE
    assert attack in text(page, "#summary")
    assert page.locator("img").count() == 0
    assert page.evaluate("document.body.dataset.hacked") is None
    assert text(page, "#history").startswith("Until ")
    # Not even a script that got into the page would run: the policy knows the page's own by its hash.
    page.evaluate(
        "() => { const s = document.createElement('script'); s.textContent = 'document.body.dataset.hacked = 1';"
        " document.body.append(s); }"
    )
    assert page.evaluate("document.body.dataset.hacked") is None


def test_without_javascript_the_status_can_be_read(site: Site) -> None:
    site.put(state="outage", since=now(hours=1), updated=now(), history=[])
    page = site.open(java_script_enabled=False)
    assert page.is_hidden("#now")
    status = page.frame_locator("iframe").locator("body")
    expect(status).to_contain_text('"state": "outage"', timeout=PATIENCE_SECONDS * 1000)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_can_be_read_on_a_phone_and_at_night(site: Site, scheme: str) -> None:
    times = [now(minutes=5 * n) for n in range(1, 280)]
    success = {"unit": "%", "limit": 99, "period": 300, "times": times, "values": [99.9] * len(times)}
    site.put(state="operational", since=now(days=1), updated=now(), history=[], success=success)
    page = site.open(viewport={"width": 320, "height": 640}, color_scheme=scheme)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    ink, paper = (page.evaluate(f"getComputedStyle(document.body).{name}") for name in ("color", "backgroundColor"))
    assert (brightness(ink) < brightness(paper)) == (scheme == "light")
    box = page.locator("#graph svg").bounding_box()
    assert box is not None
    assert box["width"] >= 200
    assert page.locator("#graph svg").get_attribute("role") == "img"
    assert (page.locator("#graph svg").get_attribute("aria-label") or "").startswith("Lowest 99.9 %")
    narrow = page.locator("#graph svg").get_attribute("width") or ""
    page.set_viewport_size({"width": 900, "height": 640})
    expect(page.locator("#graph svg")).not_to_have_attribute("width", narrow, timeout=PATIENCE_SECONDS * 1000)


def test_components_and_their_days_are_shown(site: Site) -> None:
    today = datetime.now(UTC).replace(hour=0, minute=0)

    def day(ago: int) -> str:
        return (today - timedelta(days=ago)).strftime("%Y-%m-%d")

    attack = "<img src=x onerror='document.body.dataset.hacked=1'>"
    parts = [("*", "degraded"), ("API", "outage"), (attack, "operational"), ("gone", "constructor"), None]
    components = [part and {"name": part[0], "state": part[1], "since": now(hours=1)} for part in parts]
    site.put(state="degraded", since=now(hours=1), updated=now(), history=[], components=components)
    api = {day(1): {"outage": 8640, "degraded": 0}, day(2): {"outage": 0, "degraded": 60}, day(3): {"outage": 0}}
    records = [None, {"name": "API", "days": {**api, day(200): {"outage": 9}}}, {"name": attack, "days": 3}]
    s3 = site.emulator.client("s3")
    s3.put_object(Bucket=BUCKET, Key="uptime.json", Body=json.dumps({"components": records}).encode())
    page = site.open(viewport={"width": 320, "height": 640})
    assert text(page, "#state") == "Degraded"
    lines = page.locator("#components li")
    assert [each.split("\n")[0] for each in lines.locator(".name").all_inner_texts()] == [HOSTILE, "API", attack]
    assert lines.locator(".state").all_inner_texts() == ["Degraded", "Outage", "Operational"]
    assert lines.nth(1).locator("rect").count() == 90
    last = lines.nth(1).locator("rect").all()[-4:]
    assert [rect.get_attribute("class") for rect in last] == ["operational", "degraded", "outage", "none"]
    # The better a day, the higher its bar.
    heights = [float(rect.get_attribute("height") or 0) for rect in last]
    assert heights == sorted(set(heights), reverse=True)
    # A tenth of one of three days.
    assert lines.locator(".share").all_inner_texts() == ["No records", "96.66 % up", "No records"]
    assert "down for 2 h 24 min" in (lines.nth(1).locator("rect title").nth(88).text_content() or "")
    assert page.evaluate("document.body.dataset.hacked") is None
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    assert page.locator("link[rel=alternate]").get_attribute("href") == "feed.json"
    s3.delete_object(Bucket=BUCKET, Key="uptime.json")


def brightness(color: str) -> int:
    return sum(int(part) for part in color[color.index("(") + 1 : -1].split(",")[:3])


def test_the_public_may_read_the_page_and_nothing_else(site: Site, public: Callable[[str], int]) -> None:
    objects.put(BUCKET, "secret.txt", b"secret")
    site.put(state="unknown", updated=now())
    for file in ("uptime.json", "feed.json"):
        objects.put(BUCKET, file, b"{}")
    files = ("index.html", "status.json", "uptime.json", "feed.json", "secret.txt")
    assert [public(file) for file in files] == [200, 200, 200, 200, 403]
    site.emulator.client("s3").delete_object(Bucket=BUCKET, Key="uptime.json")


@pytest.fixture
def public(site: Site) -> Callable[[str], int]:
    """Return a function that asks for an object as anybody, and returns the answer's code."""
    import urllib.error
    import urllib.request

    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def ask(key: str) -> int:
        try:
            with opener.open(f"{site.emulator.endpoint}/{BUCKET}/{key}", timeout=30) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            return error.code

    return ask


def test_the_dashboard_shows_every_alarm_and_the_runs_start_by_themselves(site: Site) -> None:
    cloudwatch = site.emulator.client("cloudwatch")
    body = json.loads(cloudwatch.get_dashboard(DashboardName="shop")["DashboardBody"])
    shown = {arn for each in body["widgets"] if each["type"] == "alarm" for arn in each["properties"]["alarms"]}
    alarms = cloudwatch.describe_alarms(AlarmTypes=["MetricAlarm", "CompositeAlarm"])
    assert shown == {each["AlarmArn"] for kind in ("MetricAlarms", "CompositeAlarms") for each in alarms[kind]}
    assert "${" not in json.dumps(body)
    (schedule,) = site.emulator.client("scheduler").list_schedules()["Schedules"]
    assert schedule["Target"]["Arn"] == MACHINE
    (target,) = site.emulator.client("events").list_targets_by_rule(Rule="shop-status")["Targets"]
    assert target["Arn"] == MACHINE


def test_it_shows_what_cloudwatch_says_from_operational_to_an_outage(site: Site) -> None:
    """The last test of the module: runs that its events start may write the status at any time."""
    start = datetime.now(UTC).replace(second=0, microsecond=0)
    for minutes, failed in ((60, 0), (45, 0), (30, 500), (15, 0)):
        requests(site.emulator, start - timedelta(minutes=minutes), 10_000, failed)
    site.publish()
    status = site.wait_for(lambda status: status["state"] == "operational")
    assert outages(status) == []
    assert sorted(round(value, 3) for value in status["success"]["values"]) == [95.0, 100.0, 100.0, 100.0]
    assert (status["success"]["unit"], status["success"]["limit"]) == ("%", 99)
    page = site.open()
    assert text(page, "#state") == "Operational"
    assert page.get_attribute("#now", "class") == "operational"
    assert text(page, "#since").startswith("since ")
    assert "Lowest 95 %" in text(page, "#summary")
    assert "99 %" in text(page, "#summary")
    assert text(page, "#history") == "None in the last 30 days."
    assert page.locator("#graph svg .limit").count() == 1
    # The points are a quarter of an hour apart, which is not one line but four points.
    assert page.locator("#graph svg .point").count() == 4

    # From here on nobody starts the machine: the alarm's event does.
    change(site, "ALARM")
    site.wait_for(lambda status: outages(status) == [("operational", "outage")])
    page = site.open()
    assert text(page, "#state") == "Outage"
    assert page.get_attribute("#now", "class") == "outage"
    assert text(page, "#history").startswith("Since ")
    assert "not over" in text(page, "#history")

    change(site, "OK")
    over = [("outage", "operational"), ("operational", "outage")]
    assert site.wait_for(lambda status: outages(status) == over)["state"] == "operational"
    assert re.search(r"for \d+ min", text(site.open(), "#history"))

    # What the runs kept: today with its seconds, and a feed of both changes.
    site.wait_for(lambda _: "feed.json" in objects.keys(BUCKET) and len(feed()["items"]) == 2)
    assert [item["title"].partition(":")[0] for item in feed()["items"]] == ["The outage is over", "Outage"]
    (whole,) = uptime()["components"]
    assert set(whole["days"]) <= {now()[:10], now(days=1)[:10]}
    page = site.open()
    assert page.locator("#components rect:not(.none)").count() == len(whole["days"])
    assert re.search(r"% up", text(page, "#components"))

    # A later run keeps the days that it finds.
    earlier, seconds = now(days=5)[:10], {"outage": 60, "degraded": 0}
    kept = json.dumps({"updated": "before", "components": [{**whole, "days": {**whole["days"], earlier: seconds}}]})
    site.emulator.client("s3").put_object(Bucket=BUCKET, Key="uptime.json", Body=kept.encode())
    site.publish()
    site.wait_for(lambda _: uptime()["updated"] != "before")
    assert uptime()["components"][0]["days"].get(earlier) == seconds


def uptime() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(objects.get(BUCKET, "uptime.json"))
    return found


def feed() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(objects.get(BUCKET, "feed.json"))
    return found
