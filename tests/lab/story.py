"""The run by a script: the model gets worse, the processors burn, the clusters stop; then all of it is mended."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from tests.lab import world
from tests.lab.declared import CLUSTERS
from tests.lab.lab import Lab
from tests.lab.programs import LabError
from tests.lab.receiver import Notification

LIMIT_SECONDS = 240
BUSY_ELSEWHERE = 0.5
"""If other programs take more of the processors' time, the end of ``HostCpuBusy`` is not waited for."""
MODEL_ALERTS = ("ModelSlow", "ModelQualityRegressed", "ModelDrifted")
EXPECTED = (*MODEL_ALERTS, "HostCpuBusy", "ClusterMetricsStopped", "ClustersSilent")
"""The alerts that somebody is notified of, each when it fires and when it is over."""
SILENCED = {("ModelSlow", "warning"): "ModelSlow", ("ClusterMetricsStopped", "critical"): "ClustersSilent"}
"""The alerts that another one silences, by name and severity, and which one."""


@dataclass
class Outcome:
    """What people heard, in seconds since the trouble began.

    Attributes:
        began: when the trouble began, in seconds since the lab did.
        fired: when the first message came that an alert fires, by its name.
        resolved: when the last message came that it is over.
        most: how many alerts of that name one message held at most.
        silenced: which alerts were silenced, and by which one.
        busy_elsewhere: the share of the processors' time that other programs took; set if ``HostCpuBusy`` fires on
            because of them.

    """

    began: float
    fired: dict[str, float] = field(default_factory=dict)
    resolved: dict[str, float] = field(default_factory=dict)
    most: dict[str, int] = field(default_factory=dict)
    silenced: dict[tuple[str, str], str] = field(default_factory=dict)
    busy_elsewhere: float | None = None

    def look(self, lab: Lab) -> None:
        """Take in what has arrived so far."""
        self.silenced |= lab.silenced()
        self.hear(lab.inbox.notifications())

    def hear(self, notifications: Sequence[Notification]) -> None:
        """Take in all notifications of the lab, the oldest first."""
        for each in notifications:
            at = each.seconds - self.began
            for alert in each.alerts:
                self.most[alert] = max(self.most.get(alert, 0), each.alerts.count(alert))
                if each.firing:
                    self.fired.setdefault(alert, at)
                    self.resolved.pop(alert, None)
                else:
                    self.resolved[alert] = at

    @property
    def missing(self) -> list[str]:
        """What should have been heard, and was not."""
        over = [alert for alert in EXPECTED if alert != "HostCpuBusy" or self.busy_elsewhere is None]
        unheard = [f"{alert} fires" for alert in EXPECTED if alert not in self.fired]
        unheard += [f"{alert} is over" for alert in over if alert not in self.resolved]
        return unheard + [
            f"{alert} ({severity}) is silenced by {by}"
            for (alert, severity), by in SILENCED.items()
            if self.silenced.get((alert, severity)) != by
        ]

    def table(self) -> str:
        """Return what was heard, as text."""
        lines = [f"  {'alert':<24}{'fires':>8}{'over':>8}   alerts in one message"]
        for alert in sorted(self.fired, key=lambda name: self.fired[name]):
            fires = "before" if self.fired[alert] < 0 else f"{self.fired[alert]:.0f} s"
            over = f"{self.resolved[alert]:.0f} s" if alert in self.resolved else "-"
            lines.append(f"  {alert:<24}{fires:>8}{over:>8}   {self.most[alert]}")
        lines += [f"  {alert} ({severity}) is silenced by {by}" for (alert, severity), by in self.silenced.items()]
        if self.busy_elsewhere is not None:
            lines.append(
                f"  HostCpuBusy fires on: other programs take {self.busy_elsewhere:.0%} of the processors' time"
            )
        return "\n".join(lines)


def run(lab: Lab, say: Callable[[str], None]) -> Outcome:
    """Play the story, and return what people heard.

    Args:
        lab: the lab.
        say: takes one line on each thing that is done.

    Raises:
        LabError: an alert did not fire, or was not over, within four minutes.

    """
    outcome = Outcome(began=time.monotonic() - lab.inbox.began)
    say("the models get worse, the processors are kept busy, and the first cluster stops")
    lab.models.become(world.WORSE)
    lab.burner.start()
    lab.stop_cluster(CLUSTERS[0])
    waiting = list(_cues(lab, outcome).items())
    deadline = time.monotonic() + LIMIT_SECONDS
    while outcome.missing:
        if time.monotonic() > deadline:
            raise LabError(f"not heard within {LIMIT_SECONDS} s: {', '.join(outcome.missing)}\n{outcome.table()}")
        lab.check()
        outcome.look(lab)
        if outcome.missing == ["HostCpuBusy is over"] and (busy := lab.busy_elsewhere()) > BUSY_ELSEWHERE:
            outcome.busy_elsewhere = busy
        for cue in [cue for cue in waiting if all(alert in outcome.fired for alert in cue[1][0])]:
            waiting.remove(cue)
            say(cue[0])
            cue[1][1]()
        time.sleep(0.5)
    return outcome


def _cues(lab: Lab, outcome: Outcome) -> Mapping[str, tuple[tuple[str, ...], Callable[[], None]]]:
    """Return what is done when people have heard of alerts, by what is said of it."""

    def mend_clusters() -> None:
        outcome.silenced |= lab.silenced()
        lab.start_clusters()

    return {
        "the processors are left alone": (("HostCpuBusy",), lab.burner.stop),
        "the other cluster stops": (("ClusterMetricsStopped",), lambda: lab.stop_cluster(CLUSTERS[1])),
        "the models are as before": (MODEL_ALERTS, lambda: lab.models.become(world.GOOD)),
        "both clusters start": (("ClustersSilent",), mend_clusters),
    }
