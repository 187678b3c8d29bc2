"""How long alarms on history take, against one pass of NumPy, single runs, the slow oracle, and promtool.

``python -m benchmarks.replay`` measures what follows, in turn, and prints medians of the ratios, of processor
time where there is one process, else of time on the clock:

* a year of minutes (525,600 points, in memory) for one alarm, against one pass over the same array: what is over the
  threshold, and how many it is;
* 1,000 alarms over a month with 1 % of its points missing, each on a metric of its own, on two processes, against the
  sum of single runs;
* the memory at its peak of two years against one;
* the tests' slow oracle on a day of the same points;
* ``promtool test rules`` on the same rule and series over a day, if promtool is there.
"""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import numpy as np

from northsouth.alerts.replay import Alarms, MetricAlarm, MetricKey, Settings, points, replay
from northsouth.alerts.replay.alarms import Comparison, MetricStat, Missing, Query
from northsouth.alerts.replay.series import Numbers
from tests.alerts.replay import oracle

START = 1_790_812_800
DAY = 1440
MONTH = 30 * DAY
YEAR = 365 * DAY
METRIC = MetricKey("Shop", "Errors")
ROUNDS = 9
PASSES = 20
"""A year may take as long as so many passes."""
SHARE = 0.6
"""1,000 alarms on two processes may take this share of the sum of single runs."""


def alarm(name: str = "a", metric: MetricKey = METRIC) -> MetricAlarm:
    """Return an alarm on two of three minutes over 0.999."""
    stat = Query("m1", MetricStat(metric, "Sum", 60))
    return MetricAlarm(name, f"x.{name}", (stat,), "m1", Comparison.GREATER, 0.999, 3, 2, 60, Missing.NOT_BREACHING)


def values(number: int, gaps: float = 0.0) -> Numbers:
    """Return random values from 0 to 1, some of them missing."""
    random = np.random.default_rng(17)
    numbers = random.random(number)
    numbers[random.random(number) < gaps] = np.nan
    return numbers


def ratios(
    ours: Callable[[], object],
    other: Callable[[], object],
    rounds: int = ROUNDS,
    clock: Callable[[], float] = time.process_time,
) -> tuple[float, float]:
    """Return the median of ours against the other, run in turn, and the median of our seconds."""

    def seconds(work: Callable[[], object]) -> float:
        started = clock()
        work()
        return clock() - started

    ours()
    other()
    taken = [(seconds(ours), seconds(other)) for _ in range(rounds)]
    return statistics.median(mine / theirs for mine, theirs in taken), statistics.median(mine for mine, _ in taken)


def year(gaps: float) -> tuple[float, float]:
    """Measure a year of minutes for one alarm."""
    history = {METRIC: points(START, values(YEAR, gaps))}
    array, alarms = history[METRIC].values["Sum"], Alarms({"a": alarm()})
    if gaps:
        array = np.ascontiguousarray(values(YEAR))
    return ratios(lambda: replay(alarms, history), lambda: np.count_nonzero(array > 0.999))


def thousand() -> tuple[float, float]:
    """Measure 1,000 alarms over a month."""
    metrics = [MetricKey("Shop", f"m{number}") for number in range(1000)]
    numbers = values(MONTH, 0.01)
    history = {metric: points(START, np.roll(numbers, place)) for place, metric in enumerate(metrics)}
    alarms = {metric.name: alarm(metric.name, metric) for metric in metrics}
    single = [(Alarms({name: each}), {each.metrics[0]: history[each.metrics[0]]}) for name, each in alarms.items()]

    def one_by_one() -> None:
        for each, its_history in single:
            replay(each, its_history)

    return ratios(lambda: replay(Alarms(alarms), history, workers=2), one_by_one, 5, time.perf_counter)


def memory() -> float:
    """Return the peak of two years against that of one."""
    peaks = []
    for number in (YEAR, 2 * YEAR):
        history = {METRIC: points(START, values(number, 0.01))}
        tracemalloc.start()
        replay(Alarms({"a": alarm()}), history)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    return peaks[1] / peaks[0]


def against_the_oracle() -> tuple[float, float]:
    """Measure a day against the slow evaluator of the tests."""
    history = {METRIC: points(START, values(DAY, 0.01))}
    alarms, settings = Alarms({"a": alarm()}), Settings(start=START + 600, end=START + DAY * 60)
    return ratios(lambda: replay(alarms, history, settings), lambda: oracle.replay(alarms, history, settings), rounds=1)


def against_promtool(promtool: str) -> tuple[float, float]:
    """Measure a day against promtool, start of its process included, on the same rule and series."""
    numbers = values(DAY)
    rule = "(errors > bool 0.999) + (errors offset 1m > bool 0.999) + (errors offset 2m > bool 0.999) >= 2"
    rules = f"groups: [{{name: g, interval: 1m, rules: [{{alert: A, expr: '{rule}'}}]}}]"
    series = " ".join(f"{number:.6f}" for number in numbers)
    test = (
        "rule_files: [rules.yml]\nevaluation_interval: 1m\ntests:\n- interval: 1m\n  input_series:\n"
        f"  - {{series: errors, values: '{series}'}}\n"
        f"  alert_rule_test: [{{eval_time: {DAY - 1}m, alertname: A, exp_alerts: []}}]\n"
    )
    history, alarms = {METRIC: points(START, numbers)}, Alarms({"a": alarm()})
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "rules.yml").write_text(rules)
        Path(folder, "test.yml").write_text(test)
        command = [promtool, "test", "rules", "test.yml"]
        return ratios(
            lambda: replay(alarms, history),
            lambda: subprocess.run(command, cwd=folder, capture_output=True, check=True),
            3,
            time.perf_counter,
        )


def main() -> int:
    """Print all figures; fail if a target is missed."""
    missed = 0

    def told(name: str, ratio: float, seconds: float | None, most: float | None) -> None:
        nonlocal missed
        fails = most is not None and ratio > most
        missed += fails
        limit = "" if most is None else f"  (at most {most:g}{': MISSED' if fails else ''})"
        shown = "" if seconds is None else f"{1000 * seconds:9.1f} ms"
        print(f"{name:58} {shown:12} {ratio:10.4f}{limit}")

    for gaps in (0.0, 0.01, 0.9):
        ratio, seconds = year(gaps)
        told(f"a year, {gaps:.0%} missing, against one pass", ratio, seconds, PASSES if gaps == 0 else None)
    ratio, seconds = thousand()
    told("1,000 alarms over a month, against single runs", ratio, seconds, SHARE if (os.cpu_count() or 1) > 1 else None)
    told("memory of two years against one", memory(), None, 2.2)
    ratio, seconds = against_the_oracle()
    told("a day, against the slow oracle", ratio, seconds, None)
    promtool = shutil.which("promtool")
    if promtool is None:
        print("promtool is not installed: its figure is left out (Debian: the package prometheus)")
    else:
        ratio, seconds = against_promtool(promtool)
        told("a day, against promtool test rules", ratio, seconds, None)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
