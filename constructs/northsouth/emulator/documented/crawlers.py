"""Rules of Glue crawlers."""

from __future__ import annotations

from northsouth.emulator import permissions
from northsouth.emulator.documented.rule import Rule
from northsouth.emulator.glue_crawler import SERVICE, UNTRUSTED, role_arn
from northsouth.emulator.request import Request


def _trust(request: Request) -> str | None:
    return None if permissions.trusts(role_arn(request.parameters["Role"]), SERVICE) else UNTRUSTED


RULES = (
    Rule(
        "glue",
        ("CreateCrawler",),
        "a role that Glue may not take on",
        "glue/latest/dg/create-an-iam-role",
        "InvalidInputException",
        _trust,
    ),
)
