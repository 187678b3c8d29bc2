"""The definition of Amazon Managed Prometheus's alert manager; pure.

It notifies SNS topics, and PagerDuty by a key in Secrets Manager; no other kind of receiver
(prometheus/latest/userguide/AMP-alertmanager-receiver.html).

A message is JSON with the keys of a CloudWatch alarm's message. So the topics, filters, pipes, pagers and
templates of alarms work for alerts too, and a receiver sees no difference.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from northsouth.alerts.alertmanager.delivery import Alertmanager
from northsouth.alerts.alertmanager.tree import HEARTBEAT, configuration
from northsouth.alerts.prometheus.rendering import document as yaml
from northsouth.alerts.routes.secret import Secret

_UNSAFE = r"`[\\\"\x00-\x1f]`"
"""What would end a JSON string, or may not be in one; Alertmanager's templates cannot escape it."""


def _safe(value: str, most: int) -> str:
    """Return a template that prints at most ``most`` characters of a value, fit for a JSON string."""
    return f'{{{{ reReplaceAll `(?s)^(.{{{most}}}).*$` "$1" (reReplaceAll {_UNSAFE} " " ({value})) }}}}'


_NAME = _safe('.GroupLabels.SortedPairs.Values | join " "', 255)
_SUMMARIES = (
    "{{ $listed := .Alerts.Firing }}{{ if not $listed }}{{ $listed = .Alerts }}{{ end }}"
    "{{ range $number, $alert := $listed }}{{ if lt $number 5 }}{{ if $number }}; {{ end }}"
    + _safe("$alert.Annotations.summary", 300)
    + "{{ end }}{{ end }}"
)
"""What the first five alerts of a message say; ``NewStateReason`` says how many there are."""
_DESCRIPTION = _safe("(index .Alerts 0).Annotations.description", 700)
_RUNBOOK = _safe("(index .Alerts 0).Annotations.runbook_url", 500)
_TIME = (
    "{{ with index .Alerts 0 }}"
    '{{ if eq .Status "firing" }}{{ .StartsAt.UTC.Format "2006-01-02T15:04:05.000-0700" }}'
    '{{ else }}{{ .EndsAt.UTC.Format "2006-01-02T15:04:05.000-0700" }}{{ end }}{{ end }}'
)


def message(topic_arn: str) -> str:
    """Return the template of the messages to a topic.

    Args:
        topic_arn: the topic's ARN, a token perhaps; account and Region are read from it when a message is made.

    """
    fields = {
        "AlarmName": _NAME,
        # The lines of an alarm's own description; \n is JSON's escape.
        "AlarmDescription": rf"{_SUMMARIES}\nWhy it matters: {_DESCRIPTION}\nRunbook: {_RUNBOOK}",
        "AWSAccountId": f'{{{{ reReplaceAll `^(?:[^:]*:){{4}}([^:]*):.*$` "$1" "{topic_arn}" }}}}',
        "Region": f'{{{{ reReplaceAll `^(?:[^:]*:){{3}}([^:]*):.*$` "$1" "{topic_arn}" }}}}',
        "NewStateValue": '{{ if eq .Status "firing" }}ALARM{{ else }}OK{{ end }}',
        "OldStateValue": '{{ if eq .Status "firing" }}OK{{ else }}ALARM{{ end }}',
        "NewStateReason": "{{ .Alerts.Firing | len }} firing, {{ .Alerts.Resolved | len }} resolved",
        "StateChangeTime": _TIME,
    }
    return "{" + ",".join(f'"{key}":"{value}"' for key, value in fields.items()) + "}"


SUBJECT = '{{ if eq .Status "firing" }}ALARM{{ else }}OK{{ end }}: ' + _safe(
    'reReplaceAll `[^ -~]` "?" (.GroupLabels.SortedPairs.Values | join " ")', 90
)
"""The subject of e-mails: at most 100 characters of ASCII, or SNS refuses the message (SNS, Publish)."""


def document(
    config: Alertmanager,
    *,
    topics: Mapping[str, str],
    region: str,
    pagerduty: Mapping[str, Secret] | None = None,
    heartbeat_topic: str | None = None,
) -> dict[str, Any]:
    """Return the mapping that ``alertmanager_config`` holds.

    Args:
        config: what is wanted.
        topics: by severity, the ARN of the SNS topic.
        region: the Region of the topics.
        pagerduty: by severity, the secret with the key of an "Events API v2" integration, notified besides the topic.
        heartbeat_topic: the ARN of a topic that gets the alert that always fires.

    """
    receivers: dict[str, dict[str, Any]] = {}
    for severity, arn in topics.items():
        integrations: dict[str, Any] = {"sns_configs": [_sns(arn, region)]}
        if pagerduty and severity in pagerduty:
            integrations["pagerduty_configs"] = [_pagerduty(pagerduty[severity], severity)]
        receivers[severity] = integrations
    if heartbeat_topic:
        receivers[HEARTBEAT] = {"sns_configs": [{**_sns(heartbeat_topic, region), "send_resolved": False}]}
    return configuration(config, receivers)


def definition(value: Mapping[str, Any]) -> str:
    """Return the definition as the service takes it: the configuration is a text within a text."""
    return yaml({"alertmanager_config": yaml(value)})


def _sns(arn: str, region: str) -> dict[str, Any]:
    return {
        "topic_arn": arn,
        "sigv4": {"region": region},
        "send_resolved": True,
        "subject": SUBJECT,
        "message": message(arn),
    }


def _pagerduty(secret: Secret, severity: str) -> dict[str, Any]:
    """Return a pager that is notified without SNS (prometheus/latest/userguide/AMP-alertmanager-pagerduty.html)."""
    key = {"secret_arn": secret.value} | ({"secret_key": secret.key} if secret.key else {})
    return {
        "routing_key": {"aws_secrets_manager": key},
        "send_resolved": True,
        "severity": severity,
        "description": SUBJECT,
    }
