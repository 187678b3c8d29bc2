"""Who answers the alarms of a pack, and where it says what to do; pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from northsouth.alerts.meaning import Severity


@dataclass(frozen=True, slots=True)
class Response:
    """Who is told of the alarms of a pack, by severity, and the page that says what to do.

    Attributes:
        runbook: address of the page. Each alarm links to the section of its own name: ``…#throughput``.
        critical: ARNs that are told of critical alarms, and of their end: the pager.
        warning: ARNs that are told of warnings, and of their end: the team's channel.

    """

    runbook: str
    critical: Sequence[str] = ()
    warning: Sequence[str] = ()

    @classmethod
    def notify(cls, runbook: str, *arns: str) -> Response:
        """Tell the same ``arns`` of critical alarms and of warnings."""
        return cls(runbook, critical=arns, warning=arns)

    def told(self, severity: Severity | str) -> Sequence[str]:
        """Return the ARNs that are told of an alarm; nobody of one that is only for information."""
        if severity == Severity.CRITICAL:
            return self.critical
        return self.warning if severity == Severity.WARNING else ()

    def page(self, section: str) -> str:
        """Return the address of one section."""
        return f"{self.runbook}#{section}"
