"""The metrics of AWS that alarms judge: which there are, in which units, and which statistics mean something; pure.

A name that is nearly one of a service's metrics is refused with the right one. A name that is like none passes, because
AWS adds metrics. Sources: metrics-dimensions-nat-gateway, load-balancer-cloudwatch-metrics, procedure-cw-metrics (Step
Functions), sqs-available-cloudwatch-metrics, sns-monitoring-using-cloudwatch, eb-monitoring, acm cloudwatch-metrics,
monitor_estimated_charges_with_cloudwatch.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator

from northsouth.errors import Problem
from northsouth.metrics.metric import Metric
from northsouth.tokens import is_token

_COUNTERS = {
    "AWS/ApplicationELB": """
        ClientTLSNegotiationErrorCount DesyncMitigationMode_NonCompliant_Request_Count DroppedInvalidHeaderRequestCount
        ELBAuthError ELBAuthFailure ELBAuthRefreshTokenSuccess ELBAuthSuccess ELBAuthUserClaimsSizeExceeded
        ForwardedInvalidHeaderRequestCount GrpcRequestCount HTTPCode_ELB_3XX_Count HTTPCode_ELB_4XX_Count
        HTTPCode_ELB_500_Count HTTPCode_ELB_502_Count HTTPCode_ELB_503_Count HTTPCode_ELB_504_Count
        HTTPCode_ELB_5XX_Count HTTPCode_Target_2XX_Count HTTPCode_Target_3XX_Count HTTPCode_Target_4XX_Count
        HTTPCode_Target_5XX_Count HTTP_Fixed_Response_Count HTTP_Redirect_Count HTTP_Redirect_Url_Limit_Exceeded_Count
        IPv6ProcessedBytes IPv6RequestCount LambdaInternalError LambdaTargetProcessedBytes LambdaUserError
        NewConnectionCount NonStickyRequestCount ProcessedBytes RejectedConnectionCount RequestCount RuleEvaluations
        TargetConnectionErrorCount TargetTLSNegotiationErrorCount
    """,
    "AWS/States": """
        ActivitiesFailed ActivitiesHeartbeatTimedOut ActivitiesScheduled ActivitiesStarted ActivitiesSucceeded
        ActivitiesTimedOut ExecutionThrottled ExecutionsAborted ExecutionsFailed ExecutionsStarted ExecutionsSucceeded
        ExecutionsTimedOut LambdaFunctionsFailed LambdaFunctionsScheduled LambdaFunctionsStarted
        LambdaFunctionsSucceeded LambdaFunctionsTimedOut ServiceIntegrationsFailed ServiceIntegrationsScheduled
        ServiceIntegrationsStarted ServiceIntegrationsSucceeded ServiceIntegrationsTimedOut
    """,
    "AWS/SNS": """
        NumberOfMessagesPublished NumberOfNotificationsDelivered NumberOfNotificationsFailed
        NumberOfNotificationsFailedToRedriveToDlq NumberOfNotificationsFilteredOut
        NumberOfNotificationsFilteredOut-InvalidAttributes NumberOfNotificationsFilteredOut-InvalidMessageBody
        NumberOfNotificationsFilteredOut-MessageAttributes NumberOfNotificationsFilteredOut-MessageBody
        NumberOfNotificationsFilteredOut-NoMessageAttributes NumberOfNotificationsRedrivenToDlq
    """,
    "AWS/Events": """
        DeadLetterInvocations Events FailedInvocations Invocations InvocationAttempts InvocationsCreated
        InvocationsFailedToBeSentToDlq InvocationsSentToDlq MatchedEvents PutEventsApproximateCallCount
        PutEventsApproximateFailedCount PutEventsApproximateSuccessCount PutEventsApproximateThrottledCount
        PutEventsEntriesCount PutEventsFailedEntriesCount RetryInvocationAttempts SuccessfulInvocationAttempts
        ThrottledRules TriggeredRules
    """,
}
"""Metrics that AWS publishes as a 1, or a few, for each thing that happens: their average is always about 1."""

_LEVELS = {
    "AWS/ApplicationELB": """
        AnomalousHostCount HealthyHostCount MitigatedHostCount TargetResponseTime UnHealthyHostCount
    """,
    "AWS/NATGateway": "ActiveConnectionCount PeakBytesPerSecond PeakPacketsPerSecond",
    "AWS/CertificateManager": "DaysToExpiry",
    "AWS/States": "ActivityRunTime ActivityScheduleTime ActivityTime ExecutionTime LambdaFunctionTime",
    "AWS/SQS": """
        ApproximateAgeOfOldestMessage ApproximateNumberOfMessagesDelayed ApproximateNumberOfMessagesNotVisible
        ApproximateNumberOfMessagesVisible
    """,
    "AWS/SNS": "SMSMonthToDateSpentUSD",
    "AWS/Billing": "EstimatedCharges",
}
"""Metrics that say how much there is at a moment: reports of it do not add up."""

_OTHERS = {
    "AWS/ApplicationELB": """
        ActiveConnectionCount ConsumedLCUs ELBAuthLatency HealthyStateDNS HealthyStateRouting PeakLCUs
        RequestCountPerTarget UnhealthyRoutingRequestCount UnhealthyStateDNS UnhealthyStateRouting
        ZonalShiftedHostCount
    """,
    "AWS/NATGateway": """
        BytesInFromDestination BytesInFromSource BytesOutToDestination BytesOutToSource ConnectionAttemptCount
        ConnectionEstablishedCount ErrorPortAllocation IdleTimeoutCount PacketsDropCount PacketsInFromDestination
        PacketsInFromSource PacketsOutToDestination PacketsOutToSource
    """,
    "AWS/States": """
        ConsumedCapacity LambdaFunctionRunTime LambdaFunctionScheduleTime ProvisionedBucketSize ProvisionedRefillRate
        ServiceIntegrationRunTime ServiceIntegrationScheduleTime ServiceIntegrationTime ThrottledEvents
    """,
    "AWS/SQS": """
        ApproximateNumberOfGroupsWithInflightMessages NumberOfDeduplicatedSentMessages NumberOfEmptyReceives
        NumberOfMessagesDeleted NumberOfMessagesReceived NumberOfMessagesSent SentMessageSize
    """,
    "AWS/SNS": "PublishSize SMSSuccessRate",
    "AWS/Events": """
        IngestionToInvocationCompleteLatency IngestionToInvocationStartLatency PutEventsLatency PutEventsRequestSize
    """,
    "AWS/CertificateManager": "CertificateIssuanceFailed CertificateIssuanceSuccess",
    "AWS/Billing": "",
}
"""Metrics whose statistics all mean something, or depend on what is asked."""

_UNITS = {
    "AWS/ApplicationELB": {
        "IPv6ProcessedBytes": "Bytes",
        "LambdaTargetProcessedBytes": "Bytes",
        "ProcessedBytes": "Bytes",
        "TargetResponseTime": "Seconds",
    },
    "AWS/NATGateway": {
        "BytesInFromDestination": "Bytes",
        "BytesInFromSource": "Bytes",
        "BytesOutToDestination": "Bytes",
        "BytesOutToSource": "Bytes",
    },
    "AWS/SQS": {"ApproximateAgeOfOldestMessage": "Seconds", "SentMessageSize": "Bytes"},
    "AWS/States": {"ExecutionTime": "Milliseconds"},
}
"""The units of metrics that are no counts."""

_ONLY_IN = {"AWS/Billing": "us-east-1", "AWS/CloudFront": "us-east-1", "AWS/Route53": "us-east-1"}
"""Services that publish all their metrics in one Region."""

_NEAR = 0.8
"""How alike a name has to be to count as a misspelling (difflib's ratio)."""
_OF_LEVELS = "Maximum, Minimum or Average"


def _names(table: dict[str, str], namespace: str) -> frozenset[str]:
    return frozenset(table.get(namespace, "").split())


def metric_problems(metric: Metric) -> Iterator[Problem]:
    """Yield everything by which a metric of AWS would never say what was meant."""
    yield from name_problems(metric)
    yield from statistic_problems(metric)
    yield from unit_problems(metric)


def name_problems(metric: Metric) -> Iterator[Problem]:
    """Yield that a service has no such metric, if it has one that is nearly called so."""
    known = frozenset[str]().union(*(_names(table, metric.namespace) for table in (_COUNTERS, _LEVELS, _OTHERS)))
    if not known or is_token(metric.name) or metric.name in known:
        return
    folded = {name.casefold(): name for name in known}
    near = difflib.get_close_matches(metric.name.casefold(), folded, n=1, cutoff=_NEAR)
    if near:
        rule = f"{metric.namespace} publishes no such metric, so the alarm would never have data"
        yield Problem("name", repr(metric.name), rule, f"Did you mean {folded[near[0]]!r}?")


def statistic_problems(metric: Metric) -> Iterator[Problem]:
    """Yield that a statistic of one of AWS's metrics means nothing."""
    if is_token(metric.statistic):
        return
    if metric.name in _names(_LEVELS, metric.namespace) and metric.statistic == "Sum":
        rule = "it says how much there is at a moment, and the sum adds up all reports of a period"
        yield Problem("statistic", f"'Sum' of {metric.name}", rule, f"Take {_OF_LEVELS}.")
    counted = metric.name in _names(_COUNTERS, metric.namespace)
    if counted and metric.statistic not in ("Sum", "SampleCount"):
        rule = "it is published as 1 for each thing that happens, so only the sum says how many there were"
        yield Problem("statistic", f"{metric.statistic!r} of {metric.name}", rule, "Take 'Sum'.")


def unit_problems(metric: Metric) -> Iterator[Problem]:
    """Yield that one of AWS's metrics is in another unit: the threshold would be converted into the wrong one."""
    unit = _UNITS.get(metric.namespace, {}).get(metric.name, "")
    if not unit and metric.name in _names(_COUNTERS, metric.namespace):
        unit = "Count"
    if unit and metric.unit != unit:
        rule = f"it is published in {unit}, and the threshold is converted into this unit"
        yield Problem("unit", f"{metric.unit!r} of {metric.name}", rule, f"Write unit={unit!r}.")


def region_problems(metric: Metric, region: str) -> Iterator[Problem]:
    """Yield that a metric is published in another Region than that of its alarm.

    Args:
        metric: the metric.
        region: the alarm's Region; nothing if it is not known at synth.

    """
    home = _ONLY_IN.get(metric.namespace)
    if home and region and not is_token(region) and region != home:
        rule = f"{metric.namespace} publishes its metrics in {home} only, and an alarm judges those of its own Region"
        fix = f"Give the alarm a provider= of {home}."
        yield Problem("provider", region, rule, fix)


def is_at_home_everywhere(metric: Metric) -> bool:
    """Tell whether a service publishes its metrics in the Region of what they are about."""
    return metric.namespace not in _ONLY_IN
