"""What the lab watches: two models that can get worse, and processors that can be busy. All is bounded in time."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from time import monotonic

from northsouth.alerts.prometheus.durations import seconds
from tests.harness import child
from tests.lab.declared import MODEL_RULES
from tests.lab.programs import start
from tests.lab.shortened import FACTOR

MODELS = ("chat", "search")
_BUCKETS = (0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
_PER_SECOND = 5
"""Requests to each model; each of them is judged."""
BURN_SECONDS = 40
_BURN = f"import time\nend = time.monotonic() + {BURN_SECONDS}\nwhile time.monotonic() < end:\n    pass\n"


@dataclass(frozen=True)
class Behaviour:
    """How a model is: the numbers it publishes."""

    quality: float
    drift: float
    seconds: float


GOOD = Behaviour(quality=0.92, drift=0.05, seconds=0.2)
WORSE = Behaviour(quality=0.55, drift=0.4, seconds=4.0)


@dataclass
class Models:
    """Mock models. They publish quality, latency and drift as real ones do, by counters that only grow."""

    now: Behaviour = GOOD
    requests: float = 0.0
    duration: float = 0.0
    buckets: dict[float, float] = field(default_factory=lambda: dict.fromkeys(_BUCKETS, 0.0))
    counted: float = field(default_factory=monotonic)
    lock: Lock = field(default_factory=Lock)

    @property
    def is_worse(self) -> bool:
        """Whether they are worse than they were."""
        return self.now is WORSE

    def become(self, behaviour: Behaviour) -> None:
        """Change how the models behave from now on."""
        with self.lock:
            self._count()
            self.now = behaviour

    def metrics(self) -> str:
        """Return what is scraped."""
        with self.lock:
            self._count()
            return "".join(f"{line}\n" for model in MODELS for line in self._lines(f'model="{model}"'))

    def _count(self) -> None:
        requests = _PER_SECOND * (monotonic() - self.counted)
        self.counted = monotonic()
        self.requests += requests
        self.duration += requests * self.now.seconds
        for bound in _BUCKETS:
            self.buckets[bound] += requests if self.now.seconds <= bound else 0

    def _lines(self, model: str) -> list[str]:
        name = "model_request_duration_seconds"
        return [
            f"model_quality_score{{{model}}} {self.now.quality}",
            f"model_quality_judged_total{{{model}}} {self.requests}",
            f"model_drift_score{{{model}}} {self.now.drift}",
            *(f'{name}_bucket{{{model},le="{bound}"}} {count}' for bound, count in self.buckets.items()),
            f'{name}_bucket{{{model},le="+Inf"}} {self.requests}',
            f"{name}_sum{{{model}}} {self.duration}",
            f"{name}_count{{{model}}} {self.requests}",
        ]


def history(now: float) -> str:
    """Return the quality of the past week, which the lab's clock makes 168 minutes of, as OpenMetrics.

    Without it, a model would be too young to be compared with what it was a week ago.
    """
    week = (seconds(MODEL_RULES.than) or 0) / FACTOR
    times = range(round(now - week - 120), round(now) - 5, 15)
    lines = [f'model_quality_score{{model="{model}"}} {GOOD.quality} {at}\n' for model in MODELS for at in times]
    return "# TYPE model_quality_score gauge\n" + "".join(lines) + "# EOF\n"


@dataclass
class Burner:
    """Keeps all processors busy, each by a program of least priority that ends by itself after 40 s."""

    log: Path
    programs: list[subprocess.Popen[str]] = field(default_factory=list)

    @property
    def is_burning(self) -> bool:
        """Whether the processors are kept busy."""
        return any(each.poll() is None for each in self.programs)

    def start(self) -> None:
        """Keep the processors busy."""
        self.stop()
        command = ["nice", "-n", "19", sys.executable, "-c", _BURN]
        self.programs = [start(command, self.log) for _ in range(os.cpu_count() or 1)]

    def stop(self) -> None:
        """Leave them alone."""
        for each in self.programs:
            child.stop(each)
        self.programs = []
