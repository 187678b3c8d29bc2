"""What ministack, an AWS emulator that is not ours, makes of our stacks.

The real provider applies the stack of every type, and the example. What ministack refuses is a difference; so is what a
second plan would change of what it made.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from northsouth.emulator.deployment import TerraformError
from northsouth.emulator.server import ACCOUNT
from tests.harness.account import prepare
from tests.harness.ports import free_ports
from tests.harness.provider import ToolMissing
from tests.harness.terraform import MANY_AT_ONCE, Terraform
from tests.second_opinions import environments
from tests.second_opinions.declared import stacks
from tests.second_opinions.table import Answer, Difference, Opinion, UnavailableError

STACKS = ("everything", "example")
HOST = "127.0.0.1"
NOBODY = f"http://{HOST}:9"
"""A proxy that is not there: what ministack sends to others fails at once."""
START_SECONDS = 60


@contextmanager
def running(program: Path) -> Iterator[str]:
    """Run ministack on loopback, and yield its address.

    Raises:
        UnavailableError: it does not start.

    """
    [port] = free_ports(1)
    with tempfile.TemporaryDirectory() as folder:
        # By default it listens on all interfaces, and calls the receivers of the example.
        settings = {"BIND_HOST": HOST, "GATEWAY_PORT": str(port), "MINISTACK_ACCOUNT_ID": ACCOUNT}
        nobody = {"http_proxy": NOBODY, "https_proxy": NOBODY}
        places = {"HOME": folder, "TMPDIR": folder, "PATH": os.environ["PATH"]}
        server = subprocess.Popen(
            [str(program)], env={**places, **settings, **nobody}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        try:
            _wait(server, port)
            yield f"http://{HOST}:{port}"
        finally:
            server.terminate()
            try:
                server.wait(20)
            except subprocess.TimeoutExpired:
                server.kill()


def _wait(server: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + START_SECONDS
    while server.poll() is None and time.monotonic() < deadline:
        try:
            socket.create_connection((HOST, port), 1).close()
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise UnavailableError(f"ministack does not listen after {START_SECONDS} s, or has ended")


def refused(stack: str, output: str) -> Iterator[Difference]:
    """Yield each resource that was not made, of what ``terraform apply -json`` prints."""
    for message in map(json.loads, output.splitlines()):
        diagnostic = message.get("diagnostic", {})
        if diagnostic.get("severity") == "error":
            what = " ".join(f"{diagnostic['summary']} {diagnostic['detail']}".split())
            yield Difference(f"{stack}: {diagnostic.get('address', 'the stack')}", what[-300:])


def unsettled(stack: str, plan: Mapping[str, Any]) -> Iterator[Difference]:
    """Yield each resource that was made and that a plan would change again, with the attributes."""
    for resource in plan.get("resource_changes", []):
        change = resource["change"]
        before, after = change["before"] or {}, change["after"] or {}
        if resource["mode"] == "managed" and {"update", "delete"} & {*change["actions"]}:
            # An empty list, map or text is the same as none.
            changed = sorted(name for name in after if (after[name] or None) != (before.get(name) or None))
            values = "; ".join(f"{name} from {before.get(name)!r} to {after[name]!r}"[:150] for name in changed)
            # An update of nothing waits for a value of a resource that changes.
            if changed or "delete" in change["actions"]:
                where = f"{stack}: {resource['address']}: {', '.join(changed)}"
                yield Difference(where, f"a second plan changes {values}")


def deployed(stack: str, document: Mapping[str, Any], program: Path) -> tuple[str, list[Difference]]:
    """Apply a stack; return how much of it was made, and what was not or not as it is declared."""
    with running(program) as endpoint, tempfile.TemporaryDirectory() as folder:
        prepare(endpoint, "us-east-1")
        terraform = Terraform(Path(folder), document, endpoint)
        options = ("-json", "-input=false", MANY_AT_ONCE)
        applied = terraform.run("apply", "-auto-approve", *options, accept=(0, 1)).stdout
        planned = terraform.run("plan", "-out=plan.bin", *options, accept=(0, 1)).stdout
        plan = json.loads(terraform.run("show", "-json", "plan.bin").stdout)
        made = sum(address.startswith("aws_") for address in terraform.addresses())
    count = sum(len(each) for kind, each in document["resource"].items() if kind.startswith("aws_"))
    differences = dict.fromkeys([*refused(stack, applied + planned), *unsettled(stack, plan)])
    return f"{stack}: made {made} of {count} resources", list(differences)


def ask() -> Answer:
    """Deploy each stack to a ministack of its own."""
    program = environments.python("ministack").parent / "ministack"
    try:
        answers = [deployed(name, stacks()[name], program) for name in STACKS]
    except (ToolMissing, TerraformError) as error:
        raise UnavailableError(str(error)[:200]) from error
    return Answer(
        ", ".join(STACKS),
        [difference for _, differences in answers for difference in differences],
        [note for note, _ in answers],
    )


def opinion() -> Opinion:
    """Return the row of the table."""
    question = "Does an emulator that is not ours deploy our stacks, and is a second plan empty?"
    return Opinion("ministack", f"ministack {environments.pinned('ministack')}", question, ask)
