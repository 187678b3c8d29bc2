"""The control total: what NAT gateways' own metrics say, against what the records explain; pure."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from northsouth.errors import ConfigurationError, Problem
from northsouth.errors.reading import fault

METRICS = ("BytesInFromSource", "BytesInFromDestination")
"""What passes through a NAT gateway, by direction: https://docs.aws.amazon.com/vpc/latest/userguide/metrics-dimensions-nat-gateway.html"""
_FIX = (
    "Write what `aws cloudwatch get-metric-data` prints for the statistic Sum of BytesInFromSource and "
    "BytesInFromDestination of the gateways, with labels that hold these names."
)


@dataclass(frozen=True, slots=True)
class Control:
    """What the metrics say of a window.

    Attributes:
        counted: their bytes in the window.
        both: whether both directions are in the file.
        file: the file.

    """

    counted: float
    both: bool
    file: str


def read_control(path: str | Path, start: int, end: int) -> Control:
    """Return the bytes that a file of metrics has in a window.

    Args:
        path: an answer of GetMetricData as JSON, or several in a list.
        start: the window's first second.
        end: the second after its last.

    Raises:
        ConfigurationError: if it cannot be read, or holds another metric, or no point in the window.

    """
    try:
        document = json.loads(Path(path).read_text(encoding="utf-8-sig"))
        series = list(_series(document))
        metrics_found = {metric for name, _ in series for metric in METRICS if metric.lower() in name.lower()}
        foreign = next(
            (name for name, _ in series if not any(metric.lower() in name.lower() for metric in METRICS)), None
        )
        points = [value for _, points in series for moment, value in points if start <= moment < end]
    except (OSError, ValueError, RecursionError) as error:
        raise _refused(path, fault(error)) from error
    except (KeyError, TypeError, AttributeError) as error:
        raise _refused(path, "JSON of another form than GetMetricData's") from error
    if foreign is not None:
        raise _refused(path, f"a series {foreign!r}")
    if not points:
        first, last = (datetime.fromtimestamp(time, UTC).strftime("%Y-%m-%dT%H:%MZ") for time in (start, end))
        raise _refused(path, f"no point between {first} and {last}")
    return Control(sum(points), len(metrics_found) == len(METRICS), str(path))


def _series(document: object) -> Iterator[tuple[str, list[tuple[float, float]]]]:
    answers: Any = document if isinstance(document, list) else [document]
    for answer in answers:
        for result in answer["MetricDataResults"]:
            name = f"{result.get('Label', '')} {result.get('Id', '')}"
            moments = [_moment(moment) for moment in result["Timestamps"]]
            yield name, list(zip(moments, map(float, result["Values"]), strict=True))


def _moment(value: object) -> float:
    if isinstance(value, int | float):
        return float(value)
    moment = datetime.fromisoformat(str(value).replace("Z", "+00:00"))
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def _refused(path: str | Path, given: str) -> ConfigurationError:
    allowed = f"the metrics {' and '.join(METRICS)} of NAT gateways"
    return ConfigurationError("--bytes-metric", [Problem(str(path), given, allowed, _FIX)])
