"""A receiver's rate limit, as chats have it, and how who calls it keeps it; pure."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from itertools import pairwise

OK, BUSY = 200, 429


@dataclass(slots=True)
class Limit:
    """A limit, and the requests under it.

    Attributes:
        most: requests that are taken in any ``seconds``.
        seconds: the length of the window.
        requests: the moment and the status of each request, oldest first.

    """

    most: int
    seconds: float
    requests: list[tuple[float, int]] = field(default_factory=list)
    _taken: deque[float] = field(default_factory=deque)

    def status(self, now: float) -> int:
        """Return the status of a request at a moment."""
        while self._taken and self._taken[0] <= now - self.seconds:
            self._taken.popleft()
        status = BUSY if len(self._taken) >= self.most else OK
        if status == OK:
            self._taken.append(now)
        self.requests.append((now, status))
        return status

    @property
    def refused(self) -> int:
        """How many requests were refused."""
        return sum(status == BUSY for _, status in self.requests)

    @property
    def shortest_wait(self) -> float:
        """Seconds from a refusal to the next request, the fewest; infinite if nothing was refused."""
        waits = (later - time for (time, status), (later, _) in pairwise(self.requests) if status == BUSY)
        return min(waits, default=float("inf"))
