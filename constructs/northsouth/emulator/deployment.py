"""Deploys synthesized stacks to the emulator with the real Terraform: for ``northsouth try`` and the pytest fixture.

Nothing of the user's account reaches Terraform. Each stack has a folder of its own with a copy of its document, and
local state: backends, credentials and lists of account numbers are left out of the copy.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from northsouth.errors.reading import fault

TIMEOUT_SECONDS = 900
INSTALL = "Terraform is not on the PATH: get it at https://developer.hashicorp.com/terraform/install"

_HINTS = {
    "init": "Terraform needs the provider from its registry, or from a mirror named in TF_CLI_CONFIG_FILE.",
    "apply": "What the stack refers to by a literal id is not in the emulator; what it lacks, it names.",
}
_FOREIGN = re.compile(r"AWS_|TF_(DATA_DIR|WORKSPACE|CLI_ARGS)", re.IGNORECASE)
_OF_AN_ACCOUNT = frozenset(
    {"access_key", "allowed_account_ids", "endpoints", "forbidden_account_ids", "http_proxy", "https_proxy", "profile"}
    | {"secret_key", "shared_config_files", "shared_credentials_files", "token"}
)
"""Arguments of the provider that lead to a real account, or refuse the emulator's."""


class TerraformError(RuntimeError):
    """A Terraform command failed; the message holds the command and what it printed."""


@dataclass(frozen=True)
class Changes:
    """What a plan would do, as resource addresses.

    Attributes:
        creates: what it would make.
        updates: what it would change in place.
        replaces: what it would destroy and make again.
        destroys: what it would destroy.
        details: the plan itself, as ``terraform show -json`` gives it; nothing where the plan is empty.

    """

    creates: tuple[str, ...] = ()
    updates: tuple[str, ...] = ()
    replaces: tuple[str, ...] = ()
    destroys: tuple[str, ...] = ()
    details: Mapping[str, Any] = field(default_factory=dict, compare=False, repr=False)

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
    addresses: dict[str, list[str]] = {"creates": [], "updates": [], "replaces": [], "destroys": []}
    kinds = {("create",): "creates", ("update",): "updates", ("delete",): "destroys"}
    for change in plan.get("resource_changes", []):
        actions = tuple(change["change"]["actions"])
        kind = "replaces" if set(actions) == {"create", "delete"} else kinds.get(actions)
        if kind and change["mode"] == "managed":
            addresses[kind].append(change["address"])
    lists = {kind: tuple(sorted(listed)) for kind, listed in addresses.items()}
    return Changes(**lists, details=plan)


class Terraform:
    """One folder with one synthesized document, in which Terraform runs.

    Attributes:
        workdir: the folder.
        env: the environment variables of Terraform.

    """

    def __init__(self, workdir: Path, binary: str, env: Mapping[str, str], timeout: int = TIMEOUT_SECONDS) -> None:
        self.workdir = workdir
        self.env = dict(env)
        self._binary = binary
        self._timeout = timeout

    def run(self, *arguments: str, accept: Sequence[int] = (0,)) -> subprocess.CompletedProcess[str]:
        """Run one Terraform command.

        Raises:
            TerraformError: its exit code is not one of ``accept``, or it took too long.

        """
        named = f"terraform {' '.join(arguments)}"
        try:
            done = subprocess.run(  # noqa: S603 Terraform, found on the PATH
                [self._binary, *arguments],
                cwd=self.workdir,
                env=self.env,
                capture_output=True,
                text=True,
                check=False,
                timeout=self._timeout,
            )
        except subprocess.TimeoutExpired as late:
            raise TerraformError(f"{named} took longer than {self._timeout // 60} minutes\n{late.stdout!r}") from late
        if done.returncode not in accept:
            hint = _HINTS.get(arguments[0], "")
            raise TerraformError(f"{named} gave {done.returncode}\n{done.stdout}\n{done.stderr}{hint}")
        return done

    def init(self) -> None:
        """Install the providers, from a registry or from the mirror that Terraform's configuration names."""
        self.run("init", "-no-color", "-input=false")

    def apply(self, *arguments: str) -> None:
        """Make what the document declares."""
        self.run("apply", "-auto-approve", "-no-color", "-input=false", *arguments)

    def plan(self, *arguments: str) -> Changes:
        """Compare the document, the state and what is really there."""
        saved = self.workdir / "plan.bin"
        options = ("-detailed-exitcode", "-no-color", "-input=false", f"-out={saved}")
        if self.run("plan", *options, *arguments, accept=(0, 2)).returncode == 0:
            return Changes()
        plan: dict[str, Any] = json.loads(self.run("show", "-json", str(saved)).stdout)
        return summarize(plan)

    def planned(self) -> str:
        """Return the latest plan, as Terraform prints it."""
        return self.run("show", "-no-color", "plan.bin").stdout

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


class Deployment(Terraform):
    """One stack in the emulator, ready for :meth:`apply`, in a copy of its folder.

    Attributes:
        workdir: the folder of the copy.
        document: what the stack declares, without what leads to a real account.
        left_out: the provider's arguments that were left out.

    """

    def __init__(self, source: Path, workdir: Path, endpoint: str) -> None:
        """Copy a stack's folder: the document, and the files (assets) beside it.

        Args:
            source: the document, ``cdk.tf.json``.
            workdir: the folder of the copy.
            endpoint: the emulator's address.

        Raises:
            ValueError: it is no Terraform JSON.
            FileNotFoundError: Terraform is not on the PATH.

        """
        document = _read(source)
        self.left_out = sorted({name for provider in _providers(document) for name in provider} & _OF_AN_ACCOUNT)
        for provider in _providers(document):
            for name in self.left_out:
                provider.pop(name, None)
        for setting in ("backend", "cloud"):
            document.get("terraform", {}).pop(setting, None)
        self.document = document
        super().__init__(workdir, terraform(), environment(endpoint, _region(document)))
        ignored = shutil.ignore_patterns("*.tfstate*", ".terraform", ".git", ".venv", "node_modules")
        shutil.copytree(source.parent, workdir, dirs_exist_ok=True, ignore=ignored, ignore_dangling_symlinks=True)
        self._write()

    def _write(self) -> None:
        (self.workdir / "cdk.tf.json").write_text(json.dumps(self.document, indent=2), encoding="utf-8")

    def made(self) -> Counter[str]:
        """Return how many resources of each type there are."""
        counts: Counter[str] = Counter()
        modules = [self.show().get("values", {}).get("root_module", {})]
        while modules:
            module = modules.pop()
            modules += module.get("child_modules", [])
            counts.update(resource["type"] for resource in module.get("resources", []) if resource["mode"] == "managed")
        return counts

    def outputs(self) -> dict[str, Any]:
        """Return the stack's outputs by name."""
        return {name: output["value"] for name, output in self.show().get("values", {}).get("outputs", {}).items()}

    def destroy(self, *arguments: str) -> None:
        """Remove all of it, also what ``prevent_destroy`` protects: this is a copy in an emulator."""
        for named in self.document.get("resource", {}).values():
            for resource in named.values():
                resource.get("lifecycle", {}).pop("prevent_destroy", None)
        self._write()
        super().destroy(*arguments)


def terraform() -> str:
    """Return the path of Terraform, or of the program that ``TERRAFORM_BINARY_NAME`` names.

    Raises:
        FileNotFoundError: it is not on the PATH.

    """
    path = shutil.which(os.environ.get("TERRAFORM_BINARY_NAME", "terraform"))
    if path is None:
        raise FileNotFoundError(INSTALL)
    return path


def environment(endpoint: str, region: str) -> dict[str, str]:
    """Return the user's environment, in which AWS is the emulator and nothing else."""
    variables = {name: value for name, value in os.environ.items() if not _FOREIGN.match(name)}
    loopback = ",".join(filter(None, (variables.get("NO_PROXY"), "127.0.0.1,localhost")))
    return variables | {
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_REGION": region,
        "AWS_DEFAULT_REGION": region,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_MAX_ATTEMPTS": "3",  # an operation the emulator lacks fails at once, not after 25 attempts
        "NO_PROXY": loopback,
        "no_proxy": loopback,
        "CHECKPOINT_DISABLE": "1",
        "TF_IN_AUTOMATION": "1",
        "TF_INPUT": "0",
    }


_NOT_DECLARED = frozenset({"format_version", "serial"})
"""Keys of a plan, or of `terraform show -json`, and of a state."""


def _read(file: Path) -> dict[str, Any]:
    try:
        document = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise ValueError(f"{file} is no Terraform JSON: {fault(error)}") from error
    if not isinstance(document, dict):
        raise ValueError(f"{file} is no Terraform JSON: it holds a {type(document).__name__}")
    if document.keys() & _NOT_DECLARED:
        raise ValueError(
            f"{file} is no synthesized stack, but a plan or a state; give the cdk.tf.json that synth wrote"
        )
    for name in ("terraform", "provider", "resource"):
        if not isinstance(document.get(name, {}), dict):
            raise ValueError(f"{file} is no synthesized stack: its {name!r} is no object")
    return document


def _providers(document: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the configurations of the AWS provider."""
    configured = document.get("provider", {}).get("aws", [])
    several = configured if isinstance(configured, list) else [configured]
    yield from (block for block in several if isinstance(block, dict))


def _region(document: Mapping[str, Any]) -> str:
    """Return the default provider's Region; ``us-east-1`` if it is not written down."""
    regions = [provider.get("region", "") for provider in _providers(document) if not provider.get("alias")]
    return next((region for region in regions if region and "${" not in region), "us-east-1")
