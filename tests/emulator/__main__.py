"""Runs the emulator until it is told to stop, or until the process that started it is gone.

The first line on standard output is the endpoint. With ``--while-stdin-open`` it ends when its standard input closes,
which happens when its parent ends in whatever way.
"""

from __future__ import annotations

import argparse
import signal
import sys
import threading

from tests.emulator.server import Emulator


def main() -> None:
    """Serve."""
    parser = argparse.ArgumentParser(prog="python -m tests.emulator", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one (default)")
    parser.add_argument("--while-stdin-open", action="store_true", help="end when standard input closes")
    arguments = parser.parse_args()
    over = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: over.set())
    with Emulator(arguments.port) as emulator:
        sys.stdout.write(emulator.endpoint + "\n")
        sys.stdout.flush()
        if arguments.while_stdin_open:
            threading.Thread(target=_wait_for_end_of_input, args=[over], daemon=True).start()
        over.wait()


def _wait_for_end_of_input(over: threading.Event) -> None:
    sys.stdin.read()
    over.set()


if __name__ == "__main__":
    main()
