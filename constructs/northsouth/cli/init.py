"""``northsouth init``: writes a first environment, its tests and its CI workflow, without a connection."""

from __future__ import annotations

import argparse
import difflib
import importlib.util
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from northsouth.cli.options import UsageError, file_name
from northsouth.errors import ConfigurationError
from northsouth.errors.reading import fault

if TYPE_CHECKING:
    from collections.abc import Callable

    from northsouth.cli.options import Commands

DIFFERS = 1
"""Exit code when a file is there already and says something else."""

_DESCRIPTION = """\
Write a first environment into a folder: an environment file (or, with --app, a Python program), cdktf.json, tests and a
CI workflow. No request leaves this machine. A file that is there already is never changed.
"""
_CODES = """\
exit codes:
  0   the files are there
  1   a file is there with another content: the difference is printed, and nothing is written
  2   wrong arguments
"""
_NAME = re.compile(r"[a-z]([a-z0-9-]{0,30}[a-z0-9])?")
_REGION = re.compile(r"[a-z]{2,4}(-[a-z]+)+-\d{1,2}")
_ID = {"vpc": "vpc-", "public_subnet": "subnet-", "private_route_table": "rtb-"}


def register(commands: Commands) -> None:
    """Add the subcommand."""
    parser = commands.add_parser(
        "init",
        help="write a first environment with its tests",
        description=_DESCRIPTION,
        epilog=_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument(
        "folder", nargs="?", default=".", metavar="FOLDER", type=file_name, help="where to write (default: here)"
    )
    parser.add_argument("--name", help="the environment's name, and its stack's (default: edge)")
    parser.add_argument("--region", help="the AWS Region (default: us-east-1)")
    parser.add_argument("--cidr", help="the block of a new VPC (default: 10.40.0.0/16)")
    parser.add_argument("--zones", help="zones of the new VPC, separated by commas (default: the Region's a and b)")
    parser.add_argument("--vpc", help="the id of a VPC that exists, in place of a new one")
    parser.add_argument(
        "--public-subnet", action="append", default=[], metavar="ZONE=ID", help="of that VPC; once for each zone"
    )
    parser.add_argument(
        "--private-route-table", action="append", default=[], metavar="ZONE=ID", help="of that VPC; once for each zone"
    )
    parser.add_argument("--nat", choices=("per_az", "single", "none"), help="the NAT gateways (default: per_az)")
    parser.add_argument("--email", help="who is notified of alarms (default: nobody, and no alarms)")
    parser.add_argument("--runbook", help="the page that says what to do (default: https://runbooks.example.com)")
    parser.add_argument("--app", action="store_true", help="write a Python program in place of an environment file")
    parser.add_argument("--yes", action="store_true", help="ask nothing: take the defaults for what is not given")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Write the files, or print what is in the way and return 1."""
    if sys.stdin.isatty() and not options.yes:
        _ask(options)
    _complete(options)
    _judge(options)
    folder = Path(options.folder)
    _require(not folder.exists() or folder.is_dir(), "FOLDER", options.folder, "a folder, or the path of a new one")
    files = {folder / name: text for name, text in _files(options).items()}
    known = {file: _read(file) for file in files}
    differing = [file for file, text in files.items() if known[file] not in (None, text)]
    if differing:
        for file in differing:
            sys.stdout.write(_difference(file, known[file] or "", files[file]))
        names = ", ".join(map(str, differing))
        sys.stderr.write(
            f"northsouth: nothing was written: {names} has another content. Move it, or choose a folder.\n"
        )
        return DIFFERS
    for file, text in files.items():
        if known[file] is None:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
        sys.stdout.write(f"{'kept   ' if known[file] is not None else 'written'} {file}\n")
    sys.stdout.write(_snapshot(folder))
    sys.stdout.write(_next_steps(options))
    return 0


def _snapshot(folder: Path) -> str:
    """Write the snapshot that the tests compare with, unless there is one; return what was done, or is to be done."""
    if (folder / "tests" / "__snapshots__").exists():
        return ""
    update_command = f"cd {shlex.quote(str(folder))} && pytest --snapshot-update"
    if not (importlib.util.find_spec("pytest") and importlib.util.find_spec("syrupy")):
        return f"The tests need a snapshot: pip install 'northsouth[testing]', then {update_command}\n"
    command = [sys.executable, "-m", "pytest", "-q", "--snapshot-update", "tests"]
    env = {**os.environ, "CI": "", "JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION": "20"}
    completed = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, check=False)  # noqa: S603 own pytest
    if completed.returncode:
        return f"The snapshot was not written; see why: {update_command}\n"
    return f"written {folder / 'tests' / '__snapshots__'}\n"


def _read(file: Path) -> str | None:
    try:
        return file.read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{file} cannot be read: {fault(error)}") from error


def _difference(file: Path, before: str, after: str) -> str:
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), str(file), "northsouth init", lineterm="")
    return "\n".join(lines) + "\n"


def _ask(options: argparse.Namespace) -> None:
    """Ask for what the arguments leave open; an empty answer takes the default."""
    questions: tuple[tuple[str, str, str], ...] = (
        ("name", "Name of the environment", "edge"),
        ("region", "AWS Region", "us-east-1"),
        ("vpc", "Id of a VPC that exists (empty: a new one is made)", ""),
        ("nat", "NAT gateways: per_az, single or none", "per_az"),
        ("email", "Mail address that is notified of alarms (empty: no alarms)", ""),
    )
    for name, question, default in questions:
        if getattr(options, name) is None:
            sys.stdout.write(f"{question}{f' [{default}]' if default else ''}: ")
            sys.stdout.flush()
            setattr(options, name, sys.stdin.readline().strip() or default or None)
    if options.vpc and not options.public_subnet:
        for zone in _default_zones(options.region):
            for option, kind in (("public_subnet", "public subnet"), ("private_route_table", "private route table")):
                sys.stdout.write(f"Id of the {kind} in {zone} (empty: none): ")
                sys.stdout.flush()
                if answer := sys.stdin.readline().strip():
                    getattr(options, option).append(f"{zone}={answer}")


def _complete(options: argparse.Namespace) -> None:
    """Fill in the defaults, and refuse what no environment can have.

    Raises:
        UsageError: names the argument, what was given, and what is allowed.

    """
    options.name = options.name or "edge"
    options.region = options.region or "us-east-1"
    options.nat = options.nat or "per_az"
    options.runbook = options.runbook or "https://runbooks.example.com"
    _require(_NAME.fullmatch(options.name), "--name", options.name, "lower-case letters, digits and hyphens: edge")
    _require(_REGION.fullmatch(options.region), "--region", options.region, "a Region: eu-central-1")
    _require(options.nat in ("per_az", "single", "none"), "--nat", options.nat, "per_az, single or none")
    mail = options.email is None or re.fullmatch(r"[^@\s\"\\]+@[^@\s\"\\]+\.[^@\s\"\\]+", options.email)
    _require(mail, "--email", options.email, "a mail address")
    _require(re.fullmatch(r"https?://[^\s\"\\]+", options.runbook), "--runbook", options.runbook, "an http(s) address")
    if options.vpc:
        _require(options.vpc.startswith("vpc-"), "--vpc", options.vpc, "the id of a VPC: vpc-0a1b2c3d4e5f60718")
        _require(not (options.cidr or options.zones), "--vpc", options.vpc, "used without --cidr and --zones")
        needed = "--public-subnet ZONE=ID and --private-route-table ZONE=ID, for each zone"
        _require(options.nat == "none" or options.public_subnet, "--vpc", options.vpc, f"used with {needed}")
    options.cidr = options.cidr or "10.40.0.0/16"
    options.zones = options.zones.split(",") if options.zones else _default_zones(options.region)
    options.public_subnet = _by_zone("public_subnet", options.public_subnet)
    options.private_route_table = _by_zone("private_route_table", options.private_route_table)


def _judge(options: argparse.Namespace) -> None:
    """Refuse what the environment file, or the program of the same answers, could not declare.

    Raises:
        UsageError: with the problems that a synth would report.

    """
    from northsouth.stacks.loading import load_environments

    with tempfile.TemporaryDirectory(prefix="northsouth-init-") as folder:
        file = Path(folder, f"{options.name}.toml")
        file.write_text(_environment(options), encoding="utf-8")
        try:
            load_environments([file])
        except ConfigurationError as refused:
            problems = "\n".join(f"  - {problem}".replace(f"{file}: ", "") for problem in refused.problems)
            raise UsageError(f"these answers make no environment; nothing was written:\n{problems}") from refused


def _require(right: object, argument: str, value: object, allowed: str) -> None:
    if not right:
        raise UsageError(f"{argument}: got {value!r}; it is {allowed}")


def _by_zone(name: str, arguments: list[str]) -> dict[str, str]:
    """Return ids by zone, of arguments such as ``us-east-1a=subnet-0aaaaaaaaaaaaaaa1``."""
    prefix, ids = _ID[name], dict[str, str]()
    for argument in arguments:
        zone, _, identifier = argument.partition("=")
        right = zone and identifier.startswith(prefix)
        _require(right, f"--{name.replace('_', '-')}", argument, f"ZONE=ID: us-east-1a={prefix}0aaaaaaaaaaaaaaa1")
        ids[zone] = identifier
    return ids


def _default_zones(region: str) -> list[str]:
    return [f"{region}a", f"{region}b"]


def _files(options: argparse.Namespace) -> dict[str, str]:
    """Return every file by its path."""
    program = "python main.py" if options.app else "northsouth synth"
    return {
        **(
            {"main.py": _program(options)}
            if options.app
            else {f"environments/{options.name}.toml": _environment(options)}
        ),
        "cdktf.json": json.dumps({"language": "python", "app": program, "sendCrashReports": "false"}, indent=2) + "\n",
        "tests/test_edge.py": _tests(options),
        ".gitignore": "cdktf.out/\n.terraform/\n*.tfstate*\n.venv/\n__pycache__/\n",
        ".github/workflows/northsouth.yml": _WORKFLOW.replace("PROGRAM", program),
    }


def _environment(options: argparse.Namespace) -> str:
    """Return the environment file: what was answered, and what cannot be left out."""
    lines = [
        f"# Written by: {_command(options)}",
        "# environments/example.toml of northsouth explains every key.",
        "",
        "[environment]",
        f'name = "{options.name}"',
        f'region = "{options.region}"',
        "",
        '# For a team, keep the state in S3: backend = "s3", bucket = "…".',
        "[state]",
        'backend = "local"',
        "",
        "[network]",
    ]
    if options.vpc:
        lines += [f'vpc_id = "{options.vpc}"', "[network.public_subnet_ids]", *_ids(options.public_subnet)]
        lines += ["[network.private_route_table_ids]", *_ids(options.private_route_table)]
    else:
        lines += [f'cidr = "{options.cidr}"', f"zones = {json.dumps(options.zones)}"]
    zones = sorted(options.public_subnet) if options.vpc else options.zones
    lines += ["", "[nat]", f'mode = "{options.nat}"', *([f'zone = "{zones[0]}"'] if options.nat == "single" else [])]
    if not options.vpc or options.private_route_table:
        lines += ["", "[endpoints]", 'gateway = ["s3"]']
    if options.email:
        lines += ["", "[alerts]", f'runbook = "{options.runbook}"', "", "[alerts.routes.email]"]
        lines += [f'team = {{ address = "{options.email}", severities = ["critical", "warning"] }}']
        if options.nat != "none":
            lines += ["", "[alerts.nat]", 'throughput = { over = "2 Gbit/s" }', "port_allocation_errors = {}"]
    return "\n".join(lines) + "\n"


def _ids(by_zone: dict[str, str]) -> list[str]:
    return [f'{zone} = "{identifier}"' for zone, identifier in sorted(by_zone.items())]


def _command(options: argparse.Namespace) -> str:
    """Return the command line that gives the same answers."""
    words = ["northsouth", "init", "--yes", "--name", options.name, "--region", options.region, "--nat", options.nat]
    if options.vpc:
        words += ["--vpc", options.vpc]
        for option, ids in (
            ("public-subnet", options.public_subnet),
            ("private-route-table", options.private_route_table),
        ):
            words += [
                word for zone, identifier in sorted(ids.items()) for word in (f"--{option}", f"{zone}={identifier}")
            ]
    else:
        words += ["--cidr", options.cidr, "--zones", ",".join(options.zones)]
    words += ["--email", options.email, "--runbook", options.runbook] if options.email else []
    return shlex.join([*words, *(["--app"] if options.app else [])])


def _program(options: argparse.Namespace) -> str:
    """Return the Python program: the same environment, made of constructs."""
    if options.vpc:
        network = (
            f'Network.existing(\n        vpc_id="{options.vpc}",\n'
            f"        public_subnets={json.dumps(options.public_subnet)},\n"
            f"        private_route_tables={json.dumps(options.private_route_table)},\n    )"
        )
    else:
        network = f'Network(stack, "network", cidr="{options.cidr}", zones={json.dumps(options.zones)})'
    zones = sorted(options.public_subnet) if options.vpc else options.zones
    mode = f'NatMode.single("{zones[0]}")' if options.nat == "single" else f"NatMode.{options.nat}()"
    alarms = options.email and options.nat != "none"
    text = _PROGRAM.format(
        command=_command(options), name=options.name, region=options.region, network=network, mode=mode,
        imports=_ALARM_IMPORTS if alarms else "", alarms=_ALARMS.format(**vars(options)) if alarms else "",
    )  # fmt: skip
    return text if alarms else text.replace("    nat = NatGateways(", "    NatGateways(")


_ALARM_IMPORTS = """\
from northsouth.alerts.packs import NatAlarms
from northsouth.alerts.routes import Email, NotificationRoutes, Routes
"""
_ALARMS = """\
    email = Email(name="team", address="{email}")
    by_severity = Routes.by_severity(critical=[email], warning=[email])
    routes = NotificationRoutes(stack, "routes", name="{name}", routes=by_severity, runbook="{runbook}")
    alarms = NatAlarms(stack, "alarms", gateways=nat, respond=routes.response("{runbook}"))
    alarms.throughput("2 Gbit/s")
    alarms.port_allocation_errors()
"""
_PROGRAM = '''\
"""Written by: {command}"""

import northsouth.bindings  # first: the provider's modules then load in a fraction of the time

northsouth.bindings.install()

from cdktf import App, TerraformStack
from cdktf_cdktf_provider_aws.provider import AwsProvider

{imports}from northsouth.egress import NatGateways, NatMode, Network, PrivateEndpoints


def edge(app: App) -> TerraformStack:
    """Declare the environment."""
    stack = TerraformStack(app, "{name}")
    AwsProvider(stack, "aws", region="{region}")
    network = {network}
    nat = NatGateways(stack, "nat", network=network, mode={mode})
    PrivateEndpoints(stack, "endpoints", network=network)
{alarms}    return stack


if __name__ == "__main__":
    app = App()
    edge(app)
    app.synth()
'''


def _tests(options: argparse.Namespace) -> str:
    """Return the tests: what is declared, as a snapshot and as one statement on it."""
    if options.app:
        return _TESTS.format(
            imports="import sys\nfrom pathlib import Path\n", made="edge(app)",
            source="sys.path.insert(0, str(Path(__file__).parent.parent))\nfrom main import edge  # noqa: E402\n",
            nat=_count_of_gateways(options),
        )  # fmt: skip
    source = (
        "from northsouth.stacks.edge import EdgeStack\nfrom northsouth.stacks.loading import load_environments\n\n"
        f'FILE = Path(__file__).parent.parent / "environments" / "{options.name}.toml"\n'
    )
    return _TESTS.format(
        imports="from pathlib import Path\n",
        made="EdgeStack(app, load_environments([FILE])[0])",
        source=source,
        nat=_count_of_gateways(options),
    )


def _count_of_gateways(options: argparse.Namespace) -> int:
    zones = len(options.private_route_table) if options.vpc else len(options.zones)
    return {"none": 0, "single": 1}.get(options.nat, zones)


_TESTS = '''\
"""What the environment declares: as it was reviewed (`pytest --snapshot-update` accepts a change), and in numbers."""

{imports}
import northsouth.bindings
import pytest

northsouth.bindings.install()

from cdktf import App, TerraformStack, Testing

from northsouth.testing import Template
from northsouth.testing.snapshots import TerraformSnapshot
{source}

@pytest.fixture(scope="module")
def stack() -> TerraformStack:
    app: App = Testing.app()
    return {made}


def test_it_declares_what_was_reviewed(stack: TerraformStack, terraform_snapshot: TerraformSnapshot) -> None:
    terraform_snapshot(stack)


def test_it_has_its_gateways(stack: TerraformStack) -> None:
    Template.from_stack(stack).assert_count("aws_nat_gateway", {nat})
'''
_WORKFLOW = """\
name: northsouth
on: [push, pull_request]
permissions:
  contents: read
jobs:
  test:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - uses: actions/setup-python@v5
        with:
          python-version: "3.12"
      - uses: actions/setup-node@v4
        with:
          node-version: "22"
      # Where northsouth comes from in your company: an index, or the path of a wheel.
      - run: pip install 'northsouth[testing]'
      - run: pytest
      - run: PROGRAM
"""


def _next_steps(options: argparse.Namespace) -> str:
    """Return what to do next, and what of it this machine lacks."""
    program = "python main.py" if options.app else "northsouth synth"
    lines = [
        "",
        "Next:",
        "  pytest                     # compares with the snapshot; --snapshot-update accepts a change",
        f"  {program:<26} # writes cdktf.out/stacks/{options.name}/cdk.tf.json",
        "  northsouth try             # deploys it to an emulator on this machine (pip install 'northsouth[emulator]')",
        "",
        f"The same again: {_command(options)}",
    ]
    lacking: list[tuple[str, Callable[[], object], str]] = [
        ("Node.js 22 or newer", lambda: shutil.which("node"), "every synth needs it: https://nodejs.org"),
        ("Terraform", lambda: shutil.which("terraform"), "`northsouth try` and deploys need it"),
    ]
    missing = [f"This machine lacks {tool}: {why}." for tool, is_there, why in lacking if not is_there()]
    return "\n".join([*lines, *missing]) + "\n"
