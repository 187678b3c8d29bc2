"""``northsouth adopt``: what it reads, what it writes, and what it refuses."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from northsouth.cli.main import main

STACK = {
    "terraform": {},
    "resource": {
        "aws_eip": {"a": {"for_each": {"us-east-1a": "g"}, "domain": "vpc"}},
        "aws_nat_gateway": {
            "a": {"subnet_id": "subnet-a", "allocation_id": '${aws_eip.a["us-east-1a"].allocation_id}'}
        },
    },
}
GATEWAY = {"id": "nat-a", "subnet_id": "subnet-a", "allocation_id": "eipalloc-a"}
ADDRESS = {"id": "eipalloc-a", "allocation_id": "eipalloc-a", "domain": "vpc"}


def raw(*instances: tuple[str, str, dict[str, Any]], module: str = "module.vpc") -> dict[str, Any]:
    """Return a ``terraform.tfstate``."""
    return {
        "version": 4,
        "lineage": "x",
        "serial": 1,
        "resources": [
            {
                "mode": "managed",
                "type": kind,
                "name": name,
                **({"module": module} if module else {}),
                "instances": [{"index_key": 0, "attributes": values}],
            }
            for kind, name, values in instances
        ],
    }


def shown(*instances: tuple[str, dict[str, Any]]) -> dict[str, Any]:
    """Return what ``terraform show -json`` prints of a state."""
    resources = [
        {
            "address": address,
            "mode": "managed",
            "type": address.partition(".")[0],
            "name": address.partition(".")[2],
            "values": values,
        }
        for address, values in instances
    ]
    return {"format_version": "1.0", "values": {"root_module": {"resources": resources}}}


STATE = raw(("aws_eip", "nat", ADDRESS), ("aws_nat_gateway", "this", GATEWAY))


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    stack = tmp_path / "cdktf.out" / "stacks" / "edge"
    stack.mkdir(parents=True)
    (stack / "cdk.tf.json").write_text(json.dumps(STACK), encoding="utf-8")
    (tmp_path / "terraform.tfstate").write_text(json.dumps(STATE), encoding="utf-8")
    return tmp_path


def written(folder: Path) -> Any:
    return json.loads((folder / "imports.tf.json").read_text(encoding="utf-8"))


def test_a_raw_state_is_adopted_into_the_only_stack(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["adopt", "--from", "terraform.tfstate"]) == 0
    assert written(folder)["import"] == [
        {"to": 'aws_eip.a["us-east-1a"]', "id": "eipalloc-a"},
        {"to": "aws_nat_gateway.a", "id": "nat-a"},
    ]
    out = capsys.readouterr().out
    assert "terraform plan should say: 2 to import, 0 to add, 0 to change, 0 to destroy" in out
    assert "removed { from = module.vpc.aws_nat_gateway.this, lifecycle { destroy = false } }" in out
    # A second run writes the same file.
    assert main(["adopt", "cdktf.out/stacks/edge", "--from", "terraform.tfstate"]) == 0


def test_a_shown_state_is_read_too(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    document = shown(("aws_nat_gateway.old", GATEWAY))
    (folder / "state.json").write_text(json.dumps(document), encoding="utf-8")
    assert main(["adopt", "--from", "state.json", "--json"]) == 1
    data = json.loads(capsys.readouterr().out)
    assert data["to_import"] == 0
    assert "which is not adopted" in data["left_out"][0]["reason"]


def test_within_one_state_moved_blocks_are_written(folder: Path) -> None:
    assert main(["adopt", "--from", "terraform.tfstate", "--same-state"]) == 0
    assert written(folder) == {
        "moved": [
            {"from": "module.vpc.aws_eip.nat[0]", "to": 'aws_eip.a["us-east-1a"]'},
            {"from": "module.vpc.aws_nat_gateway.this[0]", "to": "aws_nat_gateway.a"},
        ]
    }


def test_an_unclear_pair_is_decided(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    twice = raw(
        ("aws_eip", "nat", ADDRESS),
        ("aws_nat_gateway", "x", GATEWAY),
        ("aws_nat_gateway", "y", GATEWAY | {"id": "nat-b"}),
    )
    (folder / "twice.tfstate").write_text(json.dumps(twice), encoding="utf-8")
    assert main(["adopt", "--from", "twice.tfstate"]) == 1
    assert "Decide with --as 'aws_nat_gateway.a=ID'" in capsys.readouterr().out
    assert main(["adopt", "--from", "twice.tfstate", "--as", "aws_nat_gateway.a=nat-b"]) == 0
    assert main(["adopt", "--from", "twice.tfstate", "--as", 'aws_eip.a["us-east-1a"]=eipalloc-a']) == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "say what exists"),
        (["--from", "terraform.tfstate", "--region", "us-east-1"], "--region is where --account looks"),
        (["--account", "--same-state", "--from", "terraform.tfstate"], "without --account"),
        (["nowhere", "--from", "terraform.tfstate"], "nowhere is not there"),
        (["--from", "gone.tfstate"], "gone.tfstate: No such file"),
        (["--from", "cdktf.out/stacks/edge/cdk.tf.json"], "a configuration, which does not say what exists"),
        (["--from", "terraform.tfstate", "--as", "aws_nat_gateway.a"], "write it as ADDRESS=ID"),
        (["--from", "terraform.tfstate", "--as", 'aws_eip.a["x"]'], "write it as ADDRESS=ID"),
        (["--from", "terraform.tfstate", "--as", "aws_nat_gateway.a=eipalloc-a"], "there is no aws_nat_gateway"),
        (["--from", "old.tfstate"], "a state file of version 3"),
        (["--from", "own.tfstate"], "write moved blocks with --same-state"),
        (["--from", "terraform.tfstate", "--output", "old.tfstate"], "holds something else"),
        (["--from", "terraform.tfstate", "--output", "no/such/folder.json"], "No such file or directory"),
        (["--from", "odd.tfstate"], "`resources` is not a list"),
    ],
)
def test_refused(folder: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], message: str) -> None:
    (folder / "old.tfstate").write_text(json.dumps(STATE | {"version": 3}), encoding="utf-8")
    (folder / "odd.tfstate").write_text(json.dumps(STATE | {"resources": {}}), encoding="utf-8")
    own = raw(("aws_nat_gateway", "a", GATEWAY), module="")
    own["resources"][0]["instances"][0].pop("index_key")
    (folder / "own.tfstate").write_text(json.dumps(own), encoding="utf-8")
    assert main(["adopt", *arguments]) == 2
    assert message in capsys.readouterr().err
    assert not (folder / "imports.tf.json").exists()


def test_without_anything_to_import_no_file_is_written(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    stack = folder / "cdktf.out" / "stacks" / "edge" / "cdk.tf.json"
    stack.write_text(json.dumps({"resource": {"aws_eip": {"x": {"count": "${var.n}"}}}}), encoding="utf-8")
    assert main(["adopt", "--from", "terraform.tfstate"]) == 1
    out = capsys.readouterr().out
    assert "Nothing to import; nothing was written." in out
    assert "aws_eip.x: an expression decides its instances" in out
    assert not (folder / "imports.tf.json").exists()


def test_several_stacks_want_a_name(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    other = folder / "cdktf.out" / "stacks" / "hub"
    other.mkdir()
    (other / "cdk.tf.json").write_text(json.dumps(STACK), encoding="utf-8")
    assert main(["adopt", "--from", "terraform.tfstate"]) == 2
    assert "2 stacks are in cdktf.out/stacks; name one" in capsys.readouterr().err
