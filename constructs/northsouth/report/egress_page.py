"""What ``northsouth egress explain`` says, as one HTML file; pure."""

from __future__ import annotations

from collections.abc import Iterator

from markupsafe import Markup

from northsouth.egress.flows.report import TABLES, Report, listed, saving, table_rows, usd
from northsouth.egress.flows.sql import NONE
from northsouth.report.document import document


def page(report: Report) -> str:
    """Return the page."""
    answer, rest = report.answer, report.remainder
    titles = {group: title for group, title in TABLES.items() if group != "names" or answer.has_names}
    return document(
        "egress.html",
        {
            "title": f"Egress through NAT in {answer.region}",
            "summary": _summary(report),
            "facts": [f"{name}: {sentence}" for name, sentence in report.facts()],
            "overview": list(_overview(report)),
            "remedies": [
                {
                    "title": f"{remedy.title}: {saving(remedy)}",
                    "carries": listed(remedy.carries),
                    "declare": remedy.declare if remedy.pays else "",
                    "notes": remedy.notes,
                }
                for remedy in report.remedies
            ],
            "rest": listed(answer.carried[NONE, rest["target"]]) if rest else "",
            "tables": [{"title": title, "rows": list(table_rows(report, group))} for group, title in titles.items()],
        },
    )


def _summary(report: Report) -> str:
    total = report.answer.total
    return (
        f"{report.per_day(total['bytes'])} GB a day cost {usd(total['usd_per_day'])} USD a day: NAT"
        f" {usd(total['usd_nat'])}, across zones {usd(total['usd_cross_zone'])}, to the internet"
        f" {usd(total['usd_internet'])}. Remedies save {usd(report.avoidable)} USD a day."
    )


def _overview(report: Report) -> Iterator[list[str]]:
    total, rest = report.answer.total["usd_per_day"], report.remainder
    for remedy in report.remedies:
        row = remedy.row
        saved = usd(row["usd_saved"]) if remedy.pays else "does not pay"
        costs = [usd(row["usd_per_day"]), usd(row["usd_after"]), saved]
        yield [remedy.title, report.per_day(row["bytes"]), *costs, _bar(row["usd_per_day"], total)]
    if rest is not None:
        cost = usd(rest["usd_per_day"])
        yield ["no remedy known", report.per_day(rest["bytes"]), cost, cost, "", _bar(rest["usd_per_day"], total)]


def _bar(part: float, whole: float) -> Markup:
    """Return a bar as wide as a share, and the share in percent."""
    share = part / whole if whole else 0.0
    shape = (
        '<svg class="share" viewBox="0 0 100 10" preserveAspectRatio="none" role="img" aria-label="{0:.1%}">'
        '<rect class="series" width="{1:.1f}" height="10"/></svg>{0:.1%}'
    )
    return Markup(shape.format(share, share * 100))  # noqa: S704 - numbers
