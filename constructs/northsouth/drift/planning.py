"""Asks Terraform for a plan of a stack, in a temporary folder, without a lock, and never applies anything."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from northsouth.drift.app import STACK_FILE, Stack
from northsouth.template import Plan, read_plan

_NOT_COPIED = shutil.ignore_patterns(".terraform", "terraform.tfstate*", "plan", ".terraform.tfstate.lock.info")
_LOCK = ".terraform.lock.hcl"
_PLAN = "northsouth.tfplan"
_GRACE_SECONDS = 30


class PlanError(Exception):
    """Terraform could not plan a stack. The message is Terraform's, without its decoration."""


class TerraformMissingError(ValueError):
    """Terraform is not on the PATH."""


@dataclass(frozen=True, slots=True)
class Planner:
    """Plans stacks one after the other in one temporary folder, so that a provider is installed once.

    Attributes:
        binary: the Terraform command.
        folder: the temporary folder.
        lock: whether to lock the state while planning.

    """

    binary: str
    folder: Path
    lock: bool = False

    def plan(self, stack: Stack) -> Plan:
        """Return the plan of a stack, as ``terraform show -json`` gives it.

        Raises:
            PlanError: with what Terraform said, if it fails.
            TemplateError: if what it shows is no plan.

        """
        work = self.folder / "stacks" / stack.name
        document = rooted(stack.document(), stack.home)
        shutil.copytree(stack.folder, work, ignore=_NOT_COPIED)
        (work / STACK_FILE).write_text(json.dumps(document), encoding="utf-8")
        self._keep_versions(stack, work)
        self._run(work, "init", "-input=false", "-no-color", "-reconfigure", _locking(lock=False))
        if (work / _LOCK).exists():
            shutil.copyfile(work / _LOCK, self.folder / _LOCK)
        locking = [_locking(lock=self.lock), *(["-lock-timeout=10m"] if self.lock else [])]
        self._run(work, "plan", "-input=false", "-json", f"-out={_PLAN}", *locking)
        return read_plan(self._run(work, "show", "-json", _PLAN), source="terraform show -json")

    def _keep_versions(self, stack: Stack, work: Path) -> None:
        """Take the providers' versions from the deploy, or from the stack before, so that none is fetched twice."""
        for known in (stack.home / _LOCK, self.folder / _LOCK):
            if known.exists() and not (work / _LOCK).exists():
                shutil.copyfile(known, work / _LOCK)

    def _run(self, work: Path, *arguments: str) -> Path:
        """Run Terraform and return the file that holds what it printed: a plan may have 100 MiB."""
        env = {**os.environ, "TF_IN_AUTOMATION": "1", "TF_INPUT": "0", "TF_DATA_DIR": str(self.folder / "data")}
        output = self.folder / f"{arguments[0]}.out"
        code, errors = _finish([self.binary, *arguments], work, env, output)
        if code:
            printed = output.read_text(encoding="utf-8", errors="replace")
            raise PlanError(f"terraform {arguments[0]}: {_reason(printed, errors)}")
        return output


@contextmanager
def planner(*, lock: bool = False) -> Iterator[Planner]:
    """Make a temporary folder to plan in, readable by this user alone: plans hold secrets. It goes at the end.

    Raises:
        TerraformMissingError: if Terraform is not on the PATH.

    """
    wanted = os.environ.get("TERRAFORM_BINARY_NAME", "terraform")
    binary = shutil.which(wanted)
    if binary is None:
        raise TerraformMissingError(
            f"{wanted} is not on the PATH: get Terraform at https://developer.hashicorp.com/terraform/install"
        )
    with TemporaryDirectory(prefix="northsouth-") as folder:
        yield Planner(binary, Path(folder).resolve(), lock)


def rooted(document: Mapping[str, Any], home: Path) -> dict[str, Any]:
    """Return a document whose local states are named by absolute paths, so that it can be planned elsewhere.

    Args:
        document: a ``cdk.tf.json``.
        home: the folder that relative paths of it begin in.

    """
    settings = dict(document.get("terraform", {}))
    backend = settings.get("backend")
    if not backend and "cloud" not in settings:
        settings["backend"] = {"local": {"path": str(home / "terraform.tfstate")}}
    elif isinstance(backend, Mapping) and "local" in backend:
        local = dict(backend["local"])
        settings["backend"] = {"local": local | {"path": str(home / local.get("path", "terraform.tfstate"))}}
    data = {kind: dict(blocks) for kind, blocks in document.get("data", {}).items()}
    for name, block in data.get("terraform_remote_state", {}).items():
        path = block.get("config", {}).get("path")
        if block.get("backend") == "local" and isinstance(path, str) and "${" not in path:
            data["terraform_remote_state"][name] = block | {"config": block["config"] | {"path": str(home / path)}}
    return {**document, "terraform": settings, **({"data": data} if data else {})}


def _locking(*, lock: bool) -> str:
    return f"-lock={'true' if lock else 'false'}"


def _finish(command: Sequence[str], work: Path, env: Mapping[str, str], output: Path) -> tuple[int, str]:
    """Run a command to its end; if this process is interrupted, let Terraform end its provider first."""
    with (
        output.open("wb") as printed,
        subprocess.Popen(  # noqa: S603 - Terraform, with arguments of this module
            command, cwd=work, env=env, stdin=subprocess.DEVNULL, stdout=printed, stderr=subprocess.PIPE, text=True
        ) as process,
    ):
        try:
            _, errors = process.communicate()
        except BaseException:
            process.send_signal(signal.SIGINT)
            try:
                process.communicate(timeout=_GRACE_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
            raise
    return process.returncode, errors


def _reason(printed: str, errors: str) -> str:
    """Return Terraform's own error: from its JSON lines, or from its text without the box around it."""
    messages: dict[str, None] = {}
    for line in printed.splitlines():
        diagnostic = _diagnostic(line)
        if diagnostic.get("severity") == "error":
            detail = f": {diagnostic['detail']}" if diagnostic.get("detail") else ""
            messages[f"{diagnostic.get('summary', '')}{detail}"] = None
    plain = "\n".join(line.strip("│╷╵ ") for line in (errors or printed).splitlines() if line.strip("│╷╵ "))
    return "\n".join(messages) or plain or "it said nothing"


def _diagnostic(line: str) -> Mapping[str, Any]:
    try:
        entry = json.loads(line)
    except ValueError:
        return {}
    diagnostic = entry.get("diagnostic") if isinstance(entry, dict) else None
    return diagnostic if isinstance(diagnostic, dict) else {}
