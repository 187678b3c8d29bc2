"""What ``make load`` runs: routes and an archive are deployed to the emulator, put under load, and killed.

``CHANGES`` and ``OBJECTS`` say how many alarms change and how many log objects the day has.
"""

from __future__ import annotations

import logging
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from northsouth.emulator.server import Emulator
from tests.harness.provider import ToolMissing
from tests.load import archive, deployed, routes
from tests.load.load import Load, under_load
from tests.load.report import Check, Part, summary, wrong
from tests.load.settings import number_of

Measure = Callable[[Load], Iterator[Check]]


def parts() -> Iterator[tuple[str, Measure]]:
    """Yield what is done, in order: a title, and what does and measures it."""
    alarms = len(deployed.CRITICAL)
    changes = number_of("CHANGES", 10_000, least=2 * alarms) // alarms * alarms
    objects = number_of("OBJECTS", 1_000, least=24)
    yield f"{changes:,} changes of {alarms} alarms", partial(routes.many_changes, changes=changes)
    yield from routes.PARTS
    yield f"A day of {objects:,} log objects is archived", partial(archive.large_day, objects=objects)
    yield "Runs of the archive are killed at each of their calls, and run again", archive.killed_at_each_call


def main() -> int:
    """Run all parts; return the exit code: 1 if anything is not as it should be."""
    asked = list(parts())
    began = time.monotonic()
    # Tasks that fail are what this is about.
    logging.getLogger("moto").setLevel(logging.CRITICAL)

    def say(text: str) -> None:
        print(f"{time.monotonic() - began:5.0f} s  {text}", flush=True)  # noqa: T201 - what it is for

    measured = []
    with tempfile.TemporaryDirectory() as folder, Emulator() as emulator:
        try:
            deployed.deploy(Path(folder), emulator)
        except ToolMissing as missing:
            say(f"nothing was deployed. {missing}")
            return 1
        say("routes and an archive are deployed")
        with under_load(emulator) as load:
            for title, measure in asked:
                say(title)
                measured.append(_part(title, load, measure))
        say(f"it ends; this process took {time.process_time():.0f} s of processor time")
    print(summary(measured))  # noqa: T201 - what it is for
    return 1 if wrong(measured) else 0


def _part(title: str, load: Load, measure: Measure) -> Part:
    began, checks = time.monotonic(), []
    load.begin()
    try:
        checks.extend(measure(load))
        load.begin()
        routes.end_all(load)
    except TimeoutError as unfinished:
        checks.append(Check("it ends", str(unfinished), holds=False))
    return Part(title, time.monotonic() - began, checks)


if __name__ == "__main__":
    sys.exit(main())
