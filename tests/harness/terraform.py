"""Runs the real Terraform with the real AWS provider against the emulator.

No ``terraform init`` is needed: the harness names the provider's folder in the CLI configuration (``dev_overrides``)
and leaves the document's backend out. That also saves Terraform hashing the provider's 700 MB at every command.
"""

from __future__ import annotations

import json
import os
import re
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from northsouth.emulator import deployment
from northsouth.emulator.deployment import Changes, TerraformError, summarize
from tests.harness import provider as aws_provider
from tests.harness.provider import Provider, ToolMissing

TIMEOUT_SECONDS = 300
IAM_SECONDS = 0.4
"""For how long services do not see what is new in IAM: longer than Terraform takes from a role to what uses it."""

MANY_AT_ONCE = "-parallelism=60"
"""For stacks with many queues: the provider watches each for 25 s until its attributes are settled."""
_FOREIGN = re.compile(r"(TF_|(https?|all)_proxy$)", re.IGNORECASE)
_OWN = frozenset({"TF_INPUT", "TF_IN_AUTOMATION"})

__all__ = ["Changes", "Terraform", "TerraformError", "summarize"]


def binary() -> str:
    """Return the path of the Terraform binary.

    Raises:
        ToolMissing: it is not on the PATH.
    """
    try:
        return deployment.terraform()
    except FileNotFoundError as missing:
        raise ToolMissing(str(missing)) from missing


def environment(endpoint: str, *, region: str = "us-east-1", cli_config: Path | None = None) -> dict[str, str]:
    """Return the environment in which AWS tools talk to the emulator and to nothing else."""
    kept = {
        name: value
        for name, value in deployment.environment(endpoint, region).items()
        if name in _OWN or not _FOREIGN.match(name)
    }
    # Each command lives for seconds, a third of which Go would spend on collecting the provider's schema.
    return kept | {"GOGC": "400", "TF_CLI_CONFIG_FILE": str(cli_config) if cli_config else os.devnull}


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


class Terraform(deployment.Terraform):
    """One working directory with one synthesized document."""

    def __init__(self, workdir: Path, document: Mapping[str, Any], endpoint: str) -> None:
        env = environment(endpoint, cli_config=ready(required_version(document)))
        super().__init__(workdir, binary(), env, timeout=TIMEOUT_SECONDS)
        workdir.mkdir(parents=True, exist_ok=True)
        self.write(document)

    def write(self, document: Mapping[str, Any]) -> None:
        """Put another document in place of the present one; the state stays."""
        settings = {name: value for name, value in document["terraform"].items() if name != "backend"}
        text = json.dumps({**document, "terraform": settings}, indent=2)
        (self.workdir / "cdk.tf.json").write_text(text, encoding="utf-8")

    def apply(self, *arguments: str) -> None:
        """Make what the document declares, while services see new roles and policies after a moment only."""
        from northsouth.emulator import permissions

        with permissions.visible_after(IAM_SECONDS):
            super().apply(*arguments)

    def validate(self) -> None:
        """Check the document against the provider's schema."""
        verdict = json.loads(self.run("validate", "-json", accept=(0, 1)).stdout)
        errors = [entry for entry in verdict["diagnostics"] if entry["severity"] == "error"]
        if errors:
            raise TerraformError("\n".join(f"{e['summary']}: {e.get('detail', '')}" for e in errors))
