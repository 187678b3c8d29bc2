"""Worked examples as the engine takes them: alarms in Terraform's JSON, points with stamps, expected timelines."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np

from northsouth.alerts.replay import Alarms, MetricKey, Replay, Series, Settings, State, read_alarms, replay
from northsouth.template import parse

EXAMPLES = json.loads((Path(__file__).parent / "examples.json").read_text(encoding="utf-8"))["cases"]


def stamp(text: str) -> int:
    """Return a moment in seconds since 1970 UTC."""
    return int(datetime.fromisoformat(text).timestamp())


def series(points: list[list[Any]], spacing: int = 60) -> Series:
    """Return the points of an example: a number is one sample; an object names its statistics."""
    times = np.array([stamp(text) for text, _ in points])
    statistics: dict[str, list[float]] = {}
    for _, value in points:
        given = value if isinstance(value, Mapping) else dict.fromkeys(("Sum", "Average", "Minimum", "Maximum"), value)
        for name, number in {"SampleCount": 1, **given}.items():
            statistics.setdefault({"count": "SampleCount", "sum": "Sum"}.get(name, name), []).append(number)
    if any("count" in value for _, value in points if isinstance(value, Mapping)):
        statistics["SampleCount"] = [value["count"] for _, value in points]
    return Series(times, {name: np.array(numbers) for name, numbers in statistics.items()}, spacing)


def run(case: Mapping[str, Any], **settings: Any) -> Replay:
    """Replay an example under its own assumptions."""
    return replay(*replayed(case, **settings))


def replayed(case: Mapping[str, Any], **settings: Any) -> tuple[Alarms, dict[MetricKey, Series], Settings]:
    """Return an example's alarms, history and settings, its own assumptions among them."""
    resources = {
        kind: {
            label: {**block, "alarm_name": label} if "alarm_name" in block else block for label, block in blocks.items()
        }
        for kind, blocks in case["terraform"]["resource"].items()
    }
    expected = case["expected"]
    history = {MetricKey("T", name): series(points) for name, points in case["metrics"].items()}
    states = {
        name: [(stamp(text), State(state)) for text, state in changes]
        for name, changes in case.get("children", {}).items()
    }
    given: dict[str, Any] = {"initial": State(expected.get("initial", "OK")), "states": states}
    if "judge_from" in expected:
        given |= {"start": stamp(expected["judge_from"]), "end": stamp(expected["judge_to"])}
    return read_alarms(parse({"resource": resources})), history, Settings(**given, **settings)
