"""Who sends what through NAT, as flow logs say it, and which private path would carry it; pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from northsouth.database import connection
from northsouth.egress.flows.endpoint_hosts import GATEWAY, INTERFACE
from northsouth.egress.flows.engine import MEMORY, Answer, Question, explain
from northsouth.egress.flows.report import Report, as_json
from northsouth.egress.flows.twins import resolutions
from northsouth.egress.flows.vpc import declared
from northsouth.egress.prices import DAYS_PER_MONTH, Prices
from northsouth.egress.usage import Usage
from northsouth.report.asked import Flows
from northsouth.report.paths import Sender
from northsouth.report.sides import Sides
from northsouth.template import Template

GIGABYTE = 10**9
_SHOWN = ("window", "total", "sources", "services", "names", "remedies", "remainder", "avoidable_usd_per_day")


def leaving(sides: Sides, flows: Flows, prices: Prices | None = None) -> Answer:
    """Return what leaves through NAT.

    The VPC is that of the side before the change, in which the flows were recorded.

    Args:
        sides: the environment before and after.
        flows: the flow logs.
        prices: what AWS asks; the documented defaults when ``None``.

    Raises:
        ConfigurationError: if records cannot be read, or cannot say who uses NAT.
        TemplateError: if the environment has no NAT gateway.

    """
    vpc = declared((sides.before or sides.after).template)
    question = Question(files=flows.files, queries=flows.queries, vpc=vpc, region=flows.region, prices=prices)
    with connection(memory=MEMORY) as database:
        return explain(question, database)


def shown(answer: Answer) -> dict[str, Any]:
    """Return what ``northsouth egress explain`` writes of it, without the longest tables, as JSON values."""
    answer_as_json = as_json(Report(answer, None, resolutions(answer.vpc.overrides, {})))
    return {key: answer_as_json[key] for key in _SHOWN}


def senders(answer: Answer) -> list[Sender]:
    """Return who sends, a day, and the endpoint that would carry it."""
    endpoints = (GATEWAY, INTERFACE)
    return [
        Sender(row["source"], row["target"] if row["remedy"] in endpoints else "", row["bytes"] / answer.window.days)
        for row in answer.senders
    ]


def usage_of(leaving: Mapping[str, Any], template: Template) -> Usage:
    """Return the GB of a month that each NAT gateway of a side passes, evenly, if the flows go on as they are."""
    gateways = len(template.of_type("aws_nat_gateway"))
    if not gateways:
        return Usage()
    total = leaving["total"]
    share = DAYS_PER_MONTH / leaving["window"]["days"] / GIGABYTE / gateways
    return Usage(
        {
            "aws_nat_gateway": {
                "gb_out": total["upload_bytes"] * share,
                "gb_in": total["download_bytes"] * share,
                "gb_internet": total["internet_bytes"] * share,
            }
        }
    )
