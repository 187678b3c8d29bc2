"""The fields of a VPC flow log record, by the version that brought them; pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import get_close_matches

from northsouth.errors import Problem

SOURCE = "https://docs.aws.amazon.com/vpc/latest/userguide/flow-log-records.html"

FIELDS_BY_VERSION: dict[int, tuple[str, ...]] = {
    2: (
        "version", "account-id", "interface-id", "srcaddr", "dstaddr", "srcport", "dstport", "protocol", "packets",
        "bytes", "start", "end", "action", "log-status",
    ),
    3: ("vpc-id", "subnet-id", "instance-id", "tcp-flags", "type", "pkt-srcaddr", "pkt-dstaddr"),
    4: ("region", "az-id", "sublocation-type", "sublocation-id"),
    5: ("pkt-src-aws-service", "pkt-dst-aws-service", "flow-direction", "traffic-path"),
    7: (
        "ecs-cluster-arn", "ecs-cluster-name", "ecs-container-instance-arn", "ecs-container-instance-id",
        "ecs-container-id", "ecs-second-container-id", "ecs-service-name", "ecs-task-definition-arn", "ecs-task-arn",
        "ecs-task-id",
    ),
    8: ("reject-reason",),
    9: ("resource-id",),
    10: ("encryption-status",),
    11: (
        "instance-tag", "instance-tag-2", "interface-tag", "interface-tag-2", "asg-tag", "asg-tag-2", "interface-type",
        "next-hop-interface-id", "next-hop-subnet-id", "next-hop-az-id", "next-hop-vpc-id", "next-hop-interface-type",
    ),
}  # fmt: skip
"""AWS's names. Version 6 has fields of transit gateways only, whose flow logs are another kind."""

FIELDS = tuple(name for names in FIELDS_BY_VERSION.values() for name in names)

INTEGER_FIELDS = {
    "version": "int", "srcport": "int", "dstport": "int", "protocol": "int", "packets": "bigint", "bytes": "bigint",
    "start": "bigint", "end": "bigint", "tcp-flags": "int", "traffic-path": "int", "encryption-status": "int",
}  # fmt: skip
"""Fields whose Parquet type is a number, with that type as Athena writes it; all others are strings."""

DEFAULT_FORMAT = FIELDS_BY_VERSION[2]
"""The fields of a flow log without a format of its own, in order."""

TAG_FIELDS = frozenset(name for name in FIELDS if name.endswith(("-tag", "-tag-2")))
"""Fields that hold the value of a tag. AWS refuses them unless the flow log names the tag's key."""


def column(name: str) -> str:
    """Return what a field is called in Parquet files and Athena tables: ``pkt-srcaddr`` is ``pkt_srcaddr``."""
    return name.replace("-", "_")


def version_of(name: str) -> int:
    """Return the version that brought a field."""
    return next(version for version, names in FIELDS_BY_VERSION.items() if name in names)


def check_fields(names: Sequence[str]) -> Iterator[Problem]:
    """Yield a problem for each field that AWS does not know, that is there twice, or that needs a tag's key."""
    first: dict[str, int] = {}
    for index, name in enumerate(names):
        where = f"fields[{index}]"
        if name in first:
            yield Problem(where, repr(name), f"already fields[{first[name]}]", "Remove one of them.", SOURCE)
        elif name not in FIELDS:
            yield Problem(where, repr(name), "not a field of a VPC flow log", _advice(name), SOURCE)
        elif name in TAG_FIELDS:
            yield Problem(
                where,
                repr(name),
                "AWS accepts it only together with the keys of the tags, which FlowLogs does not set",
                "Remove it, or declare an aws_flow_log of your own with tag_field_specification blocks "
                "(AWS provider 6.69 has them).",
                "https://github.com/hashicorp/terraform-provider-aws/issues/48806",
            )
        first.setdefault(name, index)


def plain(name: str) -> str:
    """Return a field's name from any way of writing it: ``${pkt-srcaddr}``, ``pkt_srcaddr``, ``PKT-SRCADDR``."""
    return name.strip().removeprefix("$").strip("{}").lower().replace("_", "-")


def _advice(name: str) -> str:
    near = get_close_matches(plain(name), FIELDS, n=1)
    return f"Write {near[0]}." if near else f"Use one of: {', '.join(FIELDS)}."
