"""An ordinary CDKTF program that notes what it saw: ``python program.py OUT FACTS CDK``.

Run by test_behaviour.py, once in a process that imported the provider before northsouth and once in one that did not;
and by tests/packaging/test_cdktn.py, with the names of either CDK. It synthesizes a stack of its own, and if asked for
``repository`` every environment and every example.
"""

from __future__ import annotations

import importlib
import importlib.resources
import inspect
import json
import runpy
import shutil
import sys
import threading
from pathlib import Path
from types import ModuleType
from typing import Any

CDK = sys.argv[3]
PROVIDER = {"cdktf": "cdktf_cdktf_provider_aws", "cdktn": "cdktn_provider_aws"}[CDK]
ROOT = Path(__file__).parents[2]
SUBMODULES = ("eip", "vpc", "subnet", "route", "route_table", "nat_gateway", "internet_gateway", "provider")


def main(out: Path, facts: Path, *, repository: bool) -> None:
    errors = import_in_threads()
    aws = importlib.import_module(PROVIDER)
    loaded = sum(name.startswith(f"{PROVIDER}.") and name.count(".") == 1 for name in sys.modules)
    out.mkdir()
    build(out / "own", aws)
    refused = []
    if repository:
        build_environments(out / "environments")
        refused = run_examples(out / "examples")
    seen = {"threads": errors, "loaded": loaded, "module": describe(aws), "found": find_child(), "refused": refused}
    facts.write_text(json.dumps(seen))


def import_in_threads() -> list[str]:
    """Import submodules at once; return what that raised.

    The package itself is imported before: at the end of an import, Python takes a module out of ``sys.modules`` and
    puts it back (``importlib._bootstrap._load_unlocked``), and a thread that looks for its parent just then gets a
    KeyError, with any package and any loader.
    """
    importlib.import_module(PROVIDER)
    errors: list[str] = []
    gate = threading.Barrier(len(SUBMODULES))

    def load(name: str) -> None:
        gate.wait()
        try:
            importlib.import_module(f"{PROVIDER}.{name}")
        except BaseException as error:
            errors.append(repr(error))

    threads = [threading.Thread(target=load, args=(name,)) for name in SUBMODULES]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return errors


def build(out: Path, aws: Any) -> None:
    """Synthesize one stack, with each way to name a construct."""
    cdk = importlib.import_module(CDK)
    app = cdk.App(outdir=str(out))
    stack = cdk.TerraformStack(app, "stack")
    provider: dict[str, Any] = {}
    exec(f"from {PROVIDER} import sns_topic\nfrom {PROVIDER}.provider import AwsProvider", provider)
    provider["AwsProvider"](stack, "aws", region="us-east-1")
    vpc = aws.vpc.Vpc(stack, "vpc", cidr_block="10.0.0.0/16", tags={"Name": "näme"})
    subnet = aws.subnet.Subnet(stack, "subnet", vpc_id=vpc.id, cidr_block="10.0.0.0/24")
    aws.nat_gateway.NatGateway(stack, "nat", subnet_id=subnet.id, allocation_id="eipalloc-1")
    provider["sns_topic"].SnsTopic(stack, "topic", name="alarms")
    aws.s3_bucket.S3Bucket(stack, "logs", bucket="logs", lifecycle_rule=[{"enabled": True, "prefix": "x"}])
    app.synth()


def build_environments(out: Path) -> None:
    """Synthesize what ``main.py`` does."""
    from northsouth.stacks.app import synthesize
    from northsouth.stacks.loading import load_environments

    synthesize(load_environments(sorted((ROOT / "environments").glob("*.toml"))), outdir=str(out))


def run_examples(out: Path) -> list[str]:
    """Run every example as a program; return what the bindings are too old for."""
    from northsouth.errors import ConfigurationError

    out.mkdir()
    refused = []
    for example in sorted((ROOT / "examples").glob("*.py")):
        try:
            runpy.run_path(str(example), run_name="__main__")
        except ConfigurationError as error:
            refused.append(f"{example.stem}: {error}")
        else:
            # Where an app writes by default; some examples are no apps.
            if Path("cdktf.out").exists():
                shutil.move("cdktf.out", out / example.stem)
    return refused


def describe(aws: ModuleType) -> dict[str, Any]:
    """Return what tools ask of a module."""
    errors = []
    for name in ("no_such_submodule", "__wrapped__"):
        try:
            getattr(aws, name)
        except AttributeError as error:
            errors.append(str(error))
    try:
        exec(f"from {PROVIDER} import no_such_submodule")
    except ImportError as error:
        errors.append(str(error))
    return {
        "dir": [name for name in dir(aws) if name != "_private"],
        "all": aws.__all__,
        "doc": inspect.getdoc(aws),
        "source": len(inspect.getsource(aws)),
        "file": aws.__file__,
        "path": list(aws.__path__),
        "package": aws.__package__,
        "loaders": [type(aws.__loader__).__name__, type(aws.__spec__.loader).__name__ if aws.__spec__ else ""],
        "repr": repr(aws),
        "resources": sorted(path.name for path in importlib.resources.files(f"{PROVIDER}._jsii").iterdir()),
        "errors": errors,
    }


def find_child() -> str:
    """Return the class of an object that JavaScript made, of a submodule this program has not imported."""
    import jsii
    from jsii._kernel.types import CreateRequest

    cdk = importlib.import_module(CDK)
    stack = cdk.TerraformStack(cdk.App(), "found")
    assembly = f"@{cdk.__name__}/provider-aws"
    data = {"name": "bot", "roleArn": "arn:aws:iam::123456789012:role/bot", "idleSessionTtlInSeconds": 60}
    config = {"fqn": f"{assembly}.lexv2ModelsBot.Lexv2ModelsBotConfig", "data": data}
    request = CreateRequest(
        fqn=f"{assembly}.lexv2ModelsBot.Lexv2ModelsBot",
        args=[{"$jsii.byref": stack.__jsii_ref__.ref}, "bot", {"$jsii.struct": config}],
        interfaces=[],
        overrides=[],
    )
    jsii.kernel.provider.create(request)
    found = stack.node.find_child("bot")
    return f"{type(found).__module__}.{type(found).__name__}"


if __name__ == "__main__":
    if "provider-first" in sys.argv[4:]:
        importlib.import_module(PROVIDER)
    from northsouth import bindings

    bindings.install()
    main(Path(sys.argv[1]), Path(sys.argv[2]), repository="repository" in sys.argv[4:])
