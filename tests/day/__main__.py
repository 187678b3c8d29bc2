"""What ``make day`` runs: the example is deployed to the emulator, lives a day, and is held against the replay."""

from __future__ import annotations

import logging
import shutil
import sys
import time

from northsouth.emulator.server import Emulator
from tests.day import deployed, report
from tests.day.lived import live
from tests.harness.provider import REPOSITORY, ToolMissing

FOLDER = REPOSITORY / "build" / "day"
PAGE = FOLDER / "day.html"


def main() -> int:
    """Live the day; return the exit code: 1 if anything differs from the replay."""
    began = time.monotonic()
    # An alarm that is judged once an hour has no evaluation in half an hour.
    logging.getLogger("northsouth.emulator.alarm_evaluation").setLevel(logging.ERROR)

    def say(text: str) -> None:
        print(f"{time.monotonic() - began:5.0f} s  {text}", flush=True)  # noqa: T201 - what it is for

    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    document = deployed.synthesized(FOLDER)
    say("the example is synthesized")
    with Emulator() as emulator:
        try:
            state = deployed.deploy(FOLDER, emulator, document)
        except ToolMissing as missing:
            say(f"nothing was deployed. {missing}")
            return 1
        say("and deployed; its day begins")
        day = live(emulator, state, lambda hour: say(f"{hour} on its clock"))
    PAGE.write_text(report.page(day), encoding="utf-8")
    wrong = report.differences(day)
    lines = [report.table(day), "", *(f"DIFFERS  {each}" for each in wrong)]
    lines += [f"the picture of the timeline: {PAGE.relative_to(REPOSITORY)}"]
    lines += [f"{len(wrong)} differences" if wrong else "all that people received is what the replay said"]
    print("\n".join(lines))  # noqa: T201 - what it is for
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
