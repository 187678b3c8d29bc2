"""How often a run tries each step, and how long it takes if every step fails as late as possible; pure.

A run that reaches its own time-out ends at once: it catches nothing and sends no message. So everything a run does in
sequence, with every attempt, time-out and wait, has to fit into ``run_timeout_minutes``, and this is checked at synth.
"""

from __future__ import annotations

from dataclasses import dataclass

MINUTE = 60
"""In seconds."""


@dataclass(frozen=True, slots=True)
class Retries:
    """How often a state is tried, and the waits between the attempts, each twice as long as the one before.

    Attributes:
        attempts: how often in all.
        first_wait: the longest first wait in seconds; jitter makes it shorter.

    """

    attempts: int
    first_wait: int

    @property
    def state(self) -> dict[str, object]:
        """The retrier, as Amazon States Language writes it."""
        return {
            "ErrorEquals": ["States.TaskFailed", "States.Timeout"],
            "IntervalSeconds": self.first_wait,
            "MaxAttempts": self.attempts - 1,
            "BackoffRate": 2,
            "JitterStrategy": "FULL",
        }

    def seconds(self, timeout: int) -> int:
        """Return the most seconds that a state with this time-out takes: waits of w, 2w, 4w sum up to (2^n - 1)w."""
        waits = self.first_wait * ((1 << self.attempts - 1) - 1)
        return self.attempts * timeout + waits


QUERIES = Retries(attempts=3, first_wait=15)
CALLS = Retries(attempts=3, first_wait=2)
CALL_SECONDS = 10
"""The time-out of a call that is no query; each is answered within a second or so."""
READS = Retries(attempts=2, first_wait=30)
"""A Glue job takes a minute to start, and fails for reasons that pass."""
CRAWL_MINUTES = 10
"""How long a run waits for its crawl."""
POLL_SECONDS = 30

_QUERIES_OF_A_RUN = 3
"""CountExisting, Unload and Count follow each other when a window is written again."""
_CALLS_OF_A_RUN = 8
"""Existing, ReadExisting, Point, Repoint, ReadCount, Expected (or Ask), Publish and DeadLetter."""
_CALLS_OF_A_CRAWL = 3 * QUERIES.attempts + 2
"""ListOld, DeleteOld and ListOld before each attempt; Crawl and the last look at it."""


def longest(queries: int, calls: int, query_minutes: int) -> int:
    """Return the most seconds of so many queries and calls in sequence."""
    return queries * QUERIES.seconds(query_minutes * MINUTE) + calls * CALLS.seconds(CALL_SECONDS)


def longest_run(query_minutes: int, *, crawler: bool, read_minutes: int = 0) -> int:
    """Return the most seconds from the start of a run to the end of its last state, the dead letter.

    Args:
        query_minutes: the time-out of a query.
        crawler: whether a crawler finds the partitions.
        read_minutes: the time-out of a Glue job that reads an index first; 0 if none does.

    """
    calls = _CALLS_OF_A_RUN + (_CALLS_OF_A_CRAWL if crawler else 0)
    crawl = CRAWL_MINUTES * MINUTE + POLL_SECONDS if crawler else 0
    # An index is asked in place of CloudWatch.
    reading = READS.seconds(read_minutes * MINUTE) if read_minutes else 0
    return longest(_QUERIES_OF_A_RUN, calls, query_minutes) + crawl + reading


def longest_query(run_minutes: int, *, crawler: bool, read_minutes: int = 0) -> int:
    """Return the most whole minutes that a query may take for all of a run to fit; below 1 if nothing fits."""
    rest = run_minutes * MINUTE - longest_run(0, crawler=crawler, read_minutes=read_minutes)
    attempts = _QUERIES_OF_A_RUN * QUERIES.attempts
    # A run must end before its time-out, not at it.
    return (rest - 1) // (attempts * MINUTE)
