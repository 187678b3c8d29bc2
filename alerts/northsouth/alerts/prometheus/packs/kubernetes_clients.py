"""What tells the clients of the Kubernetes API apart; pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from northsouth.alerts.prometheus.selectors import Match, label_problems, match_problems, metric_problems
from northsouth.errors import Problem


@dataclass(frozen=True, slots=True)
class Clients:
    """A counter of refused requests with labels that tell clients apart. Made by one of its constructors.

    Attributes:
        metric: the counter.
        labels: the labels of it that tell clients apart.
        refused: which of its series count refused requests.

    """

    metric: str
    labels: Sequence[str]
    refused: Match = field(default_factory=dict)

    @classmethod
    def by_request(cls) -> Clients:
        """Tell clients by what they ask for: the API server's metrics do not name them.

        Of a client that drains a node again and again, these are POST requests on evictions of pods.
        """
        return cls("apiserver_request_total", ("verb", "resource", "subresource"), {"code": "429"})

    @classmethod
    def by_user_agent(cls, metric: str, label: str = "user_agent", refused: Match | None = None) -> Clients:
        """Tell clients by their user agent, from a counter that was made of the audit log.

        Args:
            metric: the counter.
            label: its label with the user agent.
            refused: which of its series count refused requests.

        """
        return cls(metric, (label,), {"code": "429"} if refused is None else refused)

    def problems(self, cluster: str) -> Iterator[Problem]:
        """Yield what is wrong with it; ``cluster`` is the label of clusters."""
        yield from metric_problems("metric", self.metric)
        yield from match_problems("refused", self.refused)
        if not self.labels:
            yield Problem("labels", "none", "clients are told apart by one at least", "Name a label.")
        for index, name in enumerate(self.labels):
            yield from label_problems(f"labels[{index}]", name)
            if name == cluster or name in self.labels[:index]:
                yield Problem(f"labels[{index}]", repr(name), "it is used already", "Leave it out.")
