"""What the tests of a CDKTF project import: snapshots of stacks, and assertions on what they declare.

The package has a pytest plugin, which loads by itself. Its fixture keeps what a stack declares in files for review. If
the stack changes, the test fails and says, as a plan does, what Terraform would destroy, replace and change::

    def test_declared_state(terraform_snapshot):
        terraform_snapshot(Edge(Testing.app(), "edge"))

`Template` asserts single things::

    template = Template.from_stack(Edge(Testing.app(), "edge"))
    template.assert_count("aws_nat_gateway", 3)
    template.assert_resource("aws_route", {"nat_gateway_id": refers_to("aws_nat_gateway")})

`replay` judges a declared alarm on a history that the test writes down with `series`, by AWS's rules::

    alarm = replay(stack).alarm("edge-nat-throughput")
    judged = alarm.given({"BytesOutToDestination": series("1GiB x 60, 90GiB x 15")}, rest=0)
    assert judged.states == ["OK", "ALARM"]

The fixture ``aws_emulator`` deploys a stack to an AWS emulator with the real Terraform and the real provider::

    def test_it_deploys(aws_emulator):
        edge = aws_emulator.deploy(Edge(Testing.app(), "edge"))
        assert edge.made()["aws_nat_gateway"] == 3
        assert edge.plan().empty
        assert aws_emulator.client("ec2").describe_nat_gateways()["NatGateways"]

`assert_documents_fit` holds sample documents against the list of fields of an index::

    assert_documents_fit(LOGS, "tests/samples.jsonl")

Importing this package loads neither the CDK nor syrupy, which `terraform_snapshot` needs: ``pip install
northsouth[testing]``. `replay` needs NumPy (extra ``replay``), ``aws_emulator`` the extra ``emulator``.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from northsouth.testing.alarms import replay
    from northsouth.testing.annotations import Annotation, annotations_of
    from northsouth.testing.documents import assert_documents_fit
    from northsouth.testing.emulated import EmulatedAws
    from northsouth.testing.matchers import (
        Capture,
        Matcher,
        absent,
        any_value,
        containing,
        exactly,
        json_text,
        matching,
        not_,
        refers_to,
    )
    from northsouth.testing.notation import series
    from northsouth.testing.snapshots import TerraformSnapshot
    from northsouth.testing.synthesis import synthesize
    from northsouth.testing.template import Template

_MATCHERS = "northsouth.testing.matchers"

_MODULES = {
    "Annotation": "northsouth.testing.annotations",
    "Capture": _MATCHERS,
    "EmulatedAws": "northsouth.testing.emulated",
    "Matcher": _MATCHERS,
    "Template": "northsouth.testing.template",
    "TerraformSnapshot": "northsouth.testing.snapshots",
    "absent": _MATCHERS,
    "annotations_of": "northsouth.testing.annotations",
    "any_value": _MATCHERS,
    "assert_documents_fit": "northsouth.testing.documents",
    "containing": _MATCHERS,
    "exactly": _MATCHERS,
    "json_text": _MATCHERS,
    "matching": _MATCHERS,
    "not_": _MATCHERS,
    "refers_to": _MATCHERS,
    "replay": "northsouth.testing.alarms",
    "series": "northsouth.testing.notation",
    "synthesize": "northsouth.testing.synthesis",
}


def __getattr__(name: str) -> object:
    # Not `northsouth.exports.lazy`: that installs the bindings, and pytest loads this package in every project.
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_MODULES[name]), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *_MODULES})


__all__ = [
    "Annotation",
    "Capture",
    "EmulatedAws",
    "Matcher",
    "Template",
    "TerraformSnapshot",
    "absent",
    "annotations_of",
    "any_value",
    "assert_documents_fit",
    "containing",
    "exactly",
    "json_text",
    "matching",
    "not_",
    "refers_to",
    "replay",
    "series",
    "synthesize",
]
