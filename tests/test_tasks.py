"""The TOML of the pages for beginners is what an environment file takes, and their Python synthesizes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from cdktf import TerraformStack
from cdktf_cdktf_provider_aws.lb import Lb

from northsouth.alerts import Response
from northsouth.egress import NatGateways, NatMode, Network
from northsouth.logs import AlbLogBucket
from northsouth.stacks.loading import load_environments
from tests.harness.synth import synth

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "docs" / "start.md", *sorted((ROOT / "docs" / "tasks").glob("*.md"))]
BASE = {
    "environment": '[environment]\nname = "edge"\nregion = "us-east-1"\n',
    "network": '[network]\ncidr = "10.0.0.0/16"\nzones = ["us-east-1a"]\n',
}


def blocks(page: Path, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_the_file_is_accepted(page: Path, tmp_path: Path) -> None:
    for place, text in enumerate(blocks(page, "toml")):
        file = tmp_path / f"edge{place}.toml"
        file.write_text("\n".join([*BASE.values(), text]), encoding="utf-8")
        assert load_environments([file])


@pytest.mark.parametrize("page", [page for page in PAGES if "python" in page.read_text()], ids=lambda page: page.stem)
def test_the_program_synthesizes(page: Path) -> None:
    def declare(stack: TerraformStack) -> None:
        network = Network(stack, "network", cidr="10.0.0.0/16", zones=["us-east-1a"])
        names = {
            "stack": stack,
            "network": network,
            "nat": NatGateways(stack, "nat", network=network, mode=NatMode.per_az()),
            "topic_arn": "arn:aws:sns:us-east-1:123456789012:ops",
            "bucket": AlbLogBucket(stack, "logs", name="acme-alb-logs", region="us-east-1"),
            "load_balancer": Lb(stack, "lb", name="hub", subnets=["subnet-0a1b2c3d"]),
            "Response": Response,
        }
        for text in blocks(page, "python"):
            exec(compile(text, str(page), "exec"), names)

    assert synth(declare)["resource"]
