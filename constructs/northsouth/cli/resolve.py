"""``northsouth resolve``: what DNS Firewall would do with one query, and why."""

from __future__ import annotations

import argparse
import json
import sys

from northsouth.cli import options
from northsouth.cli.explain import as_json, as_text
from northsouth.dns.records import query_name
from northsouth.dns.resolution import Decision, Firewall, Verdict

EXIT_CODES = {
    Verdict.PASSED: 0,
    Verdict.ALLOWED: 0,
    Verdict.ALERTED: 0,
    Verdict.OVERRIDDEN: 10,
    Verdict.NODATA: 11,
    Verdict.NXDOMAIN: 12,
    Verdict.UNDETERMINED: 13,
}
"""Exit code for each verdict; an override that leads in a circle is ``LOOP``, whatever its verdict."""

LOOP = 14

MISSING = 15
"""Exit code for a chain that ends with a name that a private zone does not have."""

_CODES = """\
exit codes:
  0   resolved as usual: passed, allowed or alerted
  10  overridden
  11  blocked, NODATA
  12  blocked, NXDOMAIN
  13  undetermined: it depends on something the file does not say
  14  the chain of overrides is a loop
  15  the name, or what it leads to, is missing in a private zone of the VPC
  2   wrong arguments, or a file that cannot be read
"""


def register(commands: options.Commands) -> None:
    """Add the subcommand."""
    parser = commands.add_parser(
        "resolve",
        help="tell what DNS Firewall would do with a query",
        description="Tell what DNS Firewall would do with one query in a VPC, and which rule decides.",
        epilog=_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("name", metavar="NAME", help="the name to look up")
    options.add_vpc(parser)
    parser.add_argument("--type", default="A", metavar="TYPE", help="the query type: A (default), AAAA, TXT, TYPE65...")
    options.add_source(parser)
    options.add_hosts(parser)
    options.add_assumption(parser)
    parser.add_argument(
        "--cname",
        dest="cnames",
        action="append",
        default=[],
        metavar="NAME=TARGET",
        help="a redirection that the DNS has and the file does not; may be repeated",
    )
    parser.add_argument("--json", action="store_true", help="write the decision as JSON")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Write the decision and return its exit code."""
    ruleset = options.ruleset(arguments.source)
    firewall = Firewall(options.vpc(ruleset, arguments), (*ruleset.records, *options.hosts(arguments.hosts)))
    pairs = (options.pair(text) for text in arguments.cnames)
    cnames = {query_name(name): query_name(target) for name, target in pairs}
    decision = firewall.resolve(arguments.name, arguments.type, cnames=cnames)
    if arguments.json:
        text = json.dumps(as_json(decision, ruleset.source), indent=2)
    else:
        text = "\n".join(as_text(decision, ruleset.source))
    sys.stdout.write(f"{text}\n")
    return exit_code(decision)


def exit_code(decision: Decision) -> int:
    """Return the exit code of a decision."""
    if decision.loop:
        return LOOP
    return MISSING if decision.missing else EXIT_CODES[decision.verdict]
