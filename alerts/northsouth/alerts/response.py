"""Who is notified of the alarms of a pack, and the page that says what to do; pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from northsouth.alerts.meaning import Severity, SeverityName


@dataclass(frozen=True, slots=True)
class Response:
    """Who is notified of the alarms of a pack, by severity, and the page that says what to do.

    Attributes:
        runbook: address of the page. Each alarm links to the section of its own name: ``…#throughput``.
        critical: ARNs that CloudWatch notifies of critical alarms when they start and end: the pager.
        warning: ARNs that CloudWatch notifies of warnings when they start and end: the team's channel.
        names: names of alarms that exist already, by the name that they would have: ``edge-nat-throughput``.

    """

    runbook: str
    critical: Sequence[str] = ()
    warning: Sequence[str] = ()
    names: Mapping[str, str] = field(default_factory=dict, hash=False)

    @classmethod
    def notify(cls, runbook: str, *arns: str) -> Response:
        """Notify the same ``arns`` of critical alarms and of warnings."""
        return cls(runbook, critical=arns, warning=arns)

    def told(self, severity: Severity | SeverityName) -> Sequence[str]:
        """Return the ARNs to notify of an alarm of a severity; none for ``info``."""
        if severity == Severity.CRITICAL:
            return self.critical
        return self.warning if severity == Severity.WARNING else ()

    def page(self, section: str) -> str:
        """Return the address of one section."""
        return f"{self.runbook}#{section}"
