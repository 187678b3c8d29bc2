"""What every message says of one alarm, and how a kind of receiver writes it down; pure.

``card.jsonata`` reads what a queue gives to the state machine: an alarm's SNS message in its envelope (CloudWatch user
guide, AlarmThatSendsEmail), an EventBridge event (cloudwatch-and-eventbridge) or a message of Amazon Managed Prometheus
(:mod:`northsouth.alerts.alertmanager.amp`). It makes one object of them, ``$card``, with these keys:

- ``state``: ``firing``, ``resolved``, or ``none`` for a change that is neither; ``firing``: the same as a boolean;
- ``title``: one line; ``summary``, ``severity``, ``label`` and ``name`` are its parts;
- ``level``: the value against the threshold, as CloudWatch's reason has them; ``measured``: what was measured;
- ``why``, ``runbook``, ``note``, ``link`` (the alarm in the console), ``others`` (who else is told);
- ``before``, ``now``, ``changed``, ``account``, ``region``, ``arn``, ``reason``, ``description``, ``id``;
- ``sections``: all of it in the order in which a woken person needs it, as objects with ``label``, ``text`` and, for a
  link, ``url``: since when, how bad, why it matters, what to do, where to look.

All are strings but ``firing`` and ``sections``. Nothing is escaped, because Step Functions serializes the request's
body. A kind only has to keep its service from reading markup in them. A description of another form than the library's
is shown as it is.
"""

from __future__ import annotations

from pathlib import Path

from northsouth.logs.jsonata import one_line

TOOLS = """
  $units := function($value) { $length($value) + $count($split($encodeUrlComponent($value), /%F[0-4]/)) - 1 };
  $cut := function($value, $most) {(
    $units := $units($value);
    $kept := $units = $length($value) ? $most : $floor($most * 0.5);
    $units <= $most ? $value : $substring($value, 0, $kept - 1) & "…"
  )};
"""
"""JSONata functions: ``$units`` counts UTF-16 units, the largest of the ways in which services count characters, and
``$cut`` shortens a text to so many of them at most."""


def payload(code: str) -> str:
    """Return a value of a state machine that JSONata code gives; the code may use ``$cut`` and ``$units``."""
    return one_line(f"({TOOLS}{code})")


def read_card() -> str:
    """Return the value of ``$card``, from ``$states.input`` and ``$settings``."""
    return payload((Path(__file__).parent / "card.jsonata").read_text(encoding="utf-8"))
