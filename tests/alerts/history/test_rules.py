"""What a history sends, and what AWS refuses of it."""

from __future__ import annotations

from typing import Any

import pytest

from northsouth.alerts.history import rules
from northsouth.alerts.history.cost import HistoryCost, HistoryPrices, history_cost
from northsouth.alerts.history.rules import Streamed, streamed
from northsouth.errors import ConfigurationError
from northsouth.logs.lifecycle import Lifecycle
from northsouth.metrics import Metric
from northsouth.policies import ArnScope


def metric(name: str, statistic: str = "Sum", namespace: str = "Web", **dimensions: str) -> Metric:
    return Metric(namespace=namespace, name=name, statistic=statistic, unit="Count", dimensions=dimensions)


def problems(stream: Streamed | None = None, **changed: Any) -> list[str]:
    given: dict[str, Any] = {
        "stream": stream or streamed([metric("Asked")]),
        "bucket_name": "acme-history",
        "name": "history",
        "lifecycle": Lifecycle.expire(455),
        "buffer_seconds": 900,
        "buffer_mebibytes": 128,
        "log_retention_days": 30,
        **changed,
    }
    stream = given.pop("stream")
    found = [*rules.stream_problems(stream), *rules.delivery_problems(**given)]
    return [str(problem) for problem in found]


def test_each_name_is_sent_once_whatever_its_dimensions_and_statistics() -> None:
    sent = streamed(
        [metric("B", host="a"), metric("B", "Average", host="b"), metric("A"), metric("A", namespace="AWS/EC2")]
    )
    assert sent == Streamed({"AWS/EC2": ("A",), "Web": ("A", "B")}, {})
    assert sent.count == 5


def test_percentiles_are_sent_together_where_they_are_the_same() -> None:
    sent = streamed([metric("A", "p99"), metric("A", "p50"), metric("B", "p99"), metric("C", "p99"), metric("C")])
    assert sent.percentiles == {("p50", "p99"): (("Web", "A"),), ("p99",): (("Web", "B"), ("Web", "C"))}


def test_a_usual_history_has_no_problems() -> None:
    assert problems() == []
    assert (
        problems(streamed([metric("${token}", namespace="${TfToken[TOKEN.1]}")]), bucket_name="${TfToken[TOKEN.2]}")
        == []
    )


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"stream": streamed([])}, "alarms: got no metric"),
        ({"stream": streamed([metric(f"m{number}") for number in range(1000)])}, "alarms: got 1001 names"),
        ({"stream": streamed([metric("häufig")])}, "metrics: got 'häufig'"),
        ({"stream": streamed([metric("x" * 256)])}, "1 to 255 printable ASCII"),
        ({"stream": streamed([metric("A", namespace=":Web")])}, "metrics: got ':Web'"),
        (
            {"stream": streamed([metric("A", f"p{number}") for number in range(10, 31)])},
            "alarms: got 21 percentiles of Web/A",
        ),
        (
            {"stream": streamed([metric(f"m{number}", "p99") for number in range(101)])},
            "alarms: got 101 metrics with p99",
        ),
        (
            {
                "stream": streamed(
                    [metric(f"m{number}", f"p{number % 90 + 9}.{number}") for number in range(101)],
                )
            },
            "alarms: got 101 different sets of percentiles",
        ),
        ({"bucket_name": "Acme"}, "bucket_name: got 'Acme'"),
        ({"name": "history/one"}, "name: got 'history/one'"),
        ({"name": "h" * 65}, "1 to 64 letters"),
        ({"lifecycle": Lifecycle.expire(0)}, "lifecycle.expire_after_days: got 0"),
        ({"buffer_seconds": 59}, "buffer_seconds: got 59; Firehose collects for 60 to 900 seconds"),
        ({"buffer_seconds": 901}, "buffer_seconds: got 901"),
        ({"buffer_seconds": True}, "buffer_seconds: got True"),
        ({"buffer_mebibytes": 129}, "buffer_mebibytes: got 129; Firehose collects for 1 to 128 MiB"),
        ({"log_retention_days": 31}, "log_retention_days: got 31"),
    ],
)
def test_what_aws_refuses_is_refused(changed: dict[str, Any], said: str) -> None:
    (problem,) = problems(**changed)
    assert said in problem


def test_firehose_may_write_its_two_folders_and_use_the_key() -> None:
    place = ArnScope(partition="aws-cn", region="cn-north-1", account="123456789012")
    statements = rules.firehose_statements(place, "kept", "arn:log", "arn:key")
    (write,) = [each for each in statements if each["Sid"] == "Write"]
    assert write["Resource"] == ["arn:aws-cn:s3:::kept/metrics/*", "arn:aws-cn:s3:::kept/errors/*"]
    assert statements[-1]["Resource"] == ["arn:key"]


def test_the_worked_example_of_the_cost() -> None:
    cost = history_cost(12)
    shown = [round(each, 2) for each in (cost.updates, cost.firehose, cost.objects, cost.storage, cost.total)]
    assert shown == [1.56, 0.01, 0.01, 0.01, 1.58]


def test_five_percentiles_cost_one_update_and_a_sixth_another() -> None:
    """AWS's own example: six additional statistics make three updates (CloudWatch-metric-streams-statistics)."""
    plain = history_cost(1).updates
    assert [round(history_cost(1, percentiles=number).updates / plain) for number in (0, 1, 5, 6, 10, 11)] == [
        1, 2, 2, 3, 3, 4,
    ]  # fmt: skip


def test_nothing_costs_nothing_and_small_records_are_rounded_up() -> None:
    assert history_cost(0) == HistoryCost(updates=0, firehose=0, objects=0, storage=0)
    assert history_cost(1).firehose == history_cost(10).firehose < history_cost(100).firehose


@pytest.mark.parametrize("changed", [{"series": -1}, {"days": float("nan")}, {"buffer_seconds": 0}])
def test_a_cost_of_nonsense_is_refused(changed: dict[str, Any]) -> None:
    with pytest.raises(ConfigurationError, match=next(iter(changed))):
        history_cost(**{"series": 1, **changed})


def test_prices_are_numbers() -> None:
    with pytest.raises(ConfigurationError, match="thousand_updates"):
        HistoryPrices(thousand_updates=-1)
