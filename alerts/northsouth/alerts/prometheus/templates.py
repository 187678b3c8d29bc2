"""Templates in labels and annotations: which labels they read, and whether their braces close; pure.

Prometheus fills them with Go's text/template (prometheus.io/docs/prometheus/latest/configuration/template_reference).
Only what can be decided without running them is judged.
"""

from __future__ import annotations

import re

_ACTION = re.compile(r"\{\{.*?\}\}", re.DOTALL)
_LABEL = re.compile(r"(?<![\w.])(?:\$labels|\.Labels)\.([a-zA-Z_]\w*)|index\s+\$labels\s+\"([^\"]+)\"")


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
