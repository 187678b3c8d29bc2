"""What ``make demo`` runs: the example is synthesized and deployed with the real AWS provider to an emulator.

Nothing of it touches a real account or the repository's own state: all it writes is below ``.demo/``. The app does not
know: endpoint and credentials reach the provider by AWS's own environment variables.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.harness import child, terraform
from tests.harness.provider import REPOSITORY, ToolMissing, find_or_download

ENVIRONMENT = "example"
FOLDER = REPOSITORY / ".demo" / "run"
OUTPUT = FOLDER / "cdktf.out"
STACK = OUTPUT / "stacks" / ENVIRONMENT
LOG = FOLDER / "demo.log"
CDKTF = REPOSITORY / "node_modules" / ".bin" / "cdktf"


def main() -> int:
    """Run the demo; return the exit code."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupt)
    began = time.monotonic()
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    print(f"\nnorthsouth: environments/{ENVIRONMENT}.toml, deployed to an AWS emulator on this machine\n")
    try:
        _demonstrate(began)
    except ToolMissing as missing:
        print(f"\nNothing was deployed. {missing}")
    except child.ChildError as failure:
        print(f"\n{failure}\n\nThe whole output is in {_short(LOG)}")
        return 1
    except KeyboardInterrupt:
        print("\ninterrupted; nothing is left running")
        return 130
    return 0


def _demonstrate(began: float) -> None:
    document = _synthesize()
    with _step("terraform") as say:
        binary = terraform.binary()
        version = terraform.required_version(document)
        provider = find_or_download(version, binary)
        say(f"hashicorp/aws {version} from {_short(provider.mirror or provider.binary.parent)}")
    with _emulator() as endpoint:
        from tests.harness import account

        account.prepare(endpoint, _region(document))
        config = terraform.mirror_configuration(provider, FOLDER)
        env = _environment(terraform.environment(endpoint, region=_region(document), cli_config=config))
        _deploy(env, document)
        with _step("read back") as say:
            from tests.harness import readback

            found = readback.lines(endpoint, _region(document))
            say("asked with boto3, not read from the state")
        _plan_again(env, binary)
    print("\nWhat AWS shows now:\n")
    print("\n".join(f"  {line}" for line in found))
    print(_NEXT.format(seconds=time.monotonic() - began, stack=_short(STACK)))


def _synthesize() -> dict[str, Any]:
    with _step("synth") as say:
        env = _environment({**os.environ, "CHECKPOINT_DISABLE": "1", "TF_CLI_CONFIG_FILE": os.devnull})
        command = [str(CDKTF), "synth", "--output", str(OUTPUT)]
        if not _has_terraform():
            # the cdktf command does not start without Terraform; the app itself does not need it
            command, env["CDKTF_OUTDIR"] = [sys.executable, "main.py"], str(OUTPUT)
        child.run(command, env=env, cwd=REPOSITORY, log=LOG, progress=lambda _: "cdktf synth")
        document: dict[str, Any] = json.loads((STACK / "cdk.tf.json").read_text(encoding="utf-8"))
        say(f"{_count(document)} resources in {_short(STACK)}/cdk.tf.json")
    return document


def _deploy(env: dict[str, str], document: dict[str, Any]) -> None:
    total = _count(document)

    def progress(printed: str) -> str:
        return f"cdktf deploy: {len(re.findall('Creation complete', printed))} of {total} resources"

    with _step("deploy") as say:
        options = ["--auto-approve", "--skip-provider-lock", "--skip-synth", "--output", str(OUTPUT), "--no-color"]
        options += ["--terraform-parallelism", "60"]  # the provider watches each queue for 25 s
        child.run([str(CDKTF), "deploy", ENVIRONMENT, *options], env=env, cwd=REPOSITORY, log=LOG, progress=progress)
        added = re.findall(r"Apply complete! Resources: (\d+) added", LOG.read_text(encoding="utf-8"))
        say(f"{added[-1] if added else total} resources created by cdktf deploy")


def _plan_again(env: dict[str, str], binary: str) -> None:
    with _step("second plan") as say:
        command = [binary, "plan", "-detailed-exitcode", "-input=false", "-no-color"]
        code = child.run(command, env=env, cwd=STACK, log=LOG, progress=lambda _: "terraform plan", accept=(0, 2))
        if code == 2:
            raise child.ChildError("the second plan is not empty: what was deployed is not what was declared")
        say("empty: what was deployed is what was declared")


@contextmanager
def _emulator() -> Iterator[str]:
    """Run the emulator as a process of its own, which ends when this one does in whatever way."""
    with _step("emulator") as say:
        with LOG.open("a", encoding="utf-8") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "northsouth.emulator", "--while-stdin-open"],
                cwd=REPOSITORY,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                start_new_session=True,
            )
        endpoint = process.stdout.readline().strip() if process.stdout else ""
        if not endpoint:
            raise child.ChildError(f"the emulator did not start:\n{LOG.read_text(encoding='utf-8')}")
        say(f"listens on {endpoint}")
    try:
        yield endpoint
    finally:
        child.stop(process)


@contextmanager
def _step(name: str) -> Iterator[Any]:
    """Print one line for a step: its name, and when it is over what came of it and how long it took."""
    outcome: list[str] = []
    began = time.monotonic()
    print(f"  {name:<12} ", end="", flush=True)
    yield outcome.append
    start = f"\r  {name:<12} " if sys.stdout.isatty() else ""
    print(f"{start}{outcome[0]:<70} {time.monotonic() - began:5.1f} s", flush=True)


def _environment(settings: dict[str, str]) -> dict[str, str]:
    """Return the environment of the ``cdktf`` command: this interpreter runs the app, nothing is kept in the home."""
    path = os.pathsep.join([str(Path(sys.executable).parent), settings.get("PATH", "")])
    return settings | {
        "PATH": path,
        "NORTHSOUTH_ENVIRONMENTS": ENVIRONMENT,
        "CDKTF_DISABLE_PLUGIN_CACHE_ENV": "1",
        "CI": "1",
    }


def _region(document: dict[str, Any]) -> str:
    region: str = document["provider"]["aws"][0]["region"]
    return region


def _count(document: dict[str, Any]) -> int:
    """Return how many resources Terraform will make of a document."""
    found = 0
    for resources in document["resource"].values():
        for resource in resources.values():
            found += len(resource.get("for_each", [])) if isinstance(resource.get("for_each"), dict) else 1
    return found


def _has_terraform() -> bool:
    try:
        terraform.binary()
    except ToolMissing:
        return False
    return True


def _short(path: Path) -> str:
    return str(path.relative_to(REPOSITORY)) if path.is_relative_to(REPOSITORY) else str(path)


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt


_NEXT = """
Done in {seconds:.0f} s. The emulator is stopped, and no account was touched.

Next:
  {stack}/cdk.tf.json   what Terraform was given
  environments/example.toml                        change it, and run `make demo` again
  make test                                        everything CI runs
  README.md                                        how to deploy to a real account
"""

if __name__ == "__main__":
    sys.exit(main())
