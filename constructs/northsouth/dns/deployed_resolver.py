"""Reads the rules of each VPC's Resolver out of Terraform JSON: zones, forwarding rules, endpoints; pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from northsouth.dns.profiles import ENDPOINT, RULE, Member
from northsouth.dns.records import Record
from northsouth.dns.resolver_rules import EVERYTHING, Kind, ResolverRule
from northsouth.dns.zones import ZONE, Zone, name_of, written
from northsouth.template import Mode, Resource, Template, Value
from northsouth.tokens import is_token

_ENDPOINT_ZONE = "AWS does not list what the zone of an endpoint holds"
HOSTNAMES, SUPPORT = "enable_dns_hostnames", "enable_dns_support"
_OTHER_NAMES = {"kinesis-streams": "kinesis"}
_KINDS = {"FORWARD": Kind.FORWARD, "SYSTEM": Kind.SYSTEM}
_OWN = (
    *(
        "ec2.internal.",
        "compute-1.internal.",
        "compute-1.amazonaws.com.",
        "compute.internal.",
        "compute.amazonaws.com.",
    ),
    *("localhost.", "localdomain.", "127.in-addr.arpa.", "10.in-addr.arpa.", "168.192.in-addr.arpa."),
    *(f"{number}.172.in-addr.arpa." for number in range(16, 32)),
)
_PUBLIC_RULE = "rslvr-autodefined-rr-internet-resolver"
"""The rule for every name that each VPC has; it looks names up in the public DNS."""


@dataclass(slots=True)
class ResolverReader:
    """Finds the Resolver's rules of the VPCs of a template.

    Attributes:
        template: the document.
        zones: its hosted zones, by address.
        profiles: what Route 53 Profiles bring, by the VPC's address.
        vpc: returns the address of the VPC that an attribute of a resource means.

    """

    template: Template
    zones: Mapping[str, Zone]
    profiles: Mapping[str, Iterable[Member]]
    vpc: Callable[[Resource, str], str]

    def rules(self, vpcs: Mapping[str, Resource | None]) -> dict[str, tuple[ResolverRule, ...]]:
        """Return the rules of each VPC.

        Args:
            vpcs: the VPCs by address, each with the resource that declares it, if there is one.

        """
        by_vpc: dict[str, list[ResolverRule]] = {}
        for address, rule in (*self._of_zones(), *self._of_associations(), *self._of_endpoints(), *self._of_profiles()):
            by_vpc.setdefault(address, []).append(rule)
        anywhere = list(self._unplaced())
        return {address: self._settled([*by_vpc.get(address, ()), *anywhere], vpc) for address, vpc in vpcs.items()}

    def _of_zones(self) -> Iterator[tuple[str, ResolverRule]]:
        for zone in self.zones.values():
            for address in dict.fromkeys(zone.vpcs):
                yield address, _zone_rule(zone)

    def _of_associations(self) -> Iterator[tuple[str, ResolverRule]]:
        for association in self.template.of_type("aws_route53_resolver_rule_association"):
            rule = self.template.one(association, "resolver_rule_id", RULE)
            name = written(self.template, association, "resolver_rule_id")
            if rule is not None or name != _PUBLIC_RULE:
                yield self.vpc(association, "vpc_id"), self._forwarding(rule, name)

    def _of_endpoints(self) -> Iterator[tuple[str, ResolverRule]]:
        for endpoint in self.template.of_type(ENDPOINT):
            for rule in self._endpoint(endpoint):
                yield self.vpc(endpoint, "vpc_id"), rule

    def _of_profiles(self) -> Iterator[tuple[str, ResolverRule]]:
        for address, members in self.profiles.items():
            for member in members:
                for rule in self._brought(member):
                    yield address, replace(rule, local=False)

    def _unplaced(self) -> Iterator[ResolverRule]:
        """Yield what zones may answer in any VPC, because the document does not say which VPCs see them."""
        shared = {member.name for members in self.profiles.values() for member in members}
        for zone in self.zones.values():
            if zone.vpcs or zone.address in shared:
                continue
            if zone.private:
                unplaced = "this file does not say which VPCs see it"
                yield replace(_zone_rule(zone), unknown=unplaced)
            elif zone.private is None:
                for record in zone.records:
                    unplaced = "the zone is not in this file: it may be public, or private and on this VPC or not"
                    domain = record.name.removeprefix("*.")
                    yield replace(_zone_rule(zone), domain=domain, records=(record,), unknown=unplaced, vague=True)

    def _settled(self, rules: Sequence[ResolverRule], vpc: Resource | None) -> tuple[ResolverRule, ...]:
        """Return rules with what the DNS attributes of a VPC leave open.

        "To use private hosted zones, you must set the following Amazon VPC settings to true: enableDnsHostnames,
        enableDnsSupport": the Route 53 developer guide, hosted-zone-private-considerations. It does not say who answers
        otherwise. Of a VPC that the document does not declare, both are taken as set.
        """
        if self.has(vpc, HOSTNAMES) and any(rule.kind is Kind.FORWARD for rule in rules):
            rules = [*rules, *_own_rules()]
        unset = tuple(name for name in (HOSTNAMES, SUPPORT) if not self.has(vpc, name))
        if not unset:
            return tuple(rules)
        needs = f"private zones need {' and '.join(unset)}, which this VPC does not set; AWS does not say who answers"
        return tuple(
            replace(rule, unknown=rule.unknown or needs, unset=unset) if rule.answers else rule for rule in rules
        )

    def has(self, vpc: Resource | None, attribute: str) -> bool:
        """Tell whether a DNS attribute is true; without a value AWS's defaults hold."""
        if vpc is None or vpc.mode is Mode.DATA:
            return True
        value = self.template.value(vpc, attribute)
        if value is None and attribute not in vpc.unknown:
            return attribute == SUPPORT or vpc.type == "aws_default_vpc"
        return value in (True, "true")

    def _brought(self, member: Member) -> Iterator[ResolverRule]:
        if member.type == ZONE and member.resource is not None:
            yield _zone_rule(self.zones[member.resource.address])
        elif member.type == RULE:
            yield self._forwarding(member.resource, member.name)
        elif member.type == ENDPOINT and member.resource is not None:
            yield from self._endpoint(member.resource)
        elif member.type in (ZONE, ENDPOINT):
            yield _anywhere(member.name, Kind.ZONE, "it is not in this file")
        elif not member.type:
            yield _anywhere(member.name, Kind.ZONE, "what the Profile brings is not in this file")

    def _forwarding(self, resource: Resource | None, name: str) -> ResolverRule:
        if resource is None:
            return _anywhere(name, Kind.FORWARD, "the rule is not in this file")
        kind = self.template.value(resource, "rule_type")
        written_domain = self.template.value(resource, "domain_name")
        domain = EVERYTHING if written_domain == EVERYTHING else name_of(written_domain)
        if domain is None or kind not in _KINDS or resource.repeated:
            why = "it follows NS records" if kind == "DELEGATE" else "its domain or type is known only after apply"
            return _anywhere(resource.address, Kind.FORWARD, why)
        return ResolverRule(
            address=resource.address, domain=domain, kind=_KINDS[str(kind)], servers=tuple(self._servers(resource))
        )

    def _servers(self, resource: Resource) -> Iterator[str]:
        blocks = self.template.value(resource, "target_ip")
        for block in blocks if isinstance(blocks, tuple) else (blocks,):
            if isinstance(block, Mapping):
                address = block.get("ip") or block.get("ipv6")
                if isinstance(address, str) and not is_token(address):
                    yield address

    def _endpoint(self, resource: Resource) -> Iterator[ResolverRule]:
        """Yield the zones of an interface endpoint with private DNS.

        "We create a hidden, AWS-managed private hosted zone for you":
        https://docs.aws.amazon.com/vpc/latest/privatelink/privatelink-access-aws-services.html
        """
        private = self.template.value(resource, "private_dns_enabled")
        if private not in (True, "true") and "private_dns_enabled" not in resource.unknown and not is_token(private):
            return
        inbound_only = self.template.value(resource, "dns_options.private_dns_only_for_inbound_resolver_endpoint")
        if inbound_only in (True, "true"):
            return
        unknown = "" if private in (True, "true") else "its private DNS is known only after apply"
        domains = list(self._entries(resource))
        vague = ""
        if not domains:
            domain, vague = _domain_of_service(self.template.value(resource, "service_name"))
            domains = [domain]
        for domain in dict.fromkeys(domains):
            yield ResolverRule(
                address=resource.address,
                domain=domain,
                kind=Kind.ENDPOINT,
                records=() if vague else (Record(domain, "A", (), resource.address, resource.address),),
                incomplete=_ENDPOINT_ZONE,
                unknown=unknown or vague,
                vague=bool(vague),
            )

    def _entries(self, resource: Resource) -> Iterator[str]:
        """Yield the host names that a deployed endpoint takes, besides its own names."""
        entries = self.template.value(resource, "dns_entry")
        for entry in entries if isinstance(entries, tuple) else ():
            name = entry.get("dns_name") if isinstance(entry, Mapping) else None
            if isinstance(name, str) and ".vpce.amazonaws.com" not in name:
                domain = name_of(name.replace("\\052", "*").removeprefix("*."))
                if domain is not None:
                    yield domain


def _zone_rule(zone: Zone) -> ResolverRule:
    if zone.domain is None:
        return _anywhere(zone.address, Kind.ZONE, "its name is not in this file")
    return ResolverRule(
        address=zone.address,
        domain=zone.domain,
        kind=Kind.ZONE,
        records=tuple(zone.records),
        incomplete=zone.incomplete,
    )


def _own_rules() -> Iterator[ResolverRule]:
    """Yield the rules that keep names of EC2 instances and reserved names out of less specific forwarding rules.

    AWS makes them where ``enable_dns_hostnames`` is true; those of a Region are for that Region's names:
    https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resolver-overview-forward-vpc-to-network-autodefined-rules.html
    """
    for domain in _OWN:
        yield ResolverRule(
            address="autodefined rule", domain=domain, kind=Kind.OWN, incomplete="AWS answers such names itself"
        )


def _anywhere(address: str, kind: Kind, why: str) -> ResolverRule:
    """Return a rule whose domain is not known: it may concern every name."""
    return ResolverRule(address=address, domain=EVERYTHING, kind=kind, incomplete=why, unknown=why, vague=True)


def _domain_of_service(service: Value) -> tuple[str, str]:
    """Return the domain that the private DNS of an AWS service takes, and why that is known only roughly.

    "Most AWS services offer public Regional endpoints, which have the following syntax:
    `protocol://service_code.region_code.amazonaws.com`"; the parts of a service's name stand in the reverse order.
    """
    if not isinstance(service, str):
        return EVERYTHING, "its host names are not in this file"
    china = service.startswith("cn.")
    root = "amazonaws.com.cn." if china else "amazonaws.com."
    words = service.removeprefix("cn.").split(".")
    if is_token(service):
        return (root if "amazonaws" in service else EVERYTHING), "its host names are known only after apply"
    if words[:2] != ["com", "amazonaws"] or len(words) < 4 or words[2] == "vpce":
        return EVERYTHING, "its host names are not in this file"
    code = ".".join(reversed(words[3:]))
    return f"{_OTHER_NAMES.get(code, code)}.{words[2]}.{root}", ""
