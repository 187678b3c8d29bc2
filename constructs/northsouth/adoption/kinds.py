"""What identifies an object of each resource type, and the id it is imported by; pure.

An object is identified by what AWS allows only once (one route for a table and destination, one bucket for a name), or
by what tells it from all others in the same place (one NAT gateway in a subnet). The forms of ids are those of the
import sections of the AWS provider's documentation.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from northsouth.template import Value
from northsouth.template.model import EMPTY
from northsouth.template.values import at

Values = Mapping[str, Value]
Identity = tuple[str, ...]
"""Paths of the attributes that identify an object together."""

DESTINATIONS = ("destination_cidr_block", "destination_ipv6_cidr_block", "destination_prefix_list_id")


def _id(values: Values) -> str:
    return str(values.get("id") or "")


def _by(*attributes: str, between: str = "/") -> Callable[[Values], str]:
    """Return what joins some attributes to an import id; empty if one is missing."""

    def join(values: Values) -> str:
        parts = [values.get(attribute) for attribute in attributes]
        return between.join(map(str, parts)) if all(parts) else ""

    return join


def _route(values: Values) -> str:
    destination = next((values[argument] for argument in DESTINATIONS if values.get(argument)), None)
    return f"{values['route_table_id']}_{destination}" if destination and values.get("route_table_id") else ""


@dataclass(frozen=True, slots=True)
class Kind:
    """One resource type.

    Attributes:
        identities: what identifies an object, the most certain first. Empty if only what refers to an object tells
            which it is: an address by its gateway.
        import_id: makes the id to import an object by from its attributes.
        defaults: attributes that an object may lack, and what they then are.

    """

    identities: tuple[Identity, ...] = ()
    import_id: Callable[[Values], str] = _id
    defaults: Values = field(default_factory=lambda: EMPTY)


def _of_bucket() -> Kind:
    return Kind((("bucket",),), _by("bucket"))


KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        "aws_vpc": Kind((("cidr_block", "tags.Name"), ("cidr_block",))),
        "aws_subnet": Kind((("vpc_id", "cidr_block"),)),
        "aws_internet_gateway": Kind((("vpc_id",),)),
        "aws_egress_only_internet_gateway": Kind((("vpc_id",),)),
        "aws_default_security_group": Kind((("vpc_id",),)),
        "aws_security_group": Kind((("vpc_id", "name"),)),
        "aws_route_table": Kind(),
        "aws_route_table_association": Kind((("subnet_id",),), _by("subnet_id", "route_table_id")),
        "aws_route": Kind(tuple(("route_table_id", argument) for argument in DESTINATIONS), _route),
        "aws_eip": Kind(),
        "aws_nat_gateway": Kind(
            (("subnet_id", "connectivity_type"), ("vpc_id", "availability_mode")),
            defaults=MappingProxyType({"connectivity_type": "public"}),
        ),
        "aws_vpc_endpoint": Kind((("vpc_id", "service_name", "vpc_endpoint_type"),)),
        "aws_flow_log": Kind((("vpc_id", "log_destination"), ("vpc_id", "log_destination_type"))),
        "aws_route53_resolver_firewall_domain_list": Kind((("name",), ("domains",))),
        "aws_route53_resolver_firewall_rule_group": Kind((("name",),)),
        "aws_route53_resolver_firewall_rule": Kind(
            (
                ("firewall_rule_group_id", "firewall_domain_list_id", "q_type"),
                ("firewall_rule_group_id", "domains", "q_type"),
                ("domains", "q_type", "block_override_domain"),
            ),
            _by("firewall_rule_group_id", "firewall_domain_list_id", between=":"),
            defaults=MappingProxyType({"q_type": "every type"}),
        ),
        "aws_route53_resolver_firewall_rule_group_association": Kind((("firewall_rule_group_id", "vpc_id"),)),
        "aws_route53_resolver_firewall_config": Kind((("resource_id",),)),
        "aws_route53_resolver_query_log_config": Kind((("name",), ("destination_arn",))),
        "aws_route53_resolver_query_log_config_association": Kind((("resolver_query_log_config_id", "resource_id"),)),
        "aws_ram_resource_share": Kind((("name",),)),
        "aws_s3_bucket": Kind((("bucket",),), _by("bucket")),
        "aws_s3_bucket_lifecycle_configuration": _of_bucket(),
        "aws_s3_bucket_object_lock_configuration": _of_bucket(),
        "aws_s3_bucket_ownership_controls": _of_bucket(),
        "aws_s3_bucket_policy": _of_bucket(),
        "aws_s3_bucket_public_access_block": _of_bucket(),
        "aws_s3_bucket_server_side_encryption_configuration": _of_bucket(),
        "aws_s3_bucket_versioning": _of_bucket(),
        "aws_s3_bucket_website_configuration": _of_bucket(),
        "aws_cloudwatch_metric_alarm": Kind(
            (("alarm_name",), ("namespace", "metric_name", "dimensions", "comparison_operator")), _by("alarm_name")
        ),
        "aws_cloudwatch_composite_alarm": Kind((("alarm_name",),), _by("alarm_name")),
        "aws_cloudwatch_dashboard": Kind((("dashboard_name",),), _by("dashboard_name")),
        "aws_cloudwatch_log_group": Kind((("name",),), _by("name")),
        "aws_cloudwatch_log_metric_filter": Kind(
            (("log_group_name", "name"),), _by("log_group_name", "name", between=":")
        ),
        "aws_iam_role": Kind((("name",),), _by("name")),
        "aws_iam_role_policy": Kind((("role", "name"), ("role",)), _by("role", "name", between=":")),
        "aws_sns_topic": Kind((("name",),), _by("arn")),
        "aws_sns_topic_policy": Kind((("arn",),), _by("arn")),
        "aws_sns_topic_subscription": Kind((("topic_arn", "protocol", "endpoint"),), _by("arn")),
        "aws_sqs_queue": Kind((("name",),), _by("url")),
    }
)
"""The resource types that can be adopted; ``terraform_data`` cannot, because it exists in Terraform alone."""


def identified(kind: Kind, identity: Identity, values: Values) -> tuple[str, ...] | None:
    """Return what identifies an object, in a form that can be compared; ``None`` if an attribute is not known.

    Args:
        kind: the object's type.
        identity: one of its identities.
        values: its attributes.

    """
    key = []
    for path in identity:
        value = at(values, path)
        value = kind.defaults.get(path) if value in (None, "") else value
        if value is None or value in ((), "", {}) or _unknown(value):
            return None
        key.append(comparable(value))
    return tuple(key)


def _unknown(value: Value) -> bool:
    if isinstance(value, str):
        return "${" in value
    if isinstance(value, Mapping):
        return any(map(_unknown, value.values()))
    return any(map(_unknown, value)) if isinstance(value, tuple) else False


def comparable(value: Value) -> str:
    """Return a value as text that is equal for equal values, whatever the order of lists."""
    if isinstance(value, Mapping):
        return "{" + ",".join(f"{key}:{comparable(item)}" for key, item in sorted(value.items())) + "}"
    if isinstance(value, tuple):
        return "[" + ",".join(sorted(map(comparable, value))) + "]"
    return str(value)
