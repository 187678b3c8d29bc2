"""The extensions of the emulator. To add one: write a module with an ``install()`` and name it here."""

from __future__ import annotations

from functools import cache

from northsouth.emulator import (
    alarm_actions,
    alarm_evaluation,
    amp_alert_manager,
    amp_configuration,
    api_destinations,
    athena,
    bucket_tls,
    composite_alarms,
    ec2_images,
    execution_events,
    flow_logs,
    glue_crawler,
    glue_jobs,
    http_tasks,
    iam_managed_policies,
    iam_visibility,
    lake_formation,
    metric_reads,
    metric_streams,
    nat_gateways,
    public_access,
    queue_names,
    repeated_work,
    resolver_query_logs,
    shared_rule_groups,
    sns_delivery,
    sqs_redrive_policy,
    stepfunctions,
)
from northsouth.emulator.dns_firewall import operations as dns_firewall

EXTENSIONS = (
    amp_alert_manager,
    amp_configuration,
    alarm_actions,
    alarm_evaluation,
    api_destinations,
    athena,
    bucket_tls,
    composite_alarms,
    dns_firewall,
    ec2_images,
    execution_events,
    flow_logs,
    glue_crawler,
    glue_jobs,
    http_tasks,
    iam_managed_policies,
    iam_visibility,
    lake_formation,
    metric_reads,
    metric_streams,
    nat_gateways,
    public_access,
    queue_names,
    repeated_work,
    resolver_query_logs,
    shared_rule_groups,
    sns_delivery,
    sqs_redrive_policy,
    stepfunctions,
)


@cache
def install_all() -> None:
    """Install every extension, once in a process."""
    for extension in EXTENSIONS:
        extension.install()
