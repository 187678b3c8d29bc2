"""``northsouth replay`` and ``northsouth noise``: what a person reads, JSON, errors."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from northsouth.cli.main import main
from tests.alerts.replay.test_account import START, item, written

pytestmark = pytest.mark.slow

TOPIC = "arn:aws:sns:us-east-1:123456789012:ops"
MAP = "orders = Sum of Shop/Orders"


def alarm(name: str, **more: Any) -> dict[str, Any]:
    return {
        "alarm_name": name,
        "namespace": "Shop",
        "metric_name": "Orders",
        "statistic": "Sum",
        "period": 60,
        "evaluation_periods": 3,
        "threshold": 5,
        "comparison_operator": "GreaterThanThreshold",
        "treat_missing_data": "notBreaching",
        "alarm_actions": [TOPIC],
        **more,
    }


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Write a stack with one alarm that is fine and one that is refused, and two hours of minutes with an incident."""
    monkeypatch.chdir(tmp_path)
    band = alarm("band", threshold_metric_id="e1", comparison_operator="GreaterThanUpperThreshold")
    stack = {"resource": {"aws_cloudwatch_metric_alarm": {"orders": alarm("orders"), "band": band}}}
    (tmp_path / "stack").mkdir()
    (tmp_path / "stack/cdk.tf.json").write_text(json.dumps(stack))
    rows = [f"{START + 60 * minute},{9 if 60 <= minute < 70 else 1}" for minute in range(120)]
    (tmp_path / "m.csv").write_text("\n".join(["time,orders", *rows]))
    marked = [f"{START + 3600},{START + 4200},late orders", f"{START + 6000},{START + 6600},nothing seen"]
    (tmp_path / "i.csv").write_text("\n".join(["start,end,label", *marked]))


def replay(*more: str) -> int:
    return main(["replay", "--stack", "stack", "--metrics", "m.csv", "--map", MAP, *more])


def test_a_person_reads_what_was_proven_and_what_happened(capsys: pytest.CaptureFixture[str]) -> None:
    assert replay("--incidents", "i.csv") == 0
    assert capsys.readouterr().out == (
        "spacing: points of 60 s; 1 exact, 0 bracketed\n"
        "span:    2026-10-01T10:00:00Z to 2026-10-01T12:00:00Z\n"
        "gaps:    0\n"
        "delay:   0 s, assumed\n"
        "range:   5 points, assumed\n"
        "\n"
        "orders  (aws_cloudwatch_metric_alarm.orders)\n"
        "  exact\n"
        "  2026-10-01 10:05:00Z  INSUFFICIENT_DATA\n"
        "  2026-10-01 10:05:00Z  OK\n"
        "      Threshold Crossed: 3 out of the last 3 datapoints [1.0 (01/10/26 10:04:00), 1.0 (01/10/26 10:03:00), "
        "1.0 (01/10/26 10:02:00)] were not greater than the threshold (5.0) (minimum 1 datapoint for "
        "INSUFFICIENT_DATA -> OK transition).\n"
        "  2026-10-01 11:03:00Z  ALARM\n"
        "      Threshold Crossed: 3 out of the last 3 datapoints [9.0 (01/10/26 11:02:00), 9.0 (01/10/26 11:01:00), "
        "9.0 (01/10/26 11:00:00)] were greater than the threshold (5.0) (minimum 3 datapoints for OK -> ALARM "
        "transition).\n"
        "  2026-10-01 11:11:00Z  OK\n"
        "      Threshold Crossed: 1 out of the last 3 datapoints [1.0 (01/10/26 11:10:00)] was not greater than the "
        "threshold (5.0) (minimum 1 datapoint for ALARM -> OK transition).\n"
        "  8 min in ALARM, once to ALARM, 0 flaps\n"
        f"  1 notification, 87.7 a week to {TOPIC}\n"
        "  incidents: 1 detected, 1 missed\n"
        "    detected  late orders, after 3 min, resolved 1 min after its end\n"
        "    missed    nothing seen\n"
        "  0 false alarms, 0.0 a week of quiet time\n"
        "  1.1% of the quiet time in ALARM\n"
        "\n"
        "refused: band is not replayed: its threshold is an anomaly band, a model that only AWS can evaluate.\n"
    )


def test_json_is_versioned(capsys: pytest.CaptureFixture[str]) -> None:
    assert replay("--json", "--incidents", "i.csv") == 0
    document = json.loads(capsys.readouterr().out)
    assert document["version"] == 1
    assert [each["alarm"] for each in document["timelines"]] == ["orders"]
    assert document["scores"]["orders"]["detected"] == 1
    assert document["scores"]["orders"]["incidents"][0]["delay"] == 180
    assert document["refused"][0]["alarm"] == "band"
    assert set(document) == {
        "version", "timelines", "refused", "notes", "metrics", "scores", "findings", "against", "comparison_notes"
    }  # fmt: skip


def test_against_the_account(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    items = [
        item("orders", START + each, *states) for each, states in ((3787, ("OK", "ALARM")), (5000, ("ALARM", "OK")))
    ]
    written(tmp_path / "h.json", *items)
    assert replay("--against", "h.json") == 0
    out = capsys.readouterr().out
    assert "against AWS: 1 of 3 changes agree\n" in out
    assert "2026-10-01 11:11:00Z  OK, only here\n" in out
    assert "2026-10-01 11:23:20Z  OK, only on AWS\n" in out
    assert "measured: the newest point ends 0 s before the evaluation (median)\n" in out
    assert "There is no composite alarm" in out


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (["--alarm", "order"], "Did you mean 'orders'"),
        (["--alarm", "band"], "anomaly band"),
        (["--incidents", "missing.csv"], "No such file"),
        (["--incidents", "outside.csv"], "no moment in the history"),
        (["--incidents", "naive.csv"], "has no time zone"),
        (["--against", "cut.json"], "JSON that is whole"),
        (["--delay", "-1"], "a delay is 0 s or more"),
        (["--period", "0"], "period: got 0 s; a point covers 1, 5, 10, 20 or 30 s"),
        (["--map", "nowhere.txt"], "neither a line"),
        (["--time-zone", "Mars"], "is no time zone"),
    ],
)
def test_bad_input_is_one_message(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], error: str
) -> None:
    (tmp_path / "outside.csv").write_text("start,end\n2020-01-01T00:00Z,2020-01-02T00:00Z\n")
    (tmp_path / "naive.csv").write_text("start,end\n2026-10-01 11:00,2026-10-01 11:10\n")
    (tmp_path / "cut.json").write_text('{"AlarmHistoryItems": [')
    assert replay(*arguments) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert error in captured.err


def test_a_metric_that_is_not_mapped_shows_the_line_to_write(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["replay", "--stack", "stack", "--metrics", "m.csv"]) == 2
    assert "orders = Sum of Shop/Orders" in capsys.readouterr().err


def test_a_stack_without_alarms_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "empty.tf.json").write_text(json.dumps({"resource": {"aws_vpc": {"main": {}}}}))
    assert main(["replay", "--stack", "empty.tf.json", "--metrics", "m.csv"]) == 2
    assert "declares no alarm" in capsys.readouterr().err


def test_noise(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    items = [item("orders", START, "OK", "ALARM"), item("orders", START + 604800, "ALARM", "OK")]
    written(tmp_path / "h.json", *items)
    assert main(["noise", "h.json"]) == 0
    out = capsys.readouterr().out
    assert "1 alarms, 2026-10-01T10:00:00Z to 2026-10-08T10:00:00Z\n" in out
    assert "     1     1.0        10,080      0        0  orders  fired, and ran no action\n" in out
    assert "  northsouth tune --alarm orders --plan FILE --metrics FILES\n" in out
    assert main(["noise", "h.json", "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert (document["version"], document["alarms"][0]["fired"]) == (1, 1)


def tune(*more: str) -> int:
    return main(["tune", "--stack", "stack", "--metrics", "m.csv", "--map", MAP, "--alarm", "orders", *more])


def test_tune_shows_what_is_missed_for_how_many_false_alarms(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "one.csv").write_text(f"start,end\n{START + 3600},{START + 4200}\n")
    assert tune("--incidents", "one.csv") == 0
    captured = capsys.readouterr()
    assert captured.err == ""
    assert "declared     0 of 1           0.0" in captured.out
    assert "The knee: " in captured.out
    assert (
        "In aws_cloudwatch_metric_alarm.orders, write: datapoints_to_alarm = 1, evaluation_periods = 1" in captured.out
    )
    assert "1 not tried: the history of 2 h never fills the 4 periods of 3600 s that it loads" in captured.out


def test_tune_names_the_quietest_setting_beside_the_knee(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The first incident is easy to see; the second looks like noise, so it costs false alarms."""
    rows = [
        f"{START + 60 * minute},{9 if 60 <= minute < 70 else 4 if minute % 40 == 0 else 1}" for minute in range(300)
    ]
    (tmp_path / "m.csv").write_text("\n".join(["time,orders", *rows]))
    (tmp_path / "two.csv").write_text(
        f"start,end\n{START + 3600},{START + 4200}\n{START + 199 * 60},{START + 204 * 60}\n"
    )
    assert tune("--incidents", "two.csv") == 0
    lines = capsys.readouterr().out.splitlines()
    (knee,) = (line for line in lines if line.startswith("The knee: "))
    (quietest,) = (line for line in lines if line.startswith("The quietest that sees every incident: "))
    assert knee.removeprefix("The knee: ") != quietest.removeprefix("The quietest that sees every incident: ")
    assert sum(line.startswith("In aws_cloudwatch_metric_alarm.orders, write: ") for line in lines) == 2


def test_tune_writes_a_page(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert tune("--must-see", "2026-10-01T11:00:00Z", "--html", "a.html") == 0
    assert tune("--must-see", "2026-10-01T11:00:00Z", "--html", "b.html") == 0
    written = (tmp_path / "a.html").read_text(encoding="utf-8")
    assert written == (tmp_path / "b.html").read_text(encoding="utf-8")
    assert "Missed incidents against notifications" in written
    assert "The knee: " in written
    assert "style=" not in written
    assert "The knee: " in capsys.readouterr().out


def test_tune_without_incidents_says_what_the_alarm_costs(capsys: pytest.CaptureFixture[str]) -> None:
    assert tune() == 0
    assert "Declared, 5, 3 of 3, 60 s: 1 times to ALARM" in capsys.readouterr().out
    assert tune("--must-see", "2026-10-01T11:00:00Z", "--json") == 0
    document = json.loads(capsys.readouterr().out)
    assert (document["version"], document["knee"]["missed"]) == (1, 0)


def test_tune_says_when_nothing_separates(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "none.csv").write_text(f"start,end\n{START + 6600},{START + 6660}\n")
    assert tune("--incidents", "none.csv") == 0
    assert "Nothing separates the incidents from quiet time." in capsys.readouterr().out


def test_tune_refuses_a_wrong_moment(capsys: pytest.CaptureFixture[str]) -> None:
    assert tune("--must-see", "soon") == 2
    assert "--must-see: 'soon' is no time" in capsys.readouterr().err
    assert tune("--must-see", "1999-01-01T00:00:00Z") == 2
    assert "no moment in the history" in capsys.readouterr().err


def test_a_composite_is_compared_and_counted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    stack = json.loads((tmp_path / "stack/cdk.tf.json").read_text())
    stack["resource"]["aws_cloudwatch_composite_alarm"] = {
        "both": {"alarm_name": "both", "alarm_rule": "ALARM(orders)"}
    }
    (tmp_path / "stack/cdk.tf.json").write_text(json.dumps(stack))
    changes = ((3780, ("OK", "ALARM")), (4260, ("ALARM", "OK")))
    items = [item("both", START + each, *states, AlarmType="CompositeAlarm") for each, states in changes]
    written(tmp_path / "h.json", *items)
    assert replay("--against", "h.json", "--json") == 0
    document = json.loads(capsys.readouterr().out)
    assert list(document["against"]) == ["both"]
    assert document["comparison_notes"] == ["AWS's history has no item of orders."]
    assert replay("--against", "h.json") == 0
    assert "against AWS: 2 of " in capsys.readouterr().out
    assert main(["noise", "h.json", "--json"]) == 0
    (row,) = json.loads(capsys.readouterr().out)["alarms"]
    assert (row["alarm"], row["fired"]) == ("both", 1)


@pytest.mark.parametrize("command", [["replay", "--stack", "stack", "--metrics", "m.csv"], ["noise", "h.json"]])
def test_without_the_extra_it_says_what_to_install(
    command: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("northsouth.cli.history.find_spec", lambda _: None)
    assert main(command) == 2
    assert capsys.readouterr().err == (
        "northsouth: error: alarms on history need the extra 'replay': pip install 'northsouth[replay]'\n"
    )
