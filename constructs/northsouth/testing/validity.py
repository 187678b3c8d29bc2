"""Asks Terraform whether a document is valid."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

TIMEOUT_SECONDS = 300
INSTALL = "needs terraform: https://developer.hashicorp.com/terraform/install"


def problems(document: Mapping[str, Any], terraform: str) -> list[str]:
    """Return what ``terraform validate`` finds wrong, each with its address where Terraform says it; nothing if valid.

    The document is written into a temporary folder without its backend. If its providers are not installed there,
    ``terraform init`` installs them as the CLI configuration says (``TF_CLI_CONFIG_FILE``, a plugin cache).

    Args:
        document: a synthesized document.
        terraform: the command.

    Raises:
        RuntimeError: if Terraform cannot judge, with what it printed: it found no provider, for instance.

    """
    settings = {key: item for key, item in dict(document.get("terraform") or {}).items() if key != "backend"}
    with tempfile.TemporaryDirectory(prefix="northsouth-") as folder:
        Path(folder, "cdk.tf.json").write_text(json.dumps({**document, "terraform": settings}), encoding="utf-8")
        verdict = _validate(terraform, folder)
        if verdict is None or _lacks_providers(verdict):
            done = _run(terraform, folder, "init", "-backend=false", "-input=false", "-no-color")
            if done.returncode:
                raise RuntimeError(f"terraform init failed:\n{done.stdout}{done.stderr}")
            verdict = _validate(terraform, folder)
    if verdict is None:
        raise RuntimeError("terraform validate printed no verdict")
    return [_text(diagnostic) for diagnostic in verdict["diagnostics"] if diagnostic.get("severity") == "error"]


def command() -> str | None:
    """Return Terraform's command, None if there is none."""
    return shutil.which("terraform")


def _validate(terraform: str, folder: str) -> dict[str, Any] | None:
    done = _run(terraform, folder, "validate", "-json")
    try:
        verdict = json.loads(done.stdout)
    except ValueError:
        return None
    return verdict if isinstance(verdict, dict) and "diagnostics" in verdict else None


def _lacks_providers(verdict: Mapping[str, Any]) -> bool:
    return any("terraform init" in str(diagnostic.get("detail", "")) for diagnostic in verdict["diagnostics"])


def _text(diagnostic: Mapping[str, Any]) -> str:
    address = diagnostic.get("address") or (diagnostic.get("snippet") or {}).get("context") or ""
    parts = [str(address), str(diagnostic.get("summary", "")), str(diagnostic.get("detail", ""))]
    return ": ".join(part for part in parts if part)


def _run(terraform: str, folder: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 the command that the PATH names
        [terraform, *arguments],
        cwd=folder,
        env={**os.environ, "CHECKPOINT_DISABLE": "1", "TF_IN_AUTOMATION": "1"},
        capture_output=True,
        text=True,
        check=False,
        timeout=TIMEOUT_SECONDS,
    )
