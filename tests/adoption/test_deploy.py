"""Three starts, adopted on the emulator: the plan imports everything, and changes and destroys nothing."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from cdktf import App, TerraformStack
from cdktf_cdktf_provider_aws.provider import AwsProvider
from constructs import Construct

from northsouth.adoption import account
from northsouth.adoption.existing import read_existing
from northsouth.adoption.matching import match
from northsouth.adoption.writing import Adoption, adoption
from northsouth.alerts import Actions, Alarm
from northsouth.dns import DnsOverrides, Override, OverrideSet
from northsouth.egress import CidrLayout, NatGateways, NatMode, Network, PrivateEndpoints
from northsouth.emulator.documented import network
from northsouth.emulator.server import Emulator
from northsouth.logs import AlbLogBucket
from northsouth.moves import moved_from
from northsouth.template import parse
from tests.adoption import layouts
from tests.adoption.layouts import ZONES
from tests.harness.plugin import MakeTerraform

pytestmark = pytest.mark.deploy

Ids = Mapping[str, Mapping[str, str]]
Names = Mapping[str, Mapping[str, Mapping[str, str]]]
STARTS = ("module", "hand", "cloudformation")
BUCKET = "edge-accesslogs-1k2j3h4g5f6d"
ALARM = "Edge-NatErrors-1XK2J3H4G5F6"


def declare(stack: TerraformStack, ids: Ids, names: Names, renamed: Mapping[str, str]) -> None:
    """Declare all three starts, each in a construct of its own, with the names that were advised."""
    module = Construct(stack, "module")
    private = {zone: f"10.0.{32 * (number + 1)}.0/20" for number, zone in enumerate(ZONES)}
    public = {zone: f"10.0.{56 + 32 * number}.0/22" for number, zone in enumerate(ZONES)}
    network = Network(
        module,
        "network",
        cidr="10.0.0.0/16",
        zones=ZONES,
        layout=CidrLayout.explicit(public=public, private=private),
        name="main",
        names=names.get("module/network"),
    )
    NatGateways(module, "nat", network=network, mode=NatMode.per_az(), name="main", names=names.get("module/nat"))
    PrivateEndpoints(module, "endpoints", network=network, names=names.get("module/endpoints"))
    for start in STARTS[1:]:
        scope, own = Construct(stack, renamed.get(start, start)), ids[start]
        if start in renamed:
            moved_from(scope, start)
        existing = Network.existing(
            vpc_id=own["vpc"],
            public_subnets={ZONES[0]: own["subnet"]},
            private_subnets={ZONES[0]: own["private"]},
            private_route_tables={ZONES[0]: own["table"]},
        )
        mode = NatMode.per_az()
        nat = NatGateways(scope, "nat", network=existing, mode=mode, names=names.get(f"{start}/nat"))
        PrivateEndpoints(scope, "endpoints", network=existing, names=names.get(f"{start}/endpoints"))
        target = Override(f"api.internal.{own['prefix'].lower()}.example.com", priority=100)
        DnsOverrides(
            scope,
            "dns",
            vpcs={"main": own["vpc"]},
            overrides=[OverrideSet("hub", ttl=60, names={f"api.{own['prefix'].lower()}.example.com": target})],
            names=names.get(f"{start}/dns"),
        )
    AlbLogBucket(scope, "logs", name=BUCKET, region="us-east-1", source_accounts=["123456789012"])
    Alarm(
        scope,
        "errors",
        when=nat.metric("ErrorPortAllocation")[ZONES[0]] > 0,
        missing="notBreaching",
        severity="warning",
        summary="Ports are used up",
        because="connections fail",
        runbook="https://wiki.example.com/nat",
        actions=Actions.none(),
        name=ALARM,
    )


def document(folder: Path, ids: Ids, names: Names, **renamed: str) -> dict[str, Any]:
    """Return the stack as a program writes it, with the paths of its constructs."""
    app = App(outdir=str(folder))
    stack = TerraformStack(app, "edge")
    AwsProvider(stack, "aws", region="us-east-1")
    declare(stack, ids, names, renamed)
    app.synth()
    written: dict[str, Any] = json.loads((folder / "stacks" / "edge" / "cdk.tf.json").read_text(encoding="utf-8"))
    # The provider waits a minute until it believes a lifecycle configuration of the emulator.
    del written["resource"]["aws_s3_bucket_lifecycle_configuration"]
    return written


def adopted(written: Mapping[str, Any], state: Path, emulator: Emulator) -> Adoption:
    template = parse(written)
    there = account.existing(emulator.client, "us-east-1", template)
    return adoption(match(template, [*read_existing(state), *there]))


def test_three_starts(
    terraform_dir: MakeTerraform, emulator: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(network.QUOTA, "20")
    made = layouts.egress(emulator, "10.1.0.0/24", {"Name": "prod-gateway"}, {"Name": "prod-address"})
    stacked = layouts.egress(emulator, "10.2.0.0/24", {"Name": "Edge/Nat"}, {})
    ids = {"hand": made | {"prefix": "hand"}, "cloudformation": stacked | {"prefix": "Edge"}}
    layouts.firewall(emulator, made["vpc"], "hand", "")
    layouts.firewall(emulator, stacked["vpc"], "Edge", "-1XK2J3H4G5F6")
    plain = document(tmp_path / "plain", ids, {})
    layouts.bucket(emulator, BUCKET, plain)
    layouts.alarm(emulator, ALARM, plain, stacked["gateway"])
    old = terraform_dir(
        {key: plain[key] for key in ("terraform", "provider")} | {"module": {"vpc": {"source": "./vpc"}}}, "old"
    )
    (old.workdir / "vpc").mkdir()
    (old.workdir / "vpc" / "main.tf.json").write_text(json.dumps(layouts.vpc_module()), encoding="utf-8")
    old.run("get")
    old.apply()

    state = old.workdir / "terraform.tfstate"
    first = adopted(plain, state, emulator)
    assert first.left_out
    names = {each.path: each.names for each in first.advice}
    written = document(tmp_path / "named", ids, names)
    second = adopted(written, state, emulator)
    assert (second.left_out, second.changed) == ((), ())
    assert {each.partition(".")[0] for each in second.created} == {"terraform_data"}

    new = terraform_dir(written, "new")
    (new.workdir / "imports.tf.json").write_text(json.dumps(second.document()), encoding="utf-8")
    plan = new.plan()
    assert (plan.updates, plan.replaces, plan.destroys) == ((), (), ()), plan
    assert set(plan.creates) == set(second.created)
    imported = {each["address"] for each in plan.details["resource_changes"] if each["change"].get("importing")}
    assert imported == {each.address for each in second.imported}
    assert len(imported) == 45

    new.apply()
    (new.workdir / "imports.tf.json").unlink()
    renamed = document(tmp_path / "renamed", ids, names, hand="east")
    new.write(renamed)
    plan = new.plan()
    assert (plan.creates, plan.updates, plan.replaces, plan.destroys) == ((), (), (), ()), plan
    moved = [each for each in plan.details["resource_changes"] if each.get("previous_address")]
    assert len(moved) == 10
    assert all("hand_" in each["previous_address"] and "east_" in each["address"] for each in moved)
