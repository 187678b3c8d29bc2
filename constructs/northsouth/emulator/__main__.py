"""Runs the emulator until it is told to stop, or until the process that started it is gone.

The first line on standard output is the endpoint. With ``--while-stdin-open`` it ends when its standard input closes,
which happens when its parent ends in whatever way.
"""

from __future__ import annotations

import argparse
import signal
import sys
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

MINUTE = timedelta(minutes=1)


def main() -> None:
    """Serve."""
    parser = argparse.ArgumentParser(prog="python -m northsouth.emulator", description=__doc__)
    parser.add_argument("--port", type=_port, default=0, help="0 takes a free one (default)")
    parser.add_argument("--while-stdin-open", action="store_true", help="end when standard input closes")
    parser.add_argument("--judge-alarms", action="store_true", help="judge alarms on the data that is put, each minute")
    arguments = parser.parse_args()
    try:
        from northsouth.emulator.server import Emulator

        emulator = Emulator(arguments.port)
    except ModuleNotFoundError as missing:
        parser.error(f"{missing.name} is not installed: pip install 'northsouth[emulator]'")
    over = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: over.set())
    with emulator:
        sys.stdout.write(emulator.endpoint + "\n")
        sys.stdout.flush()
        if arguments.while_stdin_open:
            threading.Thread(target=_wait_for_end_of_input, args=[over], daemon=True).start()
        if arguments.judge_alarms:
            judge_each_minute(emulator.judge_alarms, over.wait)
        over.wait()


def judge_each_minute(
    judge: Callable[[datetime, datetime], None],
    is_over: Callable[[float], bool],
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> None:
    """Judge every minute that begins from now on, each once, late ones too.

    Args:
        judge: judges from a first moment to a last one.
        is_over: waits so many seconds, and says whether it is time to stop.
        now: the clock.

    """
    minute = now().replace(second=0, microsecond=0)
    while not is_over(1):
        if now() >= minute + MINUTE:
            minute += MINUTE
            judge(minute, minute)


def _port(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) > 65_535:
        raise argparse.ArgumentTypeError(f"{text!r} is not a port; give a number from 0 to 65535")
    return int(text)


def _wait_for_end_of_input(over: threading.Event) -> None:
    sys.stdin.read()
    over.set()


if __name__ == "__main__":
    main()
