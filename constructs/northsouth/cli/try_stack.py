"""``northsouth try``: deploys synthesized stacks to an AWS emulator on this machine, and plans them again."""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from northsouth.cli.options import UsageError

if TYPE_CHECKING:
    from northsouth.cli.options import Commands

FAILED = 1
"""Exit code when something was not deployed, or the second plan is not empty."""

_TIMEOUT_SECONDS = 900
_AWS = re.compile(r"AWS_", re.IGNORECASE)
_DESCRIPTION = """\
Deploy synthesized stacks to an AWS emulator that runs in this process, show what was made, and plan again: the second
plan has to be empty. Nothing reaches AWS, and no state is kept. Needs Terraform, and the provider from a registry or a
mirror.
"""
_LIMITS = """\
exit codes:
  0   everything was made, and the second plan is empty
  1   Terraform refused something, or the second plan is not empty
  2   wrong arguments, or something is missing on this machine

What the emulator cannot judge: permissions, quotas, prices, whether traffic flows, and how long AWS takes. It does not
have what your account has: VPCs, secrets and certificates that a stack refers to by a literal id are not there.
"""


def register(commands: Commands) -> None:
    """Add the subcommand."""
    parser = commands.add_parser(
        "try",
        help="deploy stacks to an emulator on this machine",
        description=_DESCRIPTION,
        epilog=_LIMITS,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument(
        "stacks",
        nargs="*",
        metavar="DIR",
        help="directories with a cdk.tf.json, or such files (default: all below cdktf.out/stacks)",
    )
    parser.set_defaults(run=run)


def run(given: argparse.Namespace) -> int:
    """Deploy each stack in turn; return 1 if one of them fails."""
    files = _documents(given.stacks)
    terraform = shutil.which(os.environ.get("TERRAFORM_BINARY_NAME", "terraform"))
    if terraform is None:
        raise UsageError("Terraform is not on the PATH: https://developer.hashicorp.com/terraform/install")
    try:
        from northsouth.emulator.server import Emulator

        emulator = Emulator()
    except ModuleNotFoundError as missing:
        raise UsageError(f"{missing.name} is not installed: pip install 'northsouth[emulator]'") from missing
    with emulator:
        worked = [_try(file, terraform, emulator.endpoint) for file in files]
    sys.stdout.write("The emulator judges neither permissions, quotas nor prices; see northsouth try --help.\n")
    return 0 if all(worked) else FAILED


def _documents(named: list[str]) -> list[Path]:
    """Return the stacks' files.

    Raises:
        UsageError: there is none.

    """
    files = [path / "cdk.tf.json" if path.is_dir() else path for path in map(Path, named)]
    absent = [file for file in files if not file.is_file()]
    if absent:
        raise UsageError(f"{absent[0]} is not there; give a directory with a cdk.tf.json, as synth writes it")
    files = files or sorted(Path("cdktf.out", "stacks").glob("*/cdk.tf.json"))
    if not files:
        raise UsageError("there is no cdktf.out/stacks/*/cdk.tf.json; run northsouth synth, or your program, first")
    return files


def _try(file: Path, terraform: str, endpoint: str) -> bool:
    """Deploy one stack; print what was made and whether the second plan is empty, or what failed."""
    document = _read(file)
    sys.stdout.write(f"{file}\n")
    with tempfile.TemporaryDirectory(prefix="northsouth-try-") as folder:
        # The state stays here, and the stack's own files (assets) are found beside the document.
        shutil.copytree(file.parent, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("*.tfstate*"))
        settings = {
            name: each for name, each in document.get("terraform", {}).items() if name not in ("backend", "cloud")
        }
        Path(folder, "cdk.tf.json").write_text(json.dumps({**document, "terraform": settings}), encoding="utf-8")
        for step, accepted in (
            (("init",), (0,)),
            (("apply", "-auto-approve"), (0,)),
            (("plan", "-detailed-exitcode"), (0, 2)),
        ):
            done = _terraform(terraform, folder, endpoint, document, *step)
            if done.returncode not in accepted:
                sys.stderr.write(_failure(step[0], done))
                return False
        state = json.loads(_terraform(terraform, folder, endpoint, document, "show", "-json").stdout)
    for kind, count in sorted(_made(state).items()):
        sys.stdout.write(f"  {count:>4} {kind}\n")
    if done.returncode:
        sys.stdout.write(f"  the second plan is not empty:\n{done.stdout}\n")
        return False
    sys.stdout.write("  the second plan is empty: what was made is what is declared\n")
    return True


def _read(file: Path) -> dict[str, Any]:
    try:
        document = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UsageError(f"{file} is no Terraform JSON: {error}") from error
    if not isinstance(document, dict):
        raise UsageError(f"{file} is no Terraform JSON: it holds a {type(document).__name__}")
    return document


def _terraform(
    terraform: str, folder: str, endpoint: str, document: Mapping[str, Any], *arguments: str
) -> subprocess.CompletedProcess[str]:
    options = [] if arguments[0] == "show" else ["-input=false", "-no-color"]
    command = [terraform, *arguments, *options]
    env = _environment(endpoint, _region(document))
    try:
        return subprocess.run(  # noqa: S603 Terraform, found on the PATH
            command, cwd=folder, env=env, capture_output=True, text=True, check=False, timeout=_TIMEOUT_SECONDS
        )
    except subprocess.TimeoutExpired:
        return subprocess.CompletedProcess(
            command, FAILED, "", f"it took longer than {_TIMEOUT_SECONDS // 60} minutes\n"
        )


def _environment(endpoint: str, region: str) -> dict[str, str]:
    """Return the user's environment, in which AWS is the emulator and nothing else."""
    kept = {name: value for name, value in os.environ.items() if not _AWS.match(name)}
    loopback = ",".join(filter(None, (kept.get("NO_PROXY"), "127.0.0.1,localhost")))
    return kept | {
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_REGION": region,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_MAX_ATTEMPTS": "3",
        "NO_PROXY": loopback,
        "no_proxy": loopback,
        "CHECKPOINT_DISABLE": "1",
        "TF_IN_AUTOMATION": "1",
    }


def _region(document: Mapping[str, Any]) -> str:
    providers = document.get("provider", {}).get("aws", [])
    regions = [each.get("region", "") for each in providers if isinstance(each, dict) and not each.get("alias")]
    return next((region for region in regions if region and "${" not in region), "us-east-1")


def _failure(step: str, done: subprocess.CompletedProcess[str]) -> str:
    hint = {
        "init": "Terraform needs the provider from its registry, or from a mirror named in TF_CLI_CONFIG_FILE.\n",
        "apply": "What the stack refers to by a literal id is not in the emulator; what it lacks, it names.\n",
    }
    return f"{done.stdout}{done.stderr}northsouth: terraform {step} failed. {hint.get(step, '')}"


def _made(state: Mapping[str, Any]) -> Counter[str]:
    """Return how many resources of each type a state holds."""
    counts: Counter[str] = Counter()
    modules = [state.get("values", {}).get("root_module", {})]
    while modules:
        module = modules.pop()
        modules += module.get("child_modules", [])
        counts.update(each["type"] for each in module.get("resources", []) if each["mode"] == "managed")
    return counts
