"""Rules for Prometheus, Mimir and Amazon Managed Prometheus, as values, with the unit tests that prove them.

Needs the extra ``prometheus``: ``pip install 'northsouth[prometheus]'``.
"""

from typing import TYPE_CHECKING

from northsouth import bindings
from northsouth.alerts.meaning import Severity
from northsouth.alerts.prometheus.rules import AlertRule, RecordingRule, Rule, RuleGroup
from northsouth.exports import lazy

bindings.install()

if TYPE_CHECKING:
    from northsouth.alerts.prometheus.amp import ExistingWorkspace, SeriesLimit
    from northsouth.alerts.prometheus.amp_rules import PrometheusRules
    from northsouth.alerts.prometheus.pack import RulePack
    from northsouth.alerts.prometheus.rule_file import RuleFile
    from northsouth.alerts.prometheus.testing import AlertTest, ExprTest, Firing, RuleTest
    from northsouth.alerts.prometheus.workspace import PrometheusWorkspace

__getattr__, __dir__ = lazy(
    __name__,
    {
        "AlertTest": "northsouth.alerts.prometheus.testing",
        "ExistingWorkspace": "northsouth.alerts.prometheus.amp",
        "ExprTest": "northsouth.alerts.prometheus.testing",
        "Firing": "northsouth.alerts.prometheus.testing",
        "PrometheusRules": "northsouth.alerts.prometheus.amp_rules",
        "PrometheusWorkspace": "northsouth.alerts.prometheus.workspace",
        "RuleFile": "northsouth.alerts.prometheus.rule_file",
        "RulePack": "northsouth.alerts.prometheus.pack",
        "RuleTest": "northsouth.alerts.prometheus.testing",
        "SeriesLimit": "northsouth.alerts.prometheus.amp",
    },
)

__all__ = [
    "AlertRule",
    "AlertTest",
    "ExistingWorkspace",
    "ExprTest",
    "Firing",
    "PrometheusRules",
    "PrometheusWorkspace",
    "RecordingRule",
    "Rule",
    "RuleFile",
    "RuleGroup",
    "RulePack",
    "RuleTest",
    "SeriesLimit",
    "Severity",
]
