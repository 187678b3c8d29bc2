"""Load and faults on the archive: a day of many log objects, and runs that are killed at each of their calls."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta

from northsouth.emulator.faults import Call, Fault, Rule, watch
from tests.load.deployed import ARCHIVE, LOGS, PREFIX
from tests.load.load import BEGIN, Load, kill
from tests.load.report import Check
from tests.logs.archive_runs import Archive, Execution, line

LINES = 10
"""Log lines of an object of the large day."""
PARTS, PART_LINES = 3, 5
"""Log objects of an hour whose run is killed, and lines of each."""
MACHINE = "load-alb"


def deployed(load: Load) -> Archive:
    """Return the deployed archive."""
    url = load.emulator.client("sqs").get_queue_url(QueueName="load-dead-letters")["QueueUrl"]
    return Archive(load.emulator, "load", LOGS, ARCHIVE, url, PREFIX)


def large_day(load: Load, objects: int) -> Iterator[Check]:
    """Archive a day of many log objects, hour by hour, as the schedule does."""
    archive, day, delivered = deployed(load), BEGIN - timedelta(days=1), Counter[str]()
    for number in range(objects):
        hour = number * 24 // objects
        end = day + timedelta(hours=hour, minutes=5 * (number % 12 + 1))
        texts = [line(end - timedelta(seconds=n + 1), url=f"http://x/{number}/{n}") for n in range(LINES)]
        archive.deliver(texts, end, name=f"o{number}")
        delivered[f"{hour:02}"] += LINES
    runs = []
    for hour in range(1, 25):
        at = day + timedelta(hours=hour, minutes=30)
        load.clock.move_to(at)
        runs.append(archive.scheduled("first", at))
    failed = [run for run in runs if run.status != "SUCCEEDED"]
    measured = f"{len(runs) - len(failed)} of {len(runs)}" + _why(failed)
    yield Check("the run of each hour succeeds", measured, not failed)
    where = f"FROM alb WHERE day = '{day:%Y-%m-%d}'"
    rows = archive.select(f"SELECT hour, count(*), count(DISTINCT request_url) {where} GROUP BY hour")
    archived = Counter({str(hour): int(number or 0) for hour, number, _ in rows})
    different = sum(int(number or 0) for *_, number in rows)
    measured = (
        f"{different:,} different of {archived.total():,} rows, of {delivered.total():,} lines in {objects:,} objects"
    )
    yield Check(
        "each line is archived once, in its hour", measured, archived == delivered and different == archived.total()
    )
    counted = sum(sum(archive.published("ArchivedRecords", "first", at=day + timedelta(hours=n))) for n in range(24))
    yield Check("the metric counts what is archived", f"{counted:,.0f} records", counted == archived.total())


def _why(failed: list[Execution]) -> str:
    return f"; {failed[0].status}: {failed[0].cause[:200]}" if failed else ""


def killed_at_each_call(load: Load) -> Iterator[Check]:
    """Kill a run at each of its calls in turn, and run the hour again."""
    archive = deployed(load)
    load.clock.move_to(BEGIN)
    first = _deliver(archive, 0)
    with load.emulator.faults.rule(watch) as answers:
        whole = archive.run({"window": first.isoformat()})
    # Those of the test itself are not the run's.
    steps = [answer.call for answer in answers if answer.call.service != "states"]
    yield Check(
        "the run that nobody kills succeeds", f"{len(steps)} calls" + _why(_failed([whole])), not _failed([whole])
    )
    killed, again, counts = [], [], Counter[tuple[str | None, ...]]()
    for number, step in enumerate(steps, 1):
        window = _deliver(archive, number)
        with load.emulator.faults.rule(_kills_at(step)):
            killed.append(archive.run({"window": window.isoformat()}))
        again.append(archive.run({"window": window.isoformat()}))
        sql = f"SELECT count(*), count(DISTINCT request_url) FROM alb WHERE request_url LIKE 'http://k/{number}/%'"
        counts.update(tuple(row) for row in archive.select(sql))
    aborted = sum(run.status == "ABORTED" for run in killed)
    yield Check("the killed runs are aborted", f"{aborted} of {len(steps)}", aborted == len(steps))
    succeeded = len(again) - len(_failed(again))
    yield Check(
        "the run after each succeeds", f"{succeeded} of {len(again)}" + _why(_failed(again)), not _failed(again)
    )
    lines = str(PARTS * PART_LINES)
    right = counts[lines, lines]
    yield Check(
        "then each line is archived once",
        f"{right} of {len(steps)} hours have their {lines} lines",
        right == len(steps),
    )


def _deliver(archive: Archive, number: int) -> datetime:
    """Deliver the logs of an hour; return its beginning."""
    start = BEGIN - timedelta(days=10) + timedelta(hours=number)
    for part in range(PARTS):
        begin = start + timedelta(minutes=5 * part)
        texts = [line(begin + timedelta(seconds=n), url=f"http://k/{number}/{part}/{n}") for n in range(PART_LINES)]
        archive.deliver(texts, begin + timedelta(minutes=5), name=f"k{part}")
    return start


def _failed(runs: list[Execution]) -> list[Execution]:
    return [run for run in runs if run.status != "SUCCEEDED"]


def _kills_at(step: Call) -> Rule:
    def rule(call: Call) -> Fault | None:
        if call == step:
            kill(MACHINE)
            return Fault.LOSE_REQUEST
        return None

    return rule
