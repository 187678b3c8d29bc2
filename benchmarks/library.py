"""What the library's own Python costs: its import on top of cdktf, reading a template, resolving a name."""

from __future__ import annotations

import json
import statistics
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks import resolution
from northsouth.dns.deployed import read_ruleset
from northsouth.template import parse

# Every public package: a package's constructs come when they are first used, and then with their provider's modules.
IMPORT = """
import time, cdktf
before = time.process_time()
import northsouth.bindings, northsouth.egress, northsouth.dns, northsouth.logs, northsouth.alerts
print(time.process_time() - before)
"""
IMPORT_MILLISECONDS = 30
REPEATS = 3


def import_milliseconds(python: Path, rounds: int) -> float:
    """Return the processor time that importing northsouth's packages takes after that of cdktf."""
    command = [str(python), "-c", IMPORT]
    taken = [subprocess.run(command, capture_output=True, text=True, check=True).stdout for _ in range(rounds + 1)]
    # The first compiles.
    return 1000 * statistics.median(float(seconds) for seconds in taken[1:])


def template(count: int) -> dict[str, float]:
    """Return the seconds of processor time to read a template of ``count`` rules, and to make a rule set of it."""
    text = json.dumps(document(count))
    parsed = parse(text)
    return {
        "read the template": _seconds(lambda: parse(text)),
        "make the rule set": _seconds(lambda: read_ruleset(parsed)),
    }


def document(count: int) -> dict[str, object]:
    """Return a stack of ``count`` overrides as cdktf writes it: one domain list and one rule for each name."""
    lists = {f"list{number}": {"name": f"n{number}", "domains": [f"n{number}.example.com."]} for number in range(count)}
    rules = {
        f"rule{number}": {
            "name": f"n{number}",
            "priority": number,
            "action": "BLOCK",
            "block_response": "OVERRIDE",
            "block_override_dns_type": "CNAME",
            "block_override_domain": "target.example.net.",
            "block_override_ttl": 60,
            "firewall_domain_list_id": f"${{aws_route53_resolver_firewall_domain_list.list{number}.id}}",
            "firewall_rule_group_id": "${aws_route53_resolver_firewall_rule_group.group.id}",
        }
        for number in range(count)
    }
    association = {
        "firewall_rule_group_id": "${aws_route53_resolver_firewall_rule_group.group.id}",
        "vpc_id": "vpc-0a1b2c3d4e5f60718",
        "priority": 101,
        "name": "all",
    }
    return {
        "terraform": {"required_providers": {"aws": {"source": "aws", "version": "5.100.0"}}},
        "resource": {
            "aws_route53_resolver_firewall_rule_group": {"group": {"name": "group"}},
            "aws_route53_resolver_firewall_rule_group_association": {"association": association},
            "aws_route53_resolver_firewall_domain_list": lists,
            "aws_route53_resolver_firewall_rule": rules,
        },
    }


def look_ups(count: int) -> dict[str, float]:
    """Return the look-ups in a second of processor time."""
    return {name: statistics.median(rates) for name, rates in resolution.measure(count).rates.items()}


def _seconds(work: Callable[[], object]) -> float:
    taken = []
    for _ in range(REPEATS):
        started = time.process_time()
        work()
        taken.append(time.process_time() - started)
    return statistics.median(taken)
