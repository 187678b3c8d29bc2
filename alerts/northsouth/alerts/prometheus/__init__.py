"""Rules for Prometheus, Mimir and Amazon Managed Prometheus, as values, with the unit tests that prove them.

Needs the extra ``prometheus``: ``pip install 'northsouth[prometheus]'``.
"""

from typing import TYPE_CHECKING

from northsouth import bindings
from northsouth.alerts.meaning import Severity
from northsouth.alerts.prometheus.model import AlertRule, RecordingRule, Rule, RuleFile, RuleGroup
from northsouth.exports import lazy

bindings.install()

if TYPE_CHECKING:
    from northsouth.alerts.prometheus.pack import RulePack
    from northsouth.alerts.prometheus.testing import AlertTest, ExprTest, Firing, RuleTest

__getattr__, __dir__ = lazy(
    __name__,
    {
        "AlertTest": "northsouth.alerts.prometheus.testing",
        "ExprTest": "northsouth.alerts.prometheus.testing",
        "Firing": "northsouth.alerts.prometheus.testing",
        "RulePack": "northsouth.alerts.prometheus.pack",
        "RuleTest": "northsouth.alerts.prometheus.testing",
    },
)

__all__ = [
    "AlertRule",
    "AlertTest",
    "ExprTest",
    "Firing",
    "RecordingRule",
    "Rule",
    "RuleFile",
    "RuleGroup",
    "RulePack",
    "RuleTest",
    "Severity",
]
