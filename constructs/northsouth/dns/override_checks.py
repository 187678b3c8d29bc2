"""What AWS, or the provider, would not accept of a declared value: one function for each rule; pure.

Each function yields a :class:`~northsouth.errors.Problem` for everything it finds and skips values that only Terraform
will know.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sized

from northsouth.dns.layout import clash, override_where, upper_q_type
from northsouth.dns.names import (
    MAX_AWS_NAME,
    InvalidNameError,
    aws_name,
    canonical_domain,
    canonical_target,
    check_aws_name,
    check_domain,
    check_override_domain,
    check_target,
)
from northsouth.dns.overrides import (
    DnsTarget,
    Domains,
    Override,
    OverrideSet,
    Redirection,
    Rule,
    ThreatProtection,
    target_name,
)
from northsouth.dns.slots import PINNED
from northsouth.errors import Problem
from northsouth.tokens import is_token

MAX_TTL = 604_800
MAX_PRIORITY = 2**31 - 1
Q_TYPES = frozenset({"A", "AAAA", "CAA", "CNAME", "DS", "MX", "NAPTR", "NS", "PTR", "SOA", "SPF", "SRV", "TXT"})

RULE_API = "https://docs.aws.amazon.com/Route53/latest/APIReference/API_route53resolver_CreateFirewallRule.html"
SETTINGS_PAGE = "https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resolver-dns-firewall-rule-settings.html"
_TYPE_NUMBER = re.compile(r"TYPE([1-9][0-9]{0,4})")


def check_ttl(where: str, ttl: object) -> Iterator[Problem]:
    """Yield what is wrong with the TTL of an override: 1 to 604,800 s.

    AWS also knows 0, but the provider never sends it, and AWS refuses an override without a TTL.
    """
    if is_token(ttl):
        return
    if isinstance(ttl, bool) or not isinstance(ttl, int):
        yield Problem(where, repr(ttl), "a TTL is a whole number of seconds", "Give an integer.")
    elif ttl == 0:
        yield Problem(
            where,
            "0",
            f"1 to {MAX_TTL:,} s: the Terraform provider takes 0 for `not set` and never sends it, and AWS refuses an "
            "override without a TTL",
            "Use 1, which is as good as not cached.",
            "hashicorp/terraform-provider-aws, firewall_rule.go, GetOk",
        )
    elif not 1 <= ttl <= MAX_TTL:
        yield Problem(where, str(ttl), f"1 to {MAX_TTL:,} s (7 days)", "Give a TTL in that range.", RULE_API)


def check_q_type(where: str, q_type: object) -> Iterator[Problem]:
    """Yield what is wrong with the query type of a rule; it decides the rule's address, so a token is refused."""
    if q_type is None:
        return
    known = isinstance(q_type, str) and q_type.upper() in Q_TYPES
    number = _TYPE_NUMBER.fullmatch(q_type.upper()) if isinstance(q_type, str) else None
    if not known and not (number and int(number[1]) <= 65_534):
        yield Problem(
            where,
            repr(q_type),
            f"{', '.join(sorted(Q_TYPES))} or TYPE1 to TYPE65534, known at synth",
            "Leave it out to match every type.",
            RULE_API,
        )


def check_override_target(where: str, target: DnsTarget, domain: str | None = None) -> Iterator[Problem]:
    """Yield what is wrong with a target: no name, no host name, or the very domain that is overridden."""
    name = target_name(target)
    if name is None:
        yield Problem(
            where,
            repr(target),
            "a host name, or an object with a DNS name (`dns_name`, `fqdn` or `dns_entry`)",
            "Give the name itself.",
        )
        return
    yield from check_target(where, name)
    try:
        same = domain is not None and not is_token(name) and canonical_target(name) == canonical_domain(domain)
    except InvalidNameError:
        return
    if same:
        yield Problem(
            where,
            repr(name),
            "the target differs from the domain: a CNAME to itself never resolves",
            "Give the private name.",
        )


def check_overrides(overrides: Iterable[OverrideSet]) -> Iterator[Problem]:
    """Yield what is wrong with override sets, each for itself and all together."""
    sets = list(overrides)
    for name, count in Counter(override_set.name for override_set in sets).items():
        if count > 1:
            yield Problem("overrides", f"{count} sets named {name!r}", "set names are unique", "Rename or merge them.")
    for override_set in sets:
        yield from check_override_set(override_set)
    yield from check_one_override_for_a_name(sets)


def check_anything(overrides: Sized, first: Sized, last: Sized) -> Iterator[Problem]:
    """Yield that nothing is declared at all."""
    if not (len(overrides) or len(first) or len(last)):
        yield Problem("overrides", "nothing", "at least one override set or rule", "Add one.")


def check_override_set(override_set: OverrideSet) -> Iterator[Problem]:
    """Yield what is wrong with one override set: its name, its TTL, its domains and their targets."""
    where = f"overrides.{override_set.name}"
    yield from check_aws_name(f"{where}.name", override_set.name)
    yield from check_ttl(f"{where}.ttl", override_set.ttl)
    pairs = list(override_set.pairs())
    if not pairs:
        yield Problem(f"{where}.names", "no names", "at least one name and its target", "Add one, or remove the set.")
    for domain, override in pairs:
        yield from _check_override(override_where(override_set.name, domain), domain, override)


def _check_override(where: str, domain: str, override: Override) -> Iterator[Problem]:
    if is_token(domain):
        yield Problem(
            where,
            "a value that only Terraform will know",
            "an overridden name is known at synth: it decides the rule's number and address",
            "Write the name itself; the target may be a token.",
        )
    yield from check_override_domain(where, domain)
    yield from check_override_target(where, override.target, domain)
    yield from check_q_type(f"{where}.q_type", override.q_type)
    pinned = override.priority
    if pinned is not None and (is_token(pinned) or pinned not in PINNED):
        yield Problem(
            f"{where}.priority",
            repr(pinned),
            f"a number given by hand is {PINNED.start} to {PINNED.stop - 1:,}; the derived ones are above",
            "Give a number in that range, or none.",
        )


def check_one_override_for_a_name(overrides: Iterable[OverrideSet]) -> Iterator[Problem]:
    """Yield each name that is overridden twice, also across sets and in another spelling.

    Two overrides of one name for two query types are fine; both must say which.
    """
    seen: dict[str, dict[str | None, str]] = {}
    for override_set in overrides:
        for domain, override in override_set.pairs():
            try:
                types = seen.setdefault(canonical_domain(domain), {})
            except InvalidNameError:
                continue
            q_type = upper_q_type(override.q_type)
            where = override_where(override_set.name, domain)
            for other in clash(q_type, types)[:1]:
                yield Problem(
                    where,
                    repr(domain),
                    f"one override for a name and query type; {types[other]} is another",
                    "Remove one of them, or give each its own q_type.",
                )
            types.setdefault(q_type, where)


def check_rules(argument: str, rules: Mapping[str, Rule]) -> Iterator[Problem]:
    """Yield what is wrong with the rules before (``first``) or after (``last``) the overrides."""
    for name, rule in rules.items():
        where = f'{argument}["{name}"]'
        yield from check_aws_name(where, name)
        if isinstance(rule.domains, ThreatProtection):
            yield from _check_threat(where, rule)
        else:
            yield from _check_domains(f"{where}.domains", rule.domains)
        yield from check_q_type(f"{where}.q_type", rule.q_type)
        if rule.action.target is not None:
            yield from check_override_target(f"{where}.action.target", rule.action.target)
            yield from check_ttl(f"{where}.action.ttl", rule.action.ttl)
        if is_token(rule.priority) or not 1 <= rule.priority <= MAX_PRIORITY:
            yield Problem(
                f"{where}.priority",
                repr(rule.priority),
                f"a number known at synth, 1 to {MAX_PRIORITY:,}",
                "Give a positive number; leave gaps.",
                RULE_API,
            )


def _check_threat(where: str, rule: Rule) -> Iterator[Problem]:
    """Yield what AWS does not take beside a threat: ALLOW, a query type, a redirection setting."""
    redirected = rule.redirection != Redirection.INSPECT
    for argument, value, usual in (
        ("action", rule.action.action if rule.action.action == "ALLOW" else None, "RuleAction.alert() or a block"),
        ("q_type", rule.q_type, "no query type"),
        ("redirection", Redirection(rule.redirection).name if redirected else None, "the default"),
    ):
        if value is not None:
            yield Problem(
                f"{where}.{argument}",
                repr(value),
                f"with a threat of DNS Firewall Advanced: {usual}",
                "Leave it out." if argument != "action" else "Block or alert on the threat.",
                SETTINGS_PAGE,
            )


def check_threats(rules: Mapping[str, Mapping[str, Rule]], *, supported: bool) -> Iterator[Problem]:
    """Yield each rule of DNS Firewall Advanced if the provider bindings do not know such rules.

    Args:
        rules: the rules of each argument, by name.
        supported: whether the bindings know ``dns_threat_protection``.

    """
    for argument, named in rules.items():
        for name, rule in named.items():
            if isinstance(rule.domains, ThreatProtection) and not supported:
                yield Problem(
                    f'{argument}["{name}"].domains',
                    f"ThreatProtection {rule.domains.kind}",
                    "the installed provider bindings know no `dns_threat_protection`",
                    "Install cdktn and cdktn-provider-aws 25 or newer (docs/cdktn.md), or leave the rule out.",
                    "https://github.com/hashicorp/terraform-provider-aws/pull/45711",
                )


def _check_domains(where: str, domains: Domains) -> Iterator[Problem]:
    if domains.list_id is not None:
        if not is_token(domains.list_id) and not re.fullmatch(r"rslvr-fdl-[a-z0-9]{8,54}", domains.list_id):
            yield Problem(
                where,
                repr(domains.list_id),
                "the id of a domain list, `rslvr-fdl-...`",
                "`aws route53resolver list-firewall-domain-lists` shows the ids, those of AWS's lists too.",
            )
        return
    if not domains.names:
        yield Problem(where, "no names", "at least one name", "Add one, or remove the rule.")
    for index, name in enumerate(domains.names):
        yield from check_domain(f"{where}.names[{index}]", name)


def check_association_priority(where: str, priority: int, *, span: int = 0) -> Iterator[Problem]:
    """Yield what is wrong with the priority of an association: strictly between 100 and 9900.

    Args:
        where: the argument's path.
        priority: the lowest priority that is used.
        span: how far above it the highest one lies.

    """
    if is_token(priority) or not 100 < priority < 9900 - span:
        yield Problem(
            where,
            repr(priority),
            f"a number known at synth, 101 to {9899 - span}: AWS keeps the ends of the range for Firewall Manager",
            "Give a number in that range.",
            "hashicorp/terraform-provider-aws#43694",
        )


def check_names(name: str, vpcs: Iterable[str]) -> Iterator[Problem]:
    """Yield what is wrong with the name of a declaration and the labels of its VPCs."""
    yield from check_aws_name("name", name)
    if not is_token(name) and MAX_AWS_NAME - len("-first") < len(name) <= MAX_AWS_NAME:
        yield Problem(
            "name",
            f"{len(name)} characters",
            f"at most {MAX_AWS_NAME - len('-first')}: groups append `-first`, `-last` or a number to it",
            "Give a shorter name.",
        )
    for label in vpcs:
        yield from check_aws_label(f'vpcs["{label}"]', label)


def check_aws_label(where: str, label: str) -> Iterator[Problem]:
    """Yield what is wrong with a label that becomes a part of addresses and of names in AWS."""
    if is_token(label):
        yield Problem(
            where,
            "a value that only Terraform will know",
            "a label is part of addresses, which synth decides",
            "Name the VPC yourself and give its id as the value.",
        )
    else:
        yield from check_aws_name(where, aws_name("vpc", label) if label else label)
