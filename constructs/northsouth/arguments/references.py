"""Which attribute of a resource, and which form of text, an argument takes, by the argument's name.

A token of another attribute is a text like any other: Terraform would put ``${aws_lb.main.arn}`` where CloudWatch wants
the ARN's last part, and the alarm would stay silent. What is known to be wrong is refused. What is not known passes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from northsouth.errors import Problem
from northsouth.tokens import is_token, origin_of


@dataclass(frozen=True, slots=True)
class Wanted:
    """What an argument wants of a resource.

    Attributes:
        attributes: the attributes that are right, the usual one first.
        refused: the attributes that are known to be wrong.
        what: what it is, in words.
        read: returns what a literal text of another form should be; ``None`` for one that may be right.

    """

    attributes: tuple[str, ...]
    refused: frozenset[str]
    what: str
    read: Callable[[str], str | None]


_OTHERS = frozenset(
    {"arn", "arn_suffix", "id", "name", "dns_name", "zone_id", "url", "bucket", "bucket_domain_name", "domain_name"}
    | {
        "bucket_regional_domain_name",
        "cidr_block",
        "tags_all",
        "public_ip",
        "private_dns",
        "owner_id",
        "hosted_zone_id",
    }
)
_BY_ID_ARN = frozenset({"SnsTopic", "Lb", "Alb", "LbTargetGroup", "AlbTargetGroup", "AcmCertificate", "IamPolicy"})
"""Classes whose ``id`` is their ARN."""


_ID = re.compile(r"arn:|(vpc|subnet|rtb|sg|nat|igw|eipalloc|vpce|acl|eni)-")


def _but(*right: str) -> frozenset[str]:
    return _OTHERS - {*right}


def _any(_: str) -> None:
    """Leave literals to the rules: they know this form, and what of it may be a secret."""


def _id_of(prefix: str) -> Callable[[str], str | None]:
    def read(text: str) -> str | None:
        is_other_id = _ID.match(text) and not text.startswith(prefix)
        return f"Here an id begins with {prefix}." if is_other_id else None

    return read


def _begins(prefix: str) -> Callable[[str], str | None]:
    """Return what reads ids that begin with a prefix, whatever others begin with."""
    return lambda text: None if text.startswith(prefix) else f"Here an id begins with {prefix}."


def _arn(service: str, resource: str) -> Callable[[str], str | None]:
    """Return a reader of the ARNs of one kind of resource."""
    pattern = re.compile(rf"arn:[a-z-]+:{service}:[a-z0-9-]*:\d*:{resource}.+")
    where = "::" if service == "s3" else "REGION:ACCOUNT:"
    example = f"arn:aws:{service}:{where}{resource.replace('(key|alias)', 'key')}…"
    return lambda text: None if pattern.fullmatch(text) else f"Write {example}."


def _suffix(kind: str) -> Callable[[str], str | None]:
    def read(text: str) -> str | None:
        arn = re.fullmatch(rf"arn:[^:]+:elasticloadbalancing:[^:]*:[^:]*:(?:loadbalancer/)?({kind}/.+)", text)
        return f"Write {arn[1]!r}." if arn else None

    return read


def _last(text: str) -> str | None:
    if text.startswith(("arn:", "https://")):
        return f"Write {re.split('[:/]', text.rstrip('/'))[-1]!r}."
    return None


def _bucket(text: str) -> str | None:
    location = re.match(r"(?:s3://|arn:[\w-]+:s3:::)([^/]*)", text)
    return f"Write {location[1]!r}." if location else _last(text)


_WANTED: Mapping[str, Wanted] = {
    "load_balancer": Wanted(
        ("arn_suffix",), _but("arn_suffix"), "the end of a load balancer's ARN", _suffix("(?:app|net)")
    ),
    "target_group": Wanted(
        ("arn_suffix",), _but("arn_suffix"), "the end of a target group's ARN", _suffix("targetgroup")
    ),
    "bucket": Wanted(("bucket", "id"), _but("bucket", "id", "name"), "a bucket's name", _bucket),
    "bucket_name": Wanted(("bucket", "id"), _but("bucket", "id", "name"), "a bucket's name", _bucket),
    "queue": Wanted(("name",), _but("name"), "a queue's name", _last),
    "topic": Wanted(("name",), _but("name"), "a topic's name", _last),
    "vpc_id": Wanted(("id",), _but("id", "vpc_id"), "a VPC's id", _any),
    "vpcs": Wanted(("id",), _but("id", "vpc_id"), "a VPC's id", _id_of("vpc-")),
    "security_group_ids": Wanted(("id",), _but("id"), "a security group's id", _id_of("sg-")),
    "subnets": Wanted(("id",), _but("id"), "a subnet's id", _any),
    "route_tables": Wanted(("id",), _but("id"), "a route table's id", _any),
    "names": Wanted(("dns_name", "fqdn"), frozenset({"arn", "arn_suffix", "id", "zone_id"}), "a host name", _any),
    "arn": Wanted(("arn",), _but("arn", "id"), "an ARN", _any),
    "kms_key_arn": Wanted(("arn",), _but("arn"), "the ARN of a KMS key", _arn("kms", "(key|alias)/")),
    "certificate_arn": Wanted(("arn",), _but("arn", "id"), "the ARN of a certificate", _arn("acm", "certificate/")),
    "state_machine_arn": Wanted(
        ("arn",), _but("arn", "id"), "the ARN of a state machine", _arn("states", "stateMachine:")
    ),
    "bucket_arn": Wanted(("arn",), _but("arn"), "the ARN of a bucket", _arn("s3", "")),
    "group_arns": Wanted(
        ("arn",), _but("arn"), "the ARN of a rule group", _arn("route53resolver", "firewall-rule-group/")
    ),
    "group_id": Wanted(("id",), _but("id"), "a rule group's id", _begins("rslvr-frg-")),
    "workspace_id": Wanted(("id",), _but("id"), "a workspace's id", _begins("ws-")),
}


_HAVE_RULES = frozenset(
    {("kms_key_arn", "NotificationRoutes"), ("bucket_arn", "FlowLogs"), ("bucket_arn", "QueryLogging")}
)
"""Arguments, with their class, whose literals rules of their own read."""


def wanted_by(argument: str, owner: str) -> Wanted | None:
    """Return what an argument of a callable wants of a resource; ``None`` if its name does not say it.

    Args:
        argument: the argument's name.
        owner: the callable's qualified name.

    """
    if argument in ("topic", "names") and not owner.startswith(("AlarmsOnAlarms", "OverrideSet")):
        return None
    for end in ("subnets", "route_tables"):
        if argument.endswith(f"_{end}"):
            return _WANTED[end]
    if argument == "catalog_kms_key_arn":
        return _WANTED["kms_key_arn"]
    if (argument, owner.partition(".")[0]) in _HAVE_RULES:
        return _WANTED["arn"]
    if argument in _WANTED:
        return _WANTED[argument]
    return _WANTED["arn"] if argument.endswith(("_arn", "_arns")) or argument == "arns" else None


def is_wrong(wanted: Wanted, value: object) -> bool:
    """Whether a text is known to be another attribute, or of another form."""
    if isinstance(value, str):
        origin = origin_of(value)
        if origin is not None:
            owner, attribute = origin
            return attribute in wanted.refused or (
                attribute == "id" and wanted.attributes == ("arn",) and owner in ("S3Bucket", "Vpc", "SqsQueue")
            )
        return not is_token(value) and wanted.read(value) is not None
    if isinstance(value, Mapping):
        return any(is_wrong(wanted, item) for item in value.values())
    return isinstance(value, list | tuple) and any(is_wrong(wanted, item) for item in value)


def problems(wanted: Wanted, value: object, where: str) -> Iterator[Problem]:
    """Yield the parts of an argument that are known to be another attribute, or of another form."""
    if isinstance(value, Mapping):
        for name, item in value.items():
            yield from problems(wanted, item, f"{where}.{name}")
    elif isinstance(value, list | tuple):
        for number, item in enumerate(value):
            yield from problems(wanted, item, f"{where}[{number}]")
    elif isinstance(value, str) and is_wrong(wanted, value):
        origin = origin_of(value)
        if origin is None:
            yield Problem(where, repr(value), f"it is {wanted.what}", wanted.read(value) or "")
        else:
            owner, attribute = origin
            yield Problem(
                where, f"{attribute} of the {owner}", f"it is {wanted.what}", f"Give its {wanted.attributes[0]}."
            )
