"""The rules of an alarm whose breach CloudWatch reports late or never; pure.

The rules on its condition are in :mod:`northsouth.metrics.rules`. Sources are pages of the CloudWatch user guide unless
another is named; API limits are those of API_PutMetricAlarm and API_PutCompositeAlarm.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from enum import StrEnum
from urllib.parse import urlsplit

from northsouth.alerts.composition import Rule, rule_problems
from northsouth.alerts.meaning import Actions, MissingData, Severity, describe
from northsouth.errors import Problem
from northsouth.metrics import reporting
from northsouth.metrics.algebra import Condition
from northsouth.metrics.dimensions import RATIO
from northsouth.metrics.metric import metrics_of
from northsouth.metrics.render import Rendered, duration, render
from northsouth.metrics.rules import condition_problems, is_percentile
from northsouth.tokens import is_token

MAX_NAME = 255
MAX_DESCRIPTION = 1024
_ARN = re.compile(r"arn:[a-z-]+:([a-z0-9-]+):")
_ACTION_SERVICES = frozenset({"aiops", "automate", "autoscaling", "lambda", "sns", "ssm", "ssm-incidents", "swf"})
"""The services in the ARNs that PutMetricAlarm and PutCompositeAlarm take as actions."""
MAX_ACTIONS = 5
_UNQUOTABLE = re.compile(r"[\"\\\x00-\x1f\x7f]")
LOW_SAMPLES = ("evaluate", "ignore")
_ONLY_NONZERO = {
    MissingData.MISSING: "sit in INSUFFICIENT_DATA and never be reported as over",
    MissingData.IGNORE: "stay raised when it is over, until the next failure",
    MissingData.BREACHING: "be raised whenever nothing is wrong",
}
"""What each wrong mode does with a metric that has no zeros."""


def name_problems(name: str) -> Iterator[Problem]:
    """Check a name: 1 to 255 characters, all of which a notification can quote (eb-pipes-input-transformation)."""
    if not is_token(name) and not 1 <= len(name) <= MAX_NAME:
        yield Problem("name", f"{len(name)} characters", f"a name has 1 to {MAX_NAME}", "Give a shorter name=.")
    if not is_token(name) and _UNQUOTABLE.search(name):
        rule = "EventBridge pastes a name into notifications as it is, where this would end the text"
        yield Problem("name", repr(name), rule, "Leave quotes, backslashes and control characters out of it.")


def choice_problems(where: str, value: str, choices: type[StrEnum]) -> Iterator[Problem]:
    """Check a value that is one of a few words."""
    if value not in list(choices):
        words = ", ".join(choices)
        yield Problem(where, repr(value), f"it is one of {words}", f"Write {where}={next(iter(choices)).value!r}.")


def text_problems(*, summary: str, because: str, runbook: str) -> Iterator[Problem]:
    """Check what a woken person reads: none of it empty, the summary one line, the runbook an address."""
    for where, text in (("summary", summary), ("because", because)):
        if not text.strip():
            yield Problem(where, repr(text), "a woken person needs to read it", "Say it in one sentence.")
    if "\n" in summary:
        yield Problem("summary", repr(summary), "a summary is one line", "Move the rest to because=.")
    parts = urlsplit(runbook)
    if not is_token(runbook) and not (parts.scheme in ("http", "https") and parts.netloc):
        yield Problem(
            "runbook", repr(runbook), "a runbook is an http(s) address", "Link the page that says what to do."
        )


def description_problems(description: str) -> Iterator[Problem]:
    """Check the description that summary, reason, condition and runbook make: at most 1024 characters."""
    if not is_token(description) and len(description) > MAX_DESCRIPTION:
        over = len(description) - MAX_DESCRIPTION
        yield Problem(
            "because",
            f"a description of {len(description)} characters",
            f"CloudWatch keeps {MAX_DESCRIPTION}",
            f"Shorten summary= or because= by {over} characters; details belong in the runbook.",
        )


def action_problems(actions: Actions) -> Iterator[Problem]:
    """Check actions: at most five for each state, each an ARN; states that share a list are reported once."""
    states = {"ok": actions.ok, "insufficient_data": actions.insufficient_data}
    lists = {"actions.alarm": actions.alarm}
    lists |= {f"actions.{state}": arns for state, arns in states.items() if arns != actions.alarm}
    for where, arns in lists.items():
        if len(arns) > MAX_ACTIONS:
            fix = "Send to one SNS topic and subscribe the others to it."
            yield Problem(where, f"{len(arns)} actions", f"a state has at most {MAX_ACTIONS}", fix)
        for index, arn in enumerate(arns):
            if is_token(arn):
                continue
            service = _ARN.match(arn)
            if service is None:
                yield Problem(f"{where}[{index}]", repr(arn), "an action is an ARN", "Give the topic's ARN.")
            elif service[1] not in _ACTION_SERVICES:
                rule = "an alarm notifies an SNS topic, a Lambda function, or what else PutMetricAlarm names"
                yield Problem(f"{where}[{index}]", f"{arn!r}, of {service[1]}", rule, "Give the ARN of an SNS topic.")


def missing_data_problems(condition: Condition, rendered: Rendered, missing: MissingData) -> Iterator[Problem]:
    """Refuse missing-data modes that hide the failure for this kind of metric (alarms-and-missing-data)."""
    metrics = metrics_of(condition.truth)
    names = ", ".join(metric.name for metric in metrics)
    if missing in _ONLY_NONZERO and all(reporting.only_nonzero(metric) for metric in metrics):
        yield Problem(
            "missing",
            f"{missing.value!r} on {names}",
            f"AWS reports this only when it is not zero, so the alarm would {_ONLY_NONZERO[missing]}",
            "Write missing='notBreaching': no data means none happened.",
        )
    if missing in (MissingData.MISSING, MissingData.NOT_BREACHING) and any(map(reporting.ends_at_failure, metrics)):
        yield Problem(
            "missing",
            f"{missing.value!r} on {names}",
            "AWS stops this metric at the moment of the failure, so the alarm would go quiet exactly then",
            "Write missing='breaching', or 'ignore' to keep the last state.",
        )
    elif missing is MissingData.NOT_BREACHING and _is_heartbeat(rendered):
        yield Problem(
            "missing",
            f"'notBreaching' on {names} falling below a threshold",
            "a publisher that stops altogether would look healthy",
            "Write missing='breaching', or 'ignore' if the metric comes and goes with the traffic.",
        )
    if missing is MissingData.BREACHING:
        yield from _late_problems(condition)


def _late_problems(condition: Condition) -> Iterator[Problem]:
    """Refuse to take one late data point for none: AWS's own metrics arrive minutes after their time."""
    for metric in metrics_of(condition.truth):
        window = metric.period * condition.of
        if metric.namespace.startswith("AWS/") and window < 2 * reporting.interval(metric):
            yield Problem(
                "missing",
                f"'breaching' on {metric.name} within {duration(window)}",
                f"it is published every {duration(reporting.interval(metric))} and arrives late, which would look like "
                "none at all",
                "Look at two data points or more, or take a longer period.",
            )


def _is_heartbeat(rendered: Rendered) -> bool:
    """Tell whether too little of something is judged: one metric, or a total that is not a ratio."""
    if not rendered.comparison_operator.startswith("LessThan"):
        return False
    return rendered.metric is not None or rendered.unit.dimension != RATIO.dimension


def sample_problems(rendered: Rendered, low_samples: str | None) -> Iterator[Problem]:
    """Check that for percentiles, and only for them, it is decided what few samples mean.

    CloudWatch calls fewer than 10 / (1 - p) samples low: 1000 for p99 (percentiles-with-low-samples). Judged, they
    are noise; ignored, the state is frozen while traffic is low.
    """
    percentile = rendered.metric is not None and is_percentile(rendered.metric.statistic)
    if low_samples is not None and low_samples not in LOW_SAMPLES:
        yield Problem("low_samples", repr(low_samples), f"it is one of {', '.join(LOW_SAMPLES)}", "Write 'ignore'.")
    elif percentile and low_samples is None:
        fix = "Write low_samples='ignore' to keep the state while traffic is low, or 'evaluate'."
        yield Problem("low_samples", "nothing", "an alarm on a percentile decides what few samples mean", fix)
    elif low_samples is not None and not percentile:
        yield Problem("low_samples", repr(low_samples), "it is for alarms on one percentile", "Leave it out.")


def duplicate_problems(name: str, taken: Collection[str]) -> Iterator[Problem]:
    """Refuse two alarms of one name: PutMetricAlarm overwrites the first without a word."""
    if name in taken:
        yield Problem(
            "name",
            repr(name),
            "another alarm of this stack has it, and PutMetricAlarm silently overwrites an alarm of the same name",
            "Give one of them another name=.",
        )


def alarm_problems(
    condition: Condition,
    *,
    name: str,
    taken: Collection[str],
    missing: str,
    severity: str,
    summary: str,
    because: str,
    runbook: str,
    actions: Actions,
    low_samples: str | None,
    measured: str = "",
    ends: str = "",
) -> Iterator[Problem]:
    """Yield everything that is wrong with an alarm.

    Rules that need the condition in CloudWatch's terms wait until it can be written.
    """
    faults = list(condition_problems(condition))
    rendered = None if faults else render(condition)
    yield from faults
    yield from choice_problems("missing", missing, MissingData)
    if rendered is not None and missing in list(MissingData):
        yield from missing_data_problems(condition, rendered, MissingData(missing))
    if rendered is not None:
        yield from sample_problems(rendered, low_samples)
    yield from message_problems(
        name=name, taken=taken, severity=severity, summary=summary, because=because, runbook=runbook, actions=actions
    )
    if rendered is not None and severity in list(Severity) and missing in list(MissingData):
        text = describe(
            severity=Severity(severity),
            summary=summary,
            because=because,
            runbook=runbook,
            condition=rendered,
            measured=measured,
            missing=MissingData(missing),
            ends=ends,
        )
        yield from description_problems(text)


def message_problems(
    *,
    name: str,
    taken: Collection[str],
    severity: str,
    summary: str,
    because: str,
    runbook: str,
    actions: Actions,
) -> Iterator[Problem]:
    """Yield what is wrong with the part that plain and composite alarms share: its name, its words, its actions."""
    yield from name_problems(name)
    yield from duplicate_problems(name, taken)
    yield from choice_problems("severity", severity, Severity)
    yield from text_problems(summary=summary, because=because, runbook=runbook)
    yield from action_problems(actions)


def composite_problems(
    rule: Rule,
    *,
    name: str,
    taken: Collection[str],
    severity: str,
    summary: str,
    because: str,
    runbook: str,
    actions: Actions,
    suppressor: tuple[int, int] | None,
) -> Iterator[Problem]:
    """Yield everything that is wrong with a composite alarm.

    Args:
        rule: what it waits for.
        name: its name.
        taken: the names that other alarms have.
        severity: how bad it is.
        summary: what is wrong.
        because: why it matters.
        runbook: what to do.
        actions: who is notified.
        suppressor: the wait and the extension of a suppressor in seconds, if there is one.

    """
    yield from rule_problems(rule)
    yield from message_problems(
        name=name, taken=taken, severity=severity, summary=summary, because=because, runbook=runbook, actions=actions
    )
    for arn in dict.fromkeys((*actions.alarm, *actions.ok, *actions.insufficient_data)):
        if not is_token(arn) and (":automate:" in arn or ":autoscaling:" in arn or ":swf:" in arn):
            rule_text = "a composite cannot act on EC2 or Auto Scaling, only notify"
            yield Problem("actions", repr(arn), rule_text, "Give this action to one of the children.")
    for where, seconds in zip(("suppressor.wait", "suppressor.extension"), suppressor or (), strict=False):
        if isinstance(seconds, bool) or not isinstance(seconds, int) or seconds < 0:
            yield Problem(where, repr(seconds), "it is a whole number of seconds, 0 or more", "Write 60.")
    if severity in list(Severity):
        text = describe(severity=Severity(severity), summary=summary, because=because, runbook=runbook)
        yield from description_problems(text)
