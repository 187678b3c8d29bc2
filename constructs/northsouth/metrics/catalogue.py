"""The metrics of AWS that alarms judge: which there are, in which units, and which statistics mean something; pure.

A name that is nearly one of a service's metrics is refused with the right one. A name that is like none passes, because
AWS adds metrics. Sources: metrics-dimensions-nat-gateway, load-balancer-cloudwatch-metrics, procedure-cw-metrics (Step
Functions), sqs-available-cloudwatch-metrics, sns-monitoring-using-cloudwatch, eb-monitoring, acm cloudwatch-metrics,
monitor_estimated_charges_with_cloudwatch, eks cloudwatch, Container-Insights-metrics-EKS and
Container-Insights-metrics-enhanced-EKS, AMP-CW-usage-metrics, eb-pipes-monitoring, monitoring-resolver-with-cloudwatch,
monitoring-resolver-dns-firewall-with-cloudwatch, privatelink-cloudwatch-metrics, CloudWatch-Usage-Metrics,
managedomains-cloudwatchmetrics (OpenSearch Service).
"""

from __future__ import annotations

import difflib
import re
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
    "AWS/EKS": """
        apiserver_admission_webhook_rejection_count apiserver_admission_webhook_rejection_count_ADMIT
        apiserver_admission_webhook_rejection_count_VALIDATING apiserver_admission_webhook_request_total
        apiserver_admission_webhook_request_total_ADMIT apiserver_admission_webhook_request_total_VALIDATING
        apiserver_request_total apiserver_request_total_429 apiserver_request_total_4XX apiserver_request_total_5XX
        apiserver_request_total_LIST_PODS scheduler_schedule_attempts_ERROR scheduler_schedule_attempts_SCHEDULED
        scheduler_schedule_attempts_UNSCHEDULABLE scheduler_schedule_attempts_total
    """,
    "AWS/Route53Resolver": """
        FirewallRuleGroupQueryVolume FirewallRuleGroupVpcQueryVolume FirewallRuleQueryVolume FormErrorQueries
        InboundQueryVolume NxDomainQueries OutboundQueryAggregateVolume OutboundQueryVolume RefusedQueries
        RequestQueries ServFailQueries TimeoutQueries VpcFirewallQueryVolume
    """,
}
"""Metrics that count what happens; most are published as a 1 for each thing, and their average is always about 1."""

_LEVELS = {
    "AWS/ApplicationELB": """
        AnomalousHostCount HealthyHostCount MitigatedHostCount TargetResponseTime UnHealthyHostCount
    """,
    "AWS/NATGateway": "ActiveConnectionCount PeakBytesPerSecond PeakPacketsPerSecond",
    "AWS/CertificateManager": "DaysToExpiry",
    "AWS/ES": """
        AutomatedSnapshotFailure ClusterIndexWritesBlocked ClusterStatus.green ClusterStatus.red ClusterStatus.yellow
        CPUUtilization IopsThrottle JVMMemoryPressure KMSKeyError KMSKeyInaccessible MasterCPUUtilization
        MasterJVMMemoryPressure MasterOldGenJVMMemoryPressure MasterReachableFromNode Nodes OldGenJVMMemoryPressure
        ThroughputThrottle
    """,
    "AWS/States": "ActivityRunTime ActivityScheduleTime ActivityTime ExecutionTime LambdaFunctionTime",
    "AWS/SQS": """
        ApproximateAgeOfOldestMessage ApproximateNumberOfMessagesDelayed ApproximateNumberOfMessagesNotVisible
        ApproximateNumberOfMessagesVisible
    """,
    "AWS/SNS": "SMSMonthToDateSpentUSD",
    "AWS/Billing": "EstimatedCharges",
    "AWS/EKS": """
        apiserver_admission_webhook_admission_duration_seconds
        apiserver_admission_webhook_admission_duration_seconds_ADMIT_P99
        apiserver_admission_webhook_admission_duration_seconds_VALIDATING_P99
        apiserver_request_duration_seconds_DELETE_P99 apiserver_request_duration_seconds_GET_P99
        apiserver_request_duration_seconds_LIST_P99 apiserver_request_duration_seconds_PATCH_P99
        apiserver_request_duration_seconds_POST_P99 apiserver_request_duration_seconds_PUT_P99
        apiserver_storage_size_bytes
    """,
    "ContainerInsights": """
        cluster_failed_node_count cluster_node_count cluster_number_of_running_pods namespace_number_of_running_pods
        node_cpu_limit node_cpu_reserved_capacity node_cpu_usage_total node_cpu_utilization node_filesystem_inodes
        node_filesystem_inodes_free node_filesystem_utilization node_memory_limit node_memory_reserved_capacity
        node_memory_utilization node_memory_working_set node_number_of_running_containers node_number_of_running_pods
        node_status_allocatable_pods node_status_capacity_pods pod_cpu_limit pod_cpu_request
        pod_cpu_reserved_capacity pod_cpu_usage_total pod_cpu_utilization pod_cpu_utilization_over_pod_limit
        pod_memory_limit pod_memory_request pod_memory_reserved_capacity pod_memory_utilization
        pod_memory_utilization_over_pod_limit pod_memory_working_set pod_number_of_containers
        pod_number_of_running_containers service_number_of_running_pods
    """,
    "AWS/Usage": "ResourceCount",
    "AWS/Prometheus": "AnomalyDetectors NativeHistogramIngestedBucketsRate",
    "AWS/EventBridge/Pipes": "Concurrency Duration EnrichmentStageDuration TargetStageDuration",
    "AWS/Route53Resolver": """
        EndpointHealthyENICount EndpointUnhealthyENICount P90ResponseTime ResolverEndpointCapacityStatus
    """,
    "AWS/PrivateLinkEndpoints": "ActiveConnections",
}
"""Metrics that say how much there is at a moment: reports of it do not add up."""

_OTHERS = {
    "AWS/ApplicationELB": """
        ActiveConnectionCount ConsumedLCUs ELBAuthLatency HealthyStateDNS HealthyStateRouting PeakLCUs
        RequestCountPerTarget UnhealthyRoutingRequestCount UnhealthyStateDNS UnhealthyStateRouting
        ZonalShiftedHostCount
    """,
    "AWS/ES": """
        2xx 3xx 4xx 5xx ClusterUsedSpace CoordinatingWriteRejected DeletedDocuments DiskQueueDepth ElasticsearchRequests
        FreeStorageSpace IndexingLatency IndexingRate InvalidHostHeaderRequests JVMGCOldCollectionCount
        JVMGCYoungCollectionCount OpenSearchRequests PrimaryWriteRejected ReadIOPS ReadLatency ReplicaWriteRejected
        SearchLatency SearchRate SearchableDocuments Shards.active Shards.unassigned ThreadpoolSearchQueue
        ThreadpoolSearchRejected ThreadpoolWriteQueue ThreadpoolWriteRejected ThreadpoolWriteThreads WriteIOPS
        WriteLatency
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
    # Levels of each API server, which AWS documents to be added up.
    "AWS/EKS": """
        apiserver_current_inflight_requests_MUTATING apiserver_current_inflight_requests_READONLY
        apiserver_flowcontrol_current_executing_seats scheduler_pending_pods scheduler_pending_pods_ACTIVEQ
        scheduler_pending_pods_BACKOFF scheduler_pending_pods_GATED scheduler_pending_pods_UNSCHEDULABLE
    """,
    "ContainerInsights": """
        container_cpu_limit container_cpu_request container_cpu_utilization
        container_cpu_utilization_over_container_limit container_filesystem_available container_filesystem_usage
        container_filesystem_utilization container_memory_failures_total container_memory_limit
        container_memory_request container_memory_utilization container_memory_utilization_over_container_limit
        daemonset_status_number_available daemonset_status_number_unavailable namespace_ingress_count
        node_interface_network_rx_dropped node_interface_network_tx_dropped node_network_total_bytes
        node_status_condition_disk_pressure node_status_condition_memory_pressure
        node_status_condition_network_unavailable node_status_condition_pid_pressure node_status_condition_ready
        node_status_condition_unknown pod_container_status_running pod_container_status_terminated
        pod_container_status_terminated_reason_oom_killed pod_container_status_waiting
        pod_container_status_waiting_reason_crash_loop_back_off
        pod_container_status_waiting_reason_create_container_config_error
        pod_container_status_waiting_reason_create_container_error
        pod_container_status_waiting_reason_image_pull_error pod_container_status_waiting_reason_start_error
        pod_interface_network_rx_dropped pod_interface_network_tx_dropped pod_network_rx_bytes pod_network_tx_bytes
        pod_number_of_container_restarts pod_status_failed pod_status_pending pod_status_ready pod_status_running
        pod_status_scheduled pod_status_succeeded pod_status_unknown replicas_desired replicas_ready
        status_replicas_available status_replicas_unavailable
    """,
    "AWS/Usage": "CallCount ThrottleCount",
    "AWS/Prometheus": """
        ActiveSeriesLimitPerLabelSet ActiveSeriesPerLabelSet AlertManagerAlertsReceived
        AlertManagerNotificationsFailed AlertManagerNotificationsFailedByIntegration
        AlertManagerNotificationsThrottled AlertManagerNotificationsThrottledByIntegration
        AnomalyDetectorEvaluationFailures AnomalyDetectorEvaluations AnomalyDetectorLastEvaluationDuration
        AnomalyDetectorMissedEvaluations DiscardedSamples DiscardedSamplesPerLabelSet DiscardedSeries
        DiscardedSeriesPerLabelSet IngestionRatePerLabelSet NativeHistogramReducedResolutionCount
        OutOfOrderIngestionRate OutOfOrderSampleAge QuerySamplesProcessed RuleEvaluationFailures RuleEvaluations
        RuleGroupIterationsMissed RuleGroupLastEvaluationDuration SecretFetchFailure
    """,
    "AWS/EventBridge/Pipes": """
        EnrichmentStageFailed EventCount EventSize ExecutionFailed ExecutionPartiallyFailed ExecutionThrottled
        ExecutionTimeout Invocations TargetStageFailed TargetStagePartiallyFailed TargetStageSkipped
    """,
    "AWS/PrivateLinkEndpoints": "BytesProcessed NewConnections PacketsDropped RstPacketsReceived",
}
"""Metrics whose statistics all mean something, or depend on what is asked."""

_UNITS = {
    "AWS/ApplicationELB": {
        "IPv6ProcessedBytes": "Bytes",
        "LambdaTargetProcessedBytes": "Bytes",
        "ProcessedBytes": "Bytes",
        "TargetResponseTime": "Seconds",
    },
    "AWS/ES": {
        "CPUUtilization": "Percent",
        "FreeStorageSpace": "Megabytes",
        "JVMMemoryPressure": "Percent",
        "OldGenJVMMemoryPressure": "Percent",
    },
    "AWS/NATGateway": {
        "BytesInFromDestination": "Bytes",
        "BytesInFromSource": "Bytes",
        "BytesOutToDestination": "Bytes",
        "BytesOutToSource": "Bytes",
    },
    "AWS/SQS": {"ApproximateAgeOfOldestMessage": "Seconds", "SentMessageSize": "Bytes"},
    "AWS/States": {"ExecutionTime": "Milliseconds"},
    "AWS/EKS": {"apiserver_storage_size_bytes": "Bytes"},
    "AWS/Prometheus": {
        "AnomalyDetectorLastEvaluationDuration": "Seconds",
        "OutOfOrderSampleAge": "Seconds",
        "RuleGroupLastEvaluationDuration": "Seconds",
    },
    "AWS/EventBridge/Pipes": {
        "Duration": "Milliseconds",
        "EnrichmentStageDuration": "Milliseconds",
        "EventSize": "Bytes",
        "TargetStageDuration": "Milliseconds",
    },
    "AWS/Route53Resolver": {"P90ResponseTime": "Microseconds"},
    "AWS/PrivateLinkEndpoints": {"BytesProcessed": "Bytes"},
}
"""The units of metrics that are no counts."""

_ONLY_IN = {"AWS/Billing": "us-east-1", "AWS/CloudFront": "us-east-1", "AWS/Route53": "us-east-1"}
"""Services that publish all their metrics in one Region."""

_OPEN = {
    # Metrics of accelerators, volumes and the control plane; their names differ from others in one letter (gpu, cpu).
    "ContainerInsights": re.compile(r"gpu|neuron|efa|ebs|nvme|volume|diskio|hyperpod|^apiserver|^etcd|^rest_client"),
}
"""Names of metrics that are not all listed here, and therefore pass."""

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


def known_names(namespace: str) -> frozenset[str]:
    """Return the metrics of a service that are listed here; none for a service that is not."""
    return frozenset[str]().union(*(_names(table, namespace) for table in (_COUNTERS, _LEVELS, _OTHERS)))


def name_problems(metric: Metric) -> Iterator[Problem]:
    """Yield that a service has no such metric, if it has one that is nearly called so."""
    known, passing = known_names(metric.namespace), _OPEN.get(metric.namespace)
    if not known or is_token(metric.name) or metric.name in known or (passing and passing.search(metric.name)):
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
        rule = "it counts what happens, so only the sum says how much there was"
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
    """Yield a problem if a metric is published in another Region than its alarm's.

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
