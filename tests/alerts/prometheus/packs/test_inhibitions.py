from __future__ import annotations

import pytest

from northsouth.alerts.alertmanager.delivery import Inhibition
from northsouth.alerts.prometheus import AlertRule
from northsouth.alerts.prometheus.packs import CLUSTERS_SILENT, DISK_NEARLY_FULL, POOL_EXHAUSTED, Pool, PoolRules
from northsouth.alerts.prometheus.promql import parse
from tests.alerts.prometheus.packs.test_host_and_serving import HOSTS, RUNBOOK
from tests.alerts.prometheus.packs.test_silent_clusters import pack

RULES = {
    rule.alert: rule
    for each in (HOSTS, PoolRules(runbook=RUNBOOK, pools=[Pool.hikari()]), pack())
    for group in each.groups()
    for rule in group.rules
    if isinstance(rule, AlertRule)
}


@pytest.mark.parametrize("inhibition", [CLUSTERS_SILENT, DISK_NEARLY_FULL, POOL_EXHAUSTED])
def test_an_inhibition_is_about_alerts_that_exist_and_labels_they_have(inhibition: Inhibition) -> None:
    """A label that both lack counts as equal; one that only one of them can have would never be."""
    both = [RULES[labels["alertname"]] for labels in (inhibition.source, inhibition.target)]
    for label in inhibition.equal:
        has = [label in rule.all_labels or label in parse(rule.expr).labels for rule in both]
        assert has[0] == has[1], label
