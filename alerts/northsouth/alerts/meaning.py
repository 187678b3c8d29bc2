"""What an alarm says and to whom: severity, missing data, actions, and the text a woken person reads; pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from northsouth.metrics.render import Rendered

LONGEST_FORMULA = 240
"""Characters of metric math that a description still shows; beyond, the console shows it better."""


class Severity(StrEnum):
    """How soon somebody has to act; the words of the Prometheus community."""

    CRITICAL = "critical"
    """Now, also at night: users are hurt, or money or data is being lost."""
    WARNING = "warning"
    """In working hours: it will become critical when left alone."""
    INFO = "info"
    """Nobody is told; it is there to be seen beside others, or to be part of a composite."""


class MissingData(StrEnum):
    """How an alarm takes a data point that is not there (``TreatMissingData``)."""

    MISSING = "missing"
    """No data at all turns the alarm to ``INSUFFICIENT_DATA``: the metric may be named wrongly."""
    IGNORE = "ignore"
    """The state stays as it is."""
    BREACHING = "breaching"
    """No data is bad news: for heartbeats."""
    NOT_BREACHING = "notBreaching"
    """No data is good news: for counts of errors, which AWS often reports only when there are any."""

    @property
    def meaning(self) -> str:
        """What it does, for the alarm's description."""
        return {
            MissingData.MISSING: "turns this alarm to INSUFFICIENT_DATA",
            MissingData.IGNORE: "leaves this alarm as it was",
            MissingData.BREACHING: "counts as bad",
            MissingData.NOT_BREACHING: "counts as good",
        }[self]


@dataclass(frozen=True, slots=True)
class Actions:
    """What CloudWatch does when an alarm changes state: ARNs of SNS topics, functions, OpsItem actions.

    Attributes:
        alarm: on the way to ``ALARM``.
        ok: on the way back to ``OK``.
        insufficient_data: on the way to ``INSUFFICIENT_DATA``.

    """

    alarm: Sequence[str] = ()
    ok: Sequence[str] = ()
    insufficient_data: Sequence[str] = ()

    @classmethod
    def notify(cls, *arns: str) -> Actions:
        """Tell ``arns`` that the alarm is raised, and that it is over."""
        return cls(alarm=arns, ok=arns)

    @classmethod
    def notify_all(cls, *arns: str) -> Actions:
        """Tell ``arns`` of every change, also that the data is missing."""
        return cls(alarm=arns, ok=arns, insufficient_data=arns)

    @classmethod
    def none(cls) -> Actions:
        """Tell nobody: for an alarm that only counts within a composite."""
        return cls()

    @classmethod
    def of(cls, actions: Actions | Sequence[str], missing: str = "") -> Actions:
        """Read the ``actions`` argument of an alarm.

        A plain list of ARNs is told of ``ALARM`` and of ``OK``. Where missing data has a state of its own it is told of
        that too: an alarm that goes from ``ALARM`` to ``INSUFFICIENT_DATA`` would otherwise never be reported as over.
        """
        if isinstance(actions, Actions):
            return actions
        return cls.notify_all(*actions) if missing == MissingData.MISSING else cls.notify(*actions)


def describe(
    *,
    severity: Severity,
    summary: str,
    because: str,
    runbook: str,
    condition: Rendered | None = None,
    measured: str = "",
    missing: MissingData | None = None,
) -> str:
    """Return the text of an alarm's description: what is wrong, what was measured, why it matters, what to do.

    Args:
        severity: how soon to act.
        summary: what is wrong, in a few words.
        because: why anybody should care.
        runbook: where it says what to do.
        condition: what was measured; a composite has its rule instead.
        measured: words for it; else its formula, unless that is too long to be read at night.
        missing: what no data means.

    """
    lines = [f"[{severity}] {summary}"]
    if condition is not None:
        words = measured or (condition.formula if len(condition.formula) <= LONGEST_FORMULA else "an expression")
        lines.append(f"Measured: {condition.said(words)}.")
    lines.append(f"Why it matters: {because}")
    if missing is not None:
        lines.append(f"No data {missing.meaning}.")
    lines.append(f"Runbook: {runbook}")
    return "\n".join(lines)
