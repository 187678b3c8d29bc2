"""The mock models and their past."""

from __future__ import annotations

import pytest

from tests.lab import world
from tests.lab.world import GOOD, WORSE, Models


def published(models: Models, name: str, label: str = "") -> float:
    """Return one value of the first model."""
    (line,) = [line for line in models.metrics().splitlines() if line.startswith(f'{name}{{model="chat"{label}}}')]
    return float(line.split()[-1])


def test_requests_fall_into_the_buckets_of_how_long_they_take(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [1000.0]
    monkeypatch.setattr(world, "monotonic", lambda: clock[0])
    models = Models(counted=clock[0])
    clock[0] += 10
    assert published(models, "model_request_duration_seconds_bucket", ',le="0.25"') == 50
    models.become(WORSE)
    clock[0] += 2
    assert published(models, "model_request_duration_seconds_bucket", ',le="0.25"') == 50
    assert published(models, "model_request_duration_seconds_bucket", ',le="5.0"') == 60
    assert published(models, "model_request_duration_seconds_bucket", ',le="+Inf"') == 60
    assert published(models, "model_request_duration_seconds_sum") == pytest.approx(50 * GOOD.seconds + 40)
    assert published(models, "model_quality_score") == WORSE.quality
    assert published(models, "model_drift_score") == WORSE.drift


def test_the_past_reaches_from_a_shortened_week_ago_until_now() -> None:
    lines = world.history(1_000_000).splitlines()
    assert lines[0] == "# TYPE model_quality_score gauge"
    assert lines[-1] == "# EOF"
    times = [int(line.split()[-1]) for line in lines[1:-1]]
    assert min(times) == 1_000_000 - 7 * 24 * 60 - 120
    assert 999_900 < max(times) < 1_000_000
