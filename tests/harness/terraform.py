"""Runs the real Terraform with the real AWS provider against the emulator.

No ``terraform init`` is needed: the harness names the provider's folder in the CLI configuration (``dev_overrides``)
and leaves the document's backend out. That also saves Terraform hashing the provider's 700 MB at every command.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.harness import provider as aws_provider
from tests.harness.provider import Provider, ToolMissing

TIMEOUT_SECONDS = 300
MANY_AT_ONCE = "-parallelism=60"
"""For stacks with many queues: the provider watches each for 25 s until its attributes are settled."""
_FOREIGN = re.compile(r"(AWS_|TF_|(https?|all|no)_proxy$)", re.IGNORECASE)


class TerraformError(AssertionError):
    """A Terraform command failed; the message holds the command and what it printed."""


@dataclass(frozen=True)
class Changes:
    """What a plan would do, as resource addresses."""

    creates: tuple[str, ...] = ()
    updates: tuple[str, ...] = ()
    replaces: tuple[str, ...] = ()
    destroys: tuple[str, ...] = ()
    details: Mapping[str, Any] = field(default_factory=dict, compare=False, repr=False)
    """The plan itself, as ``terraform show -json`` gives it; nothing where the plan is empty."""

    @property
    def empty(self) -> bool:
        """Whether nothing is to be done."""
        return not (self.creates or self.updates or self.replaces or self.destroys)

    def __str__(self) -> str:
        parts = [
            f"{name} {', '.join(addresses)}"
            for name, addresses in (
                ("create", self.creates),
                ("update", self.updates),
                ("replace", self.replaces),
                ("destroy", self.destroys),
            )
            if addresses
        ]
        return "; ".join(parts) or "no changes"


def summarize(plan: Mapping[str, Any]) -> Changes:
    """Sort the changes of a JSON plan by what they do."""
    found: dict[str, list[str]] = {"creates": [], "updates": [], "replaces": [], "destroys": []}
    kinds = {("create",): "creates", ("update",): "updates", ("delete",): "destroys"}
    for change in plan.get("resource_changes", []):
        actions = tuple(change["change"]["actions"])
        kind = "replaces" if set(actions) == {"create", "delete"} else kinds.get(actions)
        if kind and change["mode"] == "managed":
            found[kind].append(change["address"])
    lists = {name: tuple(sorted(addresses)) for name, addresses in found.items()}
    return Changes(**lists, details=plan)


def binary() -> str:
    """Return the path of the Terraform binary.

    Raises:
        ToolMissing: it is not on the PATH.
    """
    found = shutil.which(os.environ.get("TERRAFORM_BINARY_NAME", "terraform"))
    if found is None:
        raise ToolMissing("Terraform is not on the PATH: get it at https://developer.hashicorp.com/terraform/install")
    return found


def environment(endpoint: str, *, region: str = "us-east-1", cli_config: Path | None = None) -> dict[str, str]:
    """Return the environment in which AWS tools talk to the emulator and to nothing else."""
    kept = {name: value for name, value in os.environ.items() if not _FOREIGN.match(name)}
    settings = {
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_REGION": region,
        "AWS_DEFAULT_REGION": region,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_MAX_ATTEMPTS": "3",  # an operation the emulator lacks fails at once, not after 25 attempts
        "NO_PROXY": "127.0.0.1,localhost",
        "no_proxy": "127.0.0.1,localhost",
        # Each command lives for seconds, a third of which Go would spend on collecting the provider's schema.
        "GOGC": "400",
        "CHECKPOINT_DISABLE": "1",
        "TF_IN_AUTOMATION": "1",
        "TF_INPUT": "0",
        "TF_CLI_CONFIG_FILE": str(cli_config) if cli_config else os.devnull,
    }
    return kept | settings


def mirror_configuration(provider: Provider, folder: Path) -> Path:
    """Write a CLI configuration that installs the provider from this machine, for ``terraform init`` and ``cdktf``."""
    folder.mkdir(parents=True, exist_ok=True)
    path = json.dumps(str(provider.mirrored_in(folder / "plugins")))
    config = folder / "terraform.tfrc"
    config.write_text(
        f"provider_installation {{\n  filesystem_mirror {{\n    path = {path}\n  }}\n}}\n", encoding="utf-8"
    )
    return config


def _override_configuration(provider: Provider) -> Path:
    folder = Path(tempfile.mkdtemp(prefix="northsouth-terraform-"))
    path = json.dumps(str(provider.binary.parent))
    config = folder / "terraform.tfrc"
    body = f'  dev_overrides {{\n    "hashicorp/aws" = {path}\n  }}\n  direct {{}}\n'
    config.write_text(f"provider_installation {{\n{body}}}\n", encoding="utf-8")
    return config


def required_version(document: Mapping[str, Any]) -> str:
    """Return the version of the AWS provider that a synthesized document asks for."""
    version: str = document["terraform"]["required_providers"]["aws"]["version"]
    return version


_configurations: dict[str, Path] = {}


def ready(version: str) -> Path:
    """Return a CLI configuration under which Terraform runs this version of the AWS provider without ``init``.

    Raises:
        ToolMissing: Terraform or the provider is absent.
    """
    if version not in _configurations:
        _configurations[version] = _override_configuration(aws_provider.find_or_download(version, binary()))
    return _configurations[version]


class Terraform:
    """One working directory with one synthesized document."""

    def __init__(self, workdir: Path, document: Mapping[str, Any], endpoint: str) -> None:
        self.workdir = workdir
        self.env = environment(endpoint, cli_config=ready(required_version(document)))
        self._binary = binary()
        workdir.mkdir(parents=True, exist_ok=True)
        self.write(document)

    def write(self, document: Mapping[str, Any]) -> None:
        """Put another document in place of the present one; the state stays."""
        settings = {name: value for name, value in document["terraform"].items() if name != "backend"}
        text = json.dumps({**document, "terraform": settings}, indent=2)
        (self.workdir / "cdk.tf.json").write_text(text, encoding="utf-8")

    def run(self, *arguments: str, accept: tuple[int, ...] = (0,)) -> subprocess.CompletedProcess[str]:
        """Run one Terraform command.

        Raises:
            TerraformError: its exit code is not one of ``accept``, or it took longer than five minutes.
        """
        command = [self._binary, *arguments]
        try:
            done = subprocess.run(
                command,
                cwd=self.workdir,
                env=self.env,
                capture_output=True,
                text=True,
                check=False,
                timeout=TIMEOUT_SECONDS,
            )
        except subprocess.TimeoutExpired as late:
            raise TerraformError(f"terraform {' '.join(arguments)} took too long\n{late.stdout!r}") from late
        if done.returncode not in accept:
            raise TerraformError(
                f"terraform {' '.join(arguments)} gave {done.returncode}\n{done.stdout}\n{done.stderr}"
            )
        return done

    def validate(self) -> None:
        """Check the document against the provider's schema."""
        verdict = json.loads(self.run("validate", "-json", accept=(0, 1)).stdout)
        errors = [entry for entry in verdict["diagnostics"] if entry["severity"] == "error"]
        if errors:
            raise TerraformError("\n".join(f"{e['summary']}: {e.get('detail', '')}" for e in errors))

    def apply(self, *arguments: str) -> None:
        """Make it so."""
        self.run("apply", "-auto-approve", "-no-color", "-input=false", *arguments)

    def plan(self, *arguments: str) -> Changes:
        """Compare the document, the state and what is really there."""
        saved = self.workdir / "plan.bin"
        options = ("-detailed-exitcode", "-no-color", "-input=false", f"-out={saved}")
        if self.run("plan", *options, *arguments, accept=(0, 2)).returncode == 0:
            return Changes()
        plan: dict[str, Any] = json.loads(self.run("show", "-json", str(saved)).stdout)
        return summarize(plan)

    def show(self) -> dict[str, Any]:
        """Return the state as ``terraform show -json`` gives it."""
        state: dict[str, Any] = json.loads(self.run("show", "-json").stdout)
        return state

    def addresses(self) -> list[str]:
        """Return the addresses of all resources in the state."""
        return self.run("state", "list").stdout.split() if (self.workdir / "terraform.tfstate").exists() else []

    def destroy(self, *arguments: str) -> None:
        """Remove all of it."""
        self.run("destroy", "-auto-approve", "-no-color", "-input=false", *arguments)
