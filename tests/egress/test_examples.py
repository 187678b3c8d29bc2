"""Every example synthesizes, to the same JSON under every supported version of the bindings, and is valid Terraform."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from cdktf import Testing as CdkTesting

from northsouth.egress.nat_gateways import regional_supported
from northsouth.errors import ConfigurationError
from northsouth.testing import TerraformSnapshot
from tests.harness.examples import load
from tests.harness.synth import resources

ROOT = Path(__file__).parents[2]
EXAMPLES = {path.stem.removeprefix("egress_"): path for path in sorted((ROOT / "examples").glob("egress_*.py"))}
ZONAL = sorted(EXAMPLES.keys() - {"regional"})


def synthesized(name: str) -> str:
    text: str = CdkTesting.synth(load(EXAMPLES[name]).Egress(CdkTesting.app(), "egress"), True)
    return text


def test_each_mode_has_an_example() -> None:
    assert {"none", "single", "per_az", "private", "regional"} <= EXAMPLES.keys()


@pytest.mark.parametrize("name", ZONAL)
def test_an_example_declares_what_it_did(name: str, terraform_snapshot: TerraformSnapshot) -> None:
    terraform_snapshot(synthesized(name), name=name)


@pytest.mark.skipif(not regional_supported(), reason="these bindings know no regional NAT gateway")
def test_the_regional_example_declares_one_gateway_for_the_vpc() -> None:
    document: dict[str, Any] = json.loads(synthesized("regional"))
    [gateway] = resources(document, "aws_nat_gateway").values()
    assert gateway["availability_mode"] == "regional"
    assert gateway["vpc_id"].startswith("${aws_vpc.")
    assert len(resources(document, "aws_route")) == 3


@pytest.mark.skipif(regional_supported(), reason="these bindings know regional NAT gateways")
def test_the_regional_example_is_refused_by_older_bindings() -> None:
    with pytest.raises(ConfigurationError, match="know no `availability_mode`"):
        synthesized("regional")


@pytest.mark.slow
def test_an_example_runs_as_it_stands(tmp_path: Path) -> None:
    path = os.pathsep.join([str(ROOT / "constructs"), str(ROOT / "alerts"), os.environ.get("PYTHONPATH", "")])
    done = subprocess.run(
        [sys.executable, str(EXAMPLES["per_az"])],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout == ""
    written = json.loads((tmp_path / "cdktf.out/stacks/egress/cdk.tf.json").read_text(encoding="utf-8"))
    assert len(resources(written, "aws_nat_gateway")) == 3


def test_the_docs_quote_and_link_the_examples() -> None:
    text = (ROOT / "docs/egress.md").read_text(encoding="utf-8")
    quoted = re.findall(r"<!-- examples/egress_(\w+)\.py -->\n```python\n(.*?)```", text, flags=re.DOTALL)
    assert quoted
    for name, code in quoted:
        assert code == EXAMPLES[name].read_text(encoding="utf-8")
    assert all(f"../examples/{path.name}" in text for path in EXAMPLES.values())
