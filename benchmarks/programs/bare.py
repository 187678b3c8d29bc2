"""The resources of a synthesized stack with the provider's own constructors: ``python bare.py OUT CDK_TF_JSON``.

What a construct of northsouth declared, declared again without it, as by somebody who knows every argument.
"""

import importlib
import json
import re
import sys
from functools import cache
from pathlib import Path

import northsouth.dns  # noqa: F401 - a package of northsouth makes the provider load fast

# isort: split
from cdktf import App, TerraformElement, TerraformStack
from cdktf_cdktf_provider_aws.provider import AwsProvider

from northsouth.terraform_data import terraform_data

declared = json.loads(Path(sys.argv[2]).read_text())["resource"]
app = App(outdir=sys.argv[1])
stack = TerraformStack(app, "stack")
AwsProvider(stack, "aws", region="us-east-1")


@cache
def constructor(kind: str) -> type[TerraformElement]:
    words = kind.removeprefix("aws_").split("_")
    module = importlib.import_module(f"cdktf_cdktf_provider_aws.{'_'.join(words)}")
    return getattr(module, "".join(word.capitalize() for word in words))


@cache
def resource(address: str) -> TerraformElement:
    kind, _, name = address.partition(".")
    given = {key: value(each) for key, each in declared[kind][name].items() if key != "//"}
    if kind == "terraform_data":
        return terraform_data(stack, name, **given)
    if "depends_on" in given:
        given["depends_on"] = [resource(other) for other in given["depends_on"]]
    return constructor(kind)(stack, name, **given)


def value(given: object) -> object:
    reference = re.fullmatch(r"\$\{(\w+\.[\w-]+)\.(\w+)\}", given) if isinstance(given, str) else None
    return getattr(resource(reference[1]), reference[2]) if reference else given


for kind, names in declared.items():
    for name in names:
        resource(f"{kind}.{name}")
app.synth()
