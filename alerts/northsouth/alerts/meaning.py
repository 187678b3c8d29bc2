"""Severity, missing data, actions and description of an alarm; pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from northsouth.metrics.render import Rendered

LONGEST_FORMULA = 240
"""A description shows a formula of at most this many characters. The console shows longer ones."""

INCIDENT = "incident"
"""The label of Prometheus alerts that report one incident together: they come in one message."""


class Severity(StrEnum):
    """How soon somebody has to act, in the words that Prometheus users know."""

    CRITICAL = "critical"
    """Now, also at night: users are hurt, or money or data is being lost."""
    WARNING = "warning"
    """In working hours: it will become critical when left alone."""
    INFO = "info"
    """Nobody is notified. The alarm is shown beside others, or is part of a composite."""


SeverityName = Literal["critical", "warning", "info"]
"""The word of a :class:`Severity`, which stands for it."""


class MissingData(StrEnum):
    """How an alarm treats a missing data point (``TreatMissingData``)."""

    MISSING = "missing"
    """Without any data the alarm goes to ``INSUFFICIENT_DATA``. The metric's name may be wrong."""
    IGNORE = "ignore"
    """The alarm keeps its state."""
    BREACHING = "breaching"
    """A missing point counts as bad. For heartbeats."""
    NOT_BREACHING = "notBreaching"
    """A missing point counts as good. For counts of errors: AWS often sends them only if there are errors."""

    @property
    def meaning(self) -> str:
        """What missing data does, for the alarm's description."""
        return {
            MissingData.MISSING: "turns this alarm to INSUFFICIENT_DATA",
            MissingData.IGNORE: "leaves this alarm as it was",
            MissingData.BREACHING: "counts as bad",
            MissingData.NOT_BREACHING: "counts as good",
        }[self]


MissingDataName = Literal["missing", "ignore", "breaching", "notBreaching"]
"""The word of a :class:`MissingData`, which stands for it."""
LowSamples = Literal["evaluate", "ignore"]
"""What an alarm on a percentile does with too few samples (``EvaluateLowSampleCountPercentile``)."""


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
        """Notify ``arns`` of ``ALARM`` and of ``OK``."""
        return cls(alarm=arns, ok=arns)

    @classmethod
    def notify_all(cls, *arns: str) -> Actions:
        """Notify ``arns`` of ``ALARM``, of ``OK`` and of ``INSUFFICIENT_DATA``."""
        return cls(alarm=arns, ok=arns, insufficient_data=arns)

    @classmethod
    def none(cls) -> Actions:
        """Notify nobody. For an alarm that is only part of a composite."""
        return cls()

    @classmethod
    def of(cls, actions: Actions | Sequence[str], missing: str = "") -> Actions:
        """Read the ``actions`` argument of an alarm.

        A list of ARNs is notified of ``ALARM`` and of ``OK``. With ``missing="missing"`` it is also notified of
        ``INSUFFICIENT_DATA``, because an alarm can leave ``ALARM`` for that state and never reach ``OK``.
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
    ends: str = "",
) -> str:
    """Return the text of an alarm's description: what is wrong, what was measured, why it matters, what to do.

    Args:
        severity: how soon to act.
        summary: what is wrong, in a few words.
        because: why the problem matters.
        runbook: address of the page that says what to do.
        condition: what the alarm measures; ``None`` for a composite.
        measured: words for the measure. Default: the formula, if it has at most :data:`LONGEST_FORMULA` characters.
        missing: how the alarm treats missing data; ``None`` leaves the line out.
        ends: how the alarm ends; nothing leaves the line out.

    """
    lines = [f"[{severity}] {summary}"]
    if condition is not None:
        words = measured or (condition.formula if len(condition.formula) <= LONGEST_FORMULA else "an expression")
        lines.append(f"Measured: {condition.said(words)}.")
    lines.append(f"Why it matters: {because}")
    if missing is not None:
        lines.append(f"No data {missing.meaning}.")
    if ends:
        lines.append(f"Ends: {ends}.")
    lines.append(f"Runbook: {runbook}")
    return "\n".join(lines)
