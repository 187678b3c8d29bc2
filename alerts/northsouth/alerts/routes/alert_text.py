"""What an Alertmanager that you run says of Prometheus alerts, in the language of its templates; pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple


class Integration(NamedTuple):
    """A receiver integration of Alertmanager (prometheus.io/docs/alerting/latest/configuration).

    Attributes:
        key: the list of a receiver that it stands in: ``slack_configs``.
        settings: what the list holds of it.

    """

    key: str
    settings: Mapping[str, Any]


def printed(value: str) -> str:
    """Return a template that prints a value."""
    return f"{{{{ {value} }}}}"


_RESOLVED = "\N{LARGE GREEN CIRCLE} Resolved"


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertText:
    """The texts about a group of alerts, and what a receiver needs to be sent them.

    Attributes:
        severity: the severity of the alerts.
        label: what every title ends with: the environment's name.
        secret_file: the path of the file with the receiver's secret.
        region: the Region that text messages are sent from.
        mail_server: whether Alertmanager has a mail server.

    """

    severity: str = ""
    label: str = ""
    secret_file: str = ""
    region: str | None = None
    mail_server: bool = False

    @property
    def title(self) -> str:
        """One line: firing or resolved, how many alerts are, and how severe."""
        where = f" in {self.label}" if self.label else ""
        firing = "\N{LARGE RED CIRCLE} Firing: {{ .Alerts.Firing | len }}"
        resolved = f"{_RESOLVED}: {{{{ .Alerts.Resolved | len }}}}"
        count = f'{{{{ if eq .Status "firing" }}}}{firing}{{{{ else }}}}{resolved}{{{{ end }}}}'
        return f"{count} {{{{ .CommonLabels.severity }}}}{where}"

    def lines(self, note: str = "", *, show: Callable[[str], str] = printed) -> str:
        """Return a line for each alert: its name, its summary and, while it fires, its runbook.

        As long as one alert of the group fires, Alertmanager also lists those that ended. Their lines say so.

        Args:
            note: a receiver's sentence below alerts that fire; it may hold what looks like a template.
            show: returns the template that prints a value; one that escapes, for a service that reads markup.

        """
        alert = f"{show('.Labels.alertname')}: {show('.Annotations.summary')}"
        ended = f'{{{{ if and (eq $.Status "firing") (eq .Status "resolved") }}}}{_RESOLVED}: {{{{ end }}}}'
        runbook = "{{ with .Annotations.runbook_url }}\n{{ . }}{{ end }}"
        lines = f"{{{{ range .Alerts }}}}{ended}{alert}{_while_firing(runbook)}\n{{{{ end }}}}"
        return lines + _while_firing(note.replace("{{", '{{ "{{" }}')) if note else lines


def _while_firing(text: str) -> str:
    return f'{{{{ if eq .Status "firing" }}}}{text}{{{{ end }}}}'
