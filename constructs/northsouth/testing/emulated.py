"""What the fixture ``aws_emulator`` gives a test: an AWS emulator, and a stack of one's own deployed to it."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import Any

from northsouth.emulator.deployment import Deployment
from northsouth.emulator.server import Emulator


class EmulatedAws:
    """An AWS emulator on loopback, empty at the start of each test.

    Attributes:
        endpoint: its address, for other tools: ``AWS_ENDPOINT_URL``.

    """

    def __init__(self, server: Emulator, folder: Path) -> None:
        """Begin without a stack.

        Args:
            server: the emulator.
            folder: where the copies of stacks go.

        """
        self.endpoint = server.endpoint
        self._server = server
        self._folder = folder
        self._count = 0

    @property
    def server(self) -> Emulator:
        """The emulator itself, which also judges alarms (``judge_alarms``)."""
        return self._server

    def client(self, service: str, region: str = "us-east-1") -> Any:  # noqa: ANN401 boto3's clients have no types
        """Return a boto3 client of the emulator.

        Args:
            service: AWS's name of the service: ``"ec2"``.
            region: the Region.

        """
        return self._server.client(service, region)

    def deploy(self, stack: object) -> Deployment:
        """Deploy a stack with the real Terraform and the real provider.

        Args:
            stack: a ``TerraformStack``, whose validations run; or a directory that synth wrote, with a
                ``cdk.tf.json``.

        Returns:
            What was deployed: ``made()``, ``plan()``, ``outputs()``, ``addresses()``, ``apply()`` and ``destroy()``.

        Raises:
            TerraformError: Terraform refuses something, or cannot get the provider; the message is Terraform's.
            FileNotFoundError: there is no document, or Terraform is not on the PATH.
            TypeError: if ``stack`` is neither.

        """
        self._count += 1
        folder = self._folder / f"stack-{self._count}"
        deployed = Deployment(_document(stack, self._folder / f"synth-{self._count}"), folder, self.endpoint)
        deployed.init()
        deployed.apply()
        return deployed


def _document(stack: object, folder: Path) -> Path:
    """Return the document of a stack: that of a directory, or a synthesized one."""
    if isinstance(stack, str | Path):
        file = Path(stack) / "cdk.tf.json" if Path(stack).is_dir() else Path(stack)
        if not file.is_file():
            raise FileNotFoundError(f"{file} is not there; give a directory with a cdk.tf.json, as synth writes it")
        return file
    for base in type(stack).__mro__:
        if base.__name__ == "TerraformStack":
            cdk = sys.modules[base.__module__.partition(".")[0]]
            shutil.move(cdk.Testing.full_synth(stack), folder)
            (file,) = folder.glob("stacks/*/cdk.tf.json")
            return file
    raise TypeError(f"a TerraformStack or a directory is needed, not {type(stack).__name__}")
