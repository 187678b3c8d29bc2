"""What the parameters of packs have in common: shares, durations, severities, pages; pure."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from northsouth.alerts.meaning import Severity, SeverityName
from northsouth.alerts.prometheus.rule_checks import duration_problems
from northsouth.errors import Problem
from northsouth.metrics.dimensions import RATIO
from northsouth.metrics.units import CountThreshold, Quantity, quantity
from northsouth.tokens import is_token


def page(runbook: str, alert: str) -> str:
    """Return the address of an alert's section on a page: ``…#targetdown``, as wikis write it."""
    return f"{runbook}#{alert.lower()}"


def fraction(share: CountThreshold) -> float:
    """Return a share as the number that PromQL compares with: 0.9 for 90%."""
    return float(quantity(share).number_in(RATIO))


def share_problems(pack: object, *names: str) -> Iterator[Problem]:
    """Yield the thresholds of a pack that are no shares between 0% and 100%."""
    for name in names:
        share = getattr(pack, name)
        if share.unit.dimension != RATIO.dimension or not 0 < share.number_in(RATIO) < 1:
            yield Problem(name, str(share), "it is a share between 0% and 100%", "Write percent(90).")


def quantity_problems(pack: object, like: Quantity, *names: str) -> Iterator[Problem]:
    """Yield a problem for each threshold whose unit does not fit that of ``like``, or that is not above 0."""
    for name in names:
        quantity = getattr(pack, name)
        if quantity.unit.dimension != like.unit.dimension:
            fix = f"Give one in {like.unit.symbol}."
            yield Problem(name, str(quantity), f"this is {quantity.unit.kind}, not {like.unit.kind}", fix)
        elif quantity.value <= 0:
            yield Problem(name, str(quantity), "a threshold is more than nothing", "Give a larger one.")


def length_problems(pack: object, *names: str) -> Iterator[Problem]:
    """Yield the durations of a pack that Prometheus cannot read, or that are zero."""
    for name in names:
        yield from duration_problems(name, getattr(pack, name), positive=True)


def runbook_problems(runbook: str) -> Iterator[Problem]:
    """Yield what is wrong with the page that says what to do."""
    parts = urlsplit(runbook)
    if is_token(runbook):
        return
    if parts.scheme not in ("http", "https") or not parts.netloc or parts.fragment:
        rule = "it is the http(s) address of a page; each alert adds the name of its section"
        yield Problem("runbook", repr(runbook), rule, "Write https://wiki.example.com/alerts.")


def severity_problems(where: str, severity: Severity | SeverityName) -> Iterator[Problem]:
    """Yield a problem if a severity does not exist."""
    if severity not in list(Severity):
        words = ", ".join(Severity)
        yield Problem(where, repr(severity), f"it is one of {words}", "Write severity='critical'.")
