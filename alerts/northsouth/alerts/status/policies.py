"""Who may read the status page, and what may write it; pure."""

from __future__ import annotations

from northsouth.alerts.status.workflow import STATUS_KEY
from northsouth.policies import LOG_DELIVERY, ArnScope, Document, Statement, allow, document

PAGE_KEY = "index.html"


def public_policy(place: ArnScope, bucket: str) -> Document:
    """Return the bucket's policy: everybody may read these two objects, and nothing else is public."""
    objects = [place.bucket(bucket, key) for key in (PAGE_KEY, STATUS_KEY)]
    return document([{**allow("PublicPage", ("s3:GetObject",), objects), "Principal": "*"}])


def publish_statements(place: ArnScope, bucket: str) -> list[Statement]:
    """Return what the state machine's role may do.

    An alarm that is a composite is shown only to those who may describe all alarms (API_DescribeAlarms,
    API_DescribeAlarmHistory); GetMetricData knows no resources.
    """
    return [
        allow("ReadAlarm", ("cloudwatch:DescribeAlarms", "cloudwatch:DescribeAlarmHistory"), ["*"]),
        allow("ReadMetrics", ("cloudwatch:GetMetricData",), ["*"]),
        allow("Publish", ("s3:PutObject",), [place.bucket(bucket, STATUS_KEY)]),
        allow("LogExecutions", LOG_DELIVERY, ["*"]),
    ]


def start_statements(state_machine_arn: str) -> list[Statement]:
    """Return what the roles of the schedule and of the rule may do: start one state machine."""
    return [allow("Start", ("states:StartExecution",), [state_machine_arn])]
