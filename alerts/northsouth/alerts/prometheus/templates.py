"""Templates in labels and annotations: which labels they read, and whether their braces close; pure.

Prometheus fills them with Go's text/template (prometheus.io/docs/prometheus/latest/configuration/template_reference).
Only what can be decided without running them is judged.
"""

from __future__ import annotations

import re

RATE = '{{ if lt $value 1.0 }}{{ printf "%.2g" $value }}{{ else }}{{ humanize $value }}{{ end }}'
"""The alert's value as people write a number a second: ``humanize`` alone writes 200m for 0.2."""
_OPTIONAL = re.compile(r"\{\{ with \$labels\.(\w+) \}\}(.*?)\{\{ \. \}\}(.*?)\{\{ end \}\}")
_OR = re.compile(r'\{\{ or \$labels\.(\w+) "([^"]*)" \}\}')
_ACTION = re.compile(r"\{\{.*?\}\}", re.DOTALL)
_LABEL = re.compile(r"(?<![\w.])(?:\$labels|\.Labels)\.([a-zA-Z_]\w*)|index\s+\$labels\s+\"([^\"]+)\"")


def label(name: str, otherwise: str) -> str:
    """Return the template of a label's value, and of other words where the alert lacks the label.

    An expression such as ``sum by (cluster)`` also returns series without that label: rules that a cluster's own
    Prometheus evaluates do not see its external labels.
    """
    return f'{{{{ or $labels.{name} "{otherwise}" }}}}'


def with_label(name: str, before: str, after: str = "") -> str:
    """Return the template of a label's value between two texts, and of nothing where the alert lacks the label."""
    return f"{{{{ with $labels.{name} }}}}{before}{{{{ . }}}}{after}{{{{ end }}}}"


def named_labels(text: str) -> str:
    """Return a text in which the templates of :func:`label` and :func:`with_label` are labels' names in parentheses."""
    return _OR.sub(r"(\1)", _OPTIONAL.sub(r"\2(\1)\3", text))


def without_labels(text: str) -> str:
    """Return what these templates give for an alert without any label."""
    return _OR.sub(r"\2", _OPTIONAL.sub("", text))


def actions(text: str) -> list[str]:
    """Return the parts of a text that Prometheus fills in, with their braces."""
    return _ACTION.findall(text)


def is_template(text: str) -> bool:
    """Tell whether Prometheus fills something in."""
    return "{{" in text


def labels(text: str) -> list[str]:
    """Return the labels that a text reads: ``{{ $labels.cluster }}`` reads ``cluster``."""
    names = [name or quoted for action in actions(text) for name, quoted in _LABEL.findall(action)]
    return list(dict.fromkeys(names))


def is_closed(text: str) -> bool:
    """Tell whether every ``{{`` has its ``}}``."""
    rest = _ACTION.sub("", text)
    return "{{" not in rest and "}}" not in rest
