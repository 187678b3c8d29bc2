"""Reads what Route 53 Profiles bring to the VPCs of a template; pure."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from northsouth.dns.zones import ZONE, written
from northsouth.template import Mode, Resource, Template
from northsouth.tokens import is_token

_PREFIX = "aws_route53profiles_"
GROUP = "aws_route53_resolver_firewall_rule_group"
RULE = "aws_route53_resolver_rule"
ENDPOINT = "aws_vpc_endpoint"
_NAMES_IN_ARNS = {"firewall-rule-group": GROUP, "hostedzone": ZONE, "resolver-rule": RULE, "vpc-endpoint": ENDPOINT}
_ENCODED = re.compile(r'\$\{jsonencode\(\{\s*"?priority"?\s*[=:]\s*(\d{1,9})\s*\}\)\}')
_WITHOUT_EFFECT = "resolver-query-log-config"


@dataclass(frozen=True, slots=True)
class Member:
    """One resource that a Profile brings to a VPC.

    Attributes:
        association: what associates it: with the Profile, or the Profile with the VPC if its contents are not known.
        type: the resource type; empty if it may be any.
        resource: the resource; None if the document does not hold it.
        name: the resource's address, or its ARN.
        priority: the place of a rule group among those of the VPC; None if it is not known.

    """

    association: Resource
    type: str
    resource: Resource | None
    name: str
    priority: int | None = None


def read_profiles(template: Template, vpc: Callable[[Resource, str], str]) -> dict[str, list[Member]]:
    """Return what the Profile of each VPC brings, by the VPC's address.

    Args:
        template: the document.
        vpc: returns the address of the VPC that an attribute of a resource means.

    """
    members: dict[str, list[Member]] = {}
    for association in template.of_type(f"{_PREFIX}resource_association"):
        profile = template.one(association, "profile_id", f"{_PREFIX}profile")
        if profile is not None:
            members.setdefault(profile.address, []).extend(_members(template, association))
    brought: dict[str, list[Member]] = {}
    for association in template.of_type(f"{_PREFIX}association"):
        profile = template.one(association, "profile_id", f"{_PREFIX}profile")
        of_vpc = brought.setdefault(vpc(association, "resource_id"), [])
        if profile is None or profile.mode is Mode.DATA or profile.repeated:
            name = written(template, association, "profile_id") if profile is None else profile.address
            of_vpc.append(Member(association, "", None, name))
        else:
            of_vpc.extend(members.get(profile.address, ()))
    return brought


def _members(template: Template, association: Resource) -> Iterator[Member]:
    types = (GROUP, ZONE, RULE, ENDPOINT)
    resource = template.one(association, "resource_arn", *types)
    priority = _priority(template, association)
    if resource is not None:
        yield Member(association, resource.type, resource, resource.address, priority)
        return
    name = written(template, association, "resource_arn")
    kinds = [kind for part, kind in _NAMES_IN_ARNS.items() if f":{part}/" in name]
    if kinds:
        yield Member(association, kinds[0], None, name, priority)
    elif _WITHOUT_EFFECT not in name.replace("_", "-"):
        yield Member(association, "", None, name, priority)


def _priority(template: Template, association: Resource) -> int | None:
    """Return the priority of a rule group: ``resource_properties = jsonencode({ priority = 102 })``."""
    properties = template.value(association, "resource_properties")
    if not isinstance(properties, str):
        return None
    encoded = _ENCODED.fullmatch(properties)
    if encoded or is_token(properties):
        return int(encoded[1]) if encoded else None
    try:
        priority = json.loads(properties)["priority"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    return priority if isinstance(priority, int) and not isinstance(priority, bool) else None
