"""Who may read the status page, and what may write it; pure."""

from __future__ import annotations

from northsouth.alerts.status.workflow import FEED_KEY, STATUS_KEY, UPTIME_KEY
from northsouth.policies import LOG_DELIVERY, ArnScope, Document, Statement, allow, document

PAGE_KEY = "index.html"
WRITTEN = (STATUS_KEY, UPTIME_KEY, FEED_KEY)
"""What the state machine writes."""


def public_policy(place: ArnScope, bucket: str) -> Document:
    """Return the bucket's policy: everybody may read the page's four objects, and nothing else is public."""
    objects = [place.bucket(bucket, key) for key in (PAGE_KEY, *WRITTEN)]
    return document([{**allow("PublicPage", ("s3:GetObject",), objects), "Principal": "*"}])


def publish_statements(place: ArnScope, bucket: str) -> list[Statement]:
    """Return what the state machine's role may do.

    The role may describe all alarms, because AWS shows a composite alarm to no other role (API_DescribeAlarms,
    API_DescribeAlarmHistory). ``GetMetricData`` cannot be limited to resources.
    """
    return [
        allow("ReadAlarm", ("cloudwatch:DescribeAlarms", "cloudwatch:DescribeAlarmHistory"), ["*"]),
        allow("ReadMetrics", ("cloudwatch:GetMetricData",), ["*"]),
        allow("Publish", ("s3:PutObject",), [place.bucket(bucket, key) for key in WRITTEN]),
        allow("Recall", ("s3:GetObject",), [place.bucket(bucket, UPTIME_KEY)]),
        # Without it, S3 does not say that an object is missing, but that access is denied (API_GetObject).
        allow("SeeWhatIsMissing", ("s3:ListBucket",), [place.bucket(bucket)]),
        allow("LogExecutions", LOG_DELIVERY, ["*"]),
    ]


def start_statements(state_machine_arn: str) -> list[Statement]:
    """Return what the roles of the schedule and of the rule may do: start one state machine."""
    return [allow("Start", ("states:StartExecution",), [state_machine_arn])]
