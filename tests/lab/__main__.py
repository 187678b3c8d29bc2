"""``make lab``: opens the lab and does what the keys say. Without a terminal, or with ``--script``, plays the story."""

from __future__ import annotations

import argparse
import os
import select
import signal
import sys
import termios
import time
import tty
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from tests.harness.provider import ToolMissing
from tests.lab import story, world
from tests.lab.declared import CLUSTERS
from tests.lab.lab import FOLDER, Lab, opened
from tests.lab.programs import LabError

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
IDLE_SECONDS = 600
KEYS = """
  m  the models get worse, or good again
  c  the processors are kept busy for 40 s, or left alone
  s  a cluster stops; again: the other one too; again: both start
  q  ends the lab, which also ends by itself 10 minutes after the last key
"""


def main() -> int:
    """Run the lab; return the exit code."""
    parser = argparse.ArgumentParser(prog="make lab", description=__doc__)
    parser.add_argument("--script", action="store_true", help="play the story without keys")
    scripted = parser.parse_args().script
    for number in SIGNALS:
        signal.signal(number, _interrupt)
    if not scripted and not sys.stdin.isatty():
        say("There is no terminal for keys: the script runs.")
        scripted = True
    try:
        with opened() as lab:
            say(f"The lab runs. An hour passes in a minute.\nMessages: {lab.receiver}")
            play(lab) if scripted else by_keys(lab)
    except (ToolMissing, LabError) as failure:
        say(str(failure))
        return 1
    except KeyboardInterrupt:
        say("\nInterrupted; nothing is left running.")
        return 130
    say(f"The lab has ended; nothing is left running. Its messages: {FOLDER / 'messages.html'}")
    return 0


def say(line: str) -> None:
    """Print a line at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _interrupt(*_: object) -> None:
    """End the lab; a second signal does not disturb the end of its programs."""
    for number in SIGNALS:
        signal.signal(number, signal.SIG_IGN)
    raise KeyboardInterrupt


def play(lab: Lab) -> None:
    """Play the story, and say what was heard."""
    began = time.monotonic()
    outcome = story.run(lab, lambda line: say(f"{time.monotonic() - began:4.0f} s  {line}"))
    say(f"\n{outcome.table()}\n")


def by_keys(lab: Lab) -> None:
    """Do what the keys say."""
    actions: dict[str, Callable[[Lab], str]] = {"m": _models, "c": _processors, "s": _clusters}
    heard = 0
    last = time.monotonic()
    with _single_keys():
        say(KEYS)
        while time.monotonic() - last < IDLE_SECONDS:
            lab.check()
            notifications = lab.inbox.notifications()
            for each in notifications[heard:]:
                say(f"{each.seconds:4.0f} s  {each.title}: {', '.join(dict.fromkeys(each.alerts))}")
            heard = len(notifications)
            key = _key()
            if key == "q":
                return
            if key:
                last = time.monotonic()
                action = actions.get(key)
                at = last - lab.inbox.began
                say(f"{at:4.0f} s  {action(lab)}" if action else KEYS)
    say("No key for 10 minutes.")


@contextmanager
def _single_keys() -> Iterator[None]:
    """Read keys without Enter, and leave the terminal as it was."""
    before = termios.tcgetattr(sys.stdin)
    tty.setcbreak(sys.stdin)
    try:
        yield
    finally:
        termios.tcsetattr(sys.stdin, termios.TCSADRAIN, before)


def _key() -> str:
    """Return the key that is pressed within half a second; ``q`` when the terminal is gone."""
    ready, _, _ = select.select([sys.stdin], [], [], 0.5)
    return (os.read(sys.stdin.fileno(), 1).decode(errors="replace").lower() or "q") if ready else ""


def _models(lab: Lab) -> str:
    lab.models.become(world.GOOD if lab.models.is_worse else world.WORSE)
    return "the models get worse" if lab.models.is_worse else "the models are as before"


def _processors(lab: Lab) -> str:
    if lab.burner.is_burning:
        lab.burner.stop()
        return "the processors are left alone"
    lab.burner.start()
    return f"the processors are kept busy for {world.BURN_SECONDS} s"


def _clusters(lab: Lab) -> str:
    running = [name for name in CLUSTERS if name in lab.clusters]
    if running:
        lab.stop_cluster(running[0])
        return f"{running[0]} stops"
    lab.start_clusters()
    return "both clusters start"


if __name__ == "__main__":
    sys.exit(main())
