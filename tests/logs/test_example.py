"""The example in examples/ synthesizes what its text promises."""

import json
import runpy
from pathlib import Path

import cdktf

from tests.harness.synth import resources

EXAMPLE = Path(__file__).parents[2] / "examples" / "logs_bucket.py"


def test_the_example_attaches_the_load_balancer_to_its_bucket() -> None:
    stack = runpy.run_path(str(EXAMPLE))["Web"](cdktf.Testing.app(), "web")
    document = json.loads(cdktf.Testing.synth(stack, True))
    [balancer] = resources(document, "aws_lb").values()
    [bucket] = resources(document, "aws_s3_bucket")
    assert balancer["access_logs"]["bucket"] == f"${{aws_s3_bucket.{bucket}.id}}"
    [lifecycle] = resources(document, "aws_s3_bucket_lifecycle_configuration").values()
    assert lifecycle["rule"][0]["expiration"] == [{"days": 30}]
