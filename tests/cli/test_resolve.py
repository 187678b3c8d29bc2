"""``northsouth resolve``: its words, its JSON, its exit codes, and its errors in one line."""

from __future__ import annotations

import copy
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from northsouth.cli.main import main
from tests.cli.stack import STACK, write

ROOT = Path(__file__).parents[2]
FILE = "cdktf.out/stacks/example/cdk.tf.json"
RULE = "aws_route53_resolver_firewall_rule"


@pytest.fixture(autouse=True)
def _stack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path)
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["www.example.org"], 0, "www.example.org. A in aws_vpc.main (prod): passed"),
        (["fine.example"], 0, "fine.example. A in aws_vpc.main (prod): alerted"),
        (["API.example.com."], 10, "api.example.com. A in aws_vpc.main (prod): overridden"),
        (["login.example.com"], 10, "aws_lb.hub.dns_name (known only after apply)"),
        (["empty.example"], 11, "no records (NODATA)"),
        (["x.gone.example"], 12, "does not exist (NXDOMAIN)"),
        (["www.example.org", "--type", "txt"], 13, "it depends on something this file does not say."),
        (["x.ring.example"], 14, "overridden, in a loop"),
        (["api.example.com", "--vpc", "other"], 0, "no rule group is associated with this VPC"),
        (["a.example", "--cname", "a.example=api.example.com"], 10, f"{RULE}.api"),
        (["fine.example", "--host", "fine.example=192.0.2.7"], 0, "Connects to:  fine.example. (192.0.2.7)"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_verdicts_words_and_exit_codes(
    arguments: list[str], code: int, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["resolve", *arguments] if "--vpc" in arguments else ["resolve", "--vpc", "prod", *arguments]) == code
    written = capsys.readouterr()
    assert said in written.out
    assert written.err == ""


def test_the_whole_explanation(capsys: pytest.CaptureFixture[str]) -> None:
    main(["resolve", "api.example.com"])
    assert capsys.readouterr().out == (
        "api.example.com. A in aws_vpc.main (prod): overridden\n"
        "  What happens: it is answered with a CNAME to api.internal.example.net., TTL 60 s.\n"
        f"  Decided by:   {RULE}.api, priority 110 of group hub (association priority 101)\n"
        "  Chain:        api.example.com. -(override)-> api.internal.example.net.\n"
        "  Looked up:    in the private zone aws_route53_zone.net (example.net.)\n"
        "  Connects to:  api.internal.example.net. (10.0.0.9)\n"
        "  Mind:         TLS and HTTP still use api.example.com; the target needs a certificate for it.\n"
        "  In a failure: a query that DNS Firewall cannot judge is answered SERVFAIL (fail-closed).\n"
    )


def test_undetermined_names_what_it_depends_on(capsys: pytest.CaptureFixture[str]) -> None:
    main(["resolve", "www.example.org", "--type", "TXT"])
    out = capsys.readouterr().out
    assert f"nxdomain, by {RULE}.managed: its names are not in this file (AWS-managed, or another stack's)" in out
    assert "passed: no rule matches" in out
    assert f"Connects to:  www.example.org., unless it is matched by {RULE}.managed." in out


def test_unknown_lists_can_be_assumed_away(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["resolve", "www.example.org", "--type", "TXT", "--ignore-unknown-lists"]) == 0
    assert "passed" in capsys.readouterr().out


def test_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["resolve", "api.example.com", "--json"]) == 10
    found = json.loads(capsys.readouterr().out)
    assert found == {
        "source": found["source"],
        "vpc": {"address": "aws_vpc.main", "id": None, "name": "prod", "fail_open": False},
        "name": "api.example.com.",
        "type": "A",
        "verdict": "overridden",
        "rule": {
            "address": f"{RULE}.api",
            "name": "api",
            "priority": 110,
            "group": "hub",
            "association": f"{RULE}_group_association.main",
            "association_priority": 101,
        },
        "override": {"target": "api.internal.example.net.", "target_expression": None, "ttl": 60},
        "possible": [],
        "chain": found["chain"],
        "loop": False,
        "connects_to": "api.internal.example.net.",
        "addresses": ["10.0.0.9"],
        "lookup": {
            "state": "records",
            "rule": "aws_route53_zone.net",
            "kind": "zone",
            "servers": [],
            "doubts": [],
        },
    }
    assert [(step["name"], step["leads_to"], step["because"]) for step in found["chain"]] == [
        ("api.example.com.", "api.internal.example.net.", "override"),
        ("api.internal.example.net.", None, None),
    ]
    assert main(["resolve", "www.example.org", "--type", "TXT", "--json"]) == 13
    assert [option["verdict"] for option in json.loads(capsys.readouterr().out)["possible"]] == ["nxdomain", "passed"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "northsouth: error: the following arguments are required: COMMAND"),
        (["solve"], "northsouth: error: argument COMMAND: invalid choice: 'solve'"),
        (["resolve"], "northsouth resolve: error: the following arguments are required: NAME"),
        (["resolve", "a.b", "--vp", "x"], "northsouth: error: unrecognized arguments: --vp x"),
        (["resolve", "a..b"], "northsouth: error: 'a..b' is not a DNS name"),
        (["resolve", "a.b", "--type", "X"], "northsouth: error: 'X' is not a query type"),
        (
            ["resolve", "a.b", "--vpc", "x"],
            "northsouth: error: cdktf.out/stacks/example/cdk.tf.json: VPC 'x' is not among",
        ),
        (["resolve", "a.b", "--from", "none.json"], "northsouth: error: none.json: No such file or directory"),
        (["resolve", "a.b", "--from", "."], "northsouth: error: .: Is a directory"),
        (["resolve", "a.b", "--host", "a.b"], "northsouth: error: 'a.b' is not of the form NAME=VALUE"),
        (["resolve", "a.b", "--host", "a.b=10"], "northsouth: error: '10' is not an IP address"),
        (["resolve", "a.b", "--cname", "=c"], "northsouth: error: '=c' is not of the form NAME=VALUE"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_errors_are_one_line_and_exit_code_2(
    arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2
    written = capsys.readouterr()
    assert written.out == ""
    assert written.err.startswith(message)
    assert written.err.count("\n") == 1


def test_a_file_without_rules_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = write(tmp_path, {"resource": {"aws_vpc": {"a": {}, "b": {}}}}, name="plain")
    assert main(["resolve", "a.b", "--from", str(file)]) == 2
    assert "no DNS Firewall rule group is associated with a VPC in this file" in capsys.readouterr().err
    assert main(["dns", "check", "--from", str(file)]) == 0
    assert capsys.readouterr().out.endswith(
        "0 errors, 0 warnings; no DNS Firewall rule group is associated with a VPC in this file\n"
    )


@pytest.mark.parametrize("deposed", ["", "a1b2c3d4"])
def test_a_deposed_list_makes_no_rule_certain(tmp_path: Path, capsys: pytest.CaptureFixture[str], deposed: str) -> None:
    prefix = "aws_route53_resolver_firewall"

    def resource(kind: str, **values: object) -> dict[str, object]:
        address = f"{prefix}_{kind}.x"
        return {"address": address, "mode": "managed", "type": f"{prefix}_{kind}", "name": "x", "values": values}

    def changed(kind: str, action: str, unknown: dict[str, bool], **more: str) -> dict[str, object]:
        change = {"actions": [action], "before": {}, "after": {}, "after_unknown": unknown}
        return {**resource(kind), "change": change, **more}

    def written(kind: str, **attributes: str) -> dict[str, object]:
        references = {key: {"references": [f"{prefix}_{to}.x.id"]} for key, to in attributes.items()}
        return {**resource(kind), "expressions": references}

    rule = resource("rule", action="BLOCK", block_response="NXDOMAIN", priority=1)
    resources = [resource("rule_group"), resource("domain_list"), rule]
    resources.append(resource("rule_group_association", priority=200, vpc_id="vpc-1"))
    changes = [changed("domain_list", "update", {"domains": True})]
    changes += [changed("domain_list", "delete", {}, deposed=deposed)] if deposed else []
    links = [written("rule", firewall_domain_list_id="domain_list", firewall_rule_group_id="rule_group")]
    links.append(written("rule_group_association", firewall_rule_group_id="rule_group"))
    file = write(
        tmp_path,
        {
            "format_version": "1.2",
            "planned_values": {"root_module": {"resources": resources}},
            "resource_changes": changes,
            "configuration": {"root_module": {"resources": links}},
        },
        name="plan",
    )
    assert main(["resolve", "a.b", "--from", str(file)]) == 13
    assert "undetermined" in capsys.readouterr().out


def test_help_tells_the_exit_codes(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["resolve", "--help"]) == 0
    assert "13  undetermined" in capsys.readouterr().out


def test_no_stack_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path / "empty")
    assert main(["resolve", "a.b"]) == 2
    assert "run `cdktf synth` first, or name a file with --from" in capsys.readouterr().err


def test_the_one_stack_with_rules_is_meant(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(tmp_path, {"resource": {"aws_vpc": {"main": {}}}}, name="network")
    assert main(["resolve", "api.example.com"]) == 10
    capsys.readouterr()


def test_two_stacks_with_rules_are_ambiguous(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    second = write(tmp_path, STACK, name="second")
    assert main(["resolve", "api.example.com"]) == 2
    assert capsys.readouterr().err == (
        "northsouth: error: several stacks were synthesized; name one with --from: "
        "cdktf.out/stacks/example/cdk.tf.json, cdktf.out/stacks/second/cdk.tf.json\n"
    )
    os.utime(second, (0, 0))  # left over from an earlier synth
    assert main(["resolve", "api.example.com"]) == 10


def test_the_command_starts_neither_node_nor_the_cdk(tmp_path: Path) -> None:
    code = (
        "import sys; from northsouth.cli.main import main; main(['resolve', 'api.example.com', '--from', sys.argv[1]]);"
        "sys.exit(any(name.split('.')[0] in ('cdktf', 'jsii', 'constructs', 'dns') for name in sys.modules))"
    )
    command = [sys.executable, "-c", code, str(tmp_path / FILE)]
    assert subprocess.run(command, cwd=ROOT, check=False, capture_output=True).returncode == 0


def test_a_reader_that_leaves_is_no_error(tmp_path: Path) -> None:
    command = f"{sys.executable} -m northsouth.cli.main resolve a.b --json --from {tmp_path / FILE} | true"
    done = subprocess.run(["bash", "-c", command], cwd=ROOT, check=False, capture_output=True, text=True)
    assert done.stderr == ""


def resolved(capsys: pytest.CaptureFixture[str], file: Path, *arguments: str) -> tuple[int, str]:
    code = main(["resolve", "--from", str(file), *arguments])
    return code, capsys.readouterr().out


def test_a_name_that_a_private_zone_does_not_have(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    stack = copy.deepcopy(STACK)
    stack["resource"]["aws_route53_record"]["api"]["name"] = "other.internal"
    file = write(tmp_path / "x", stack)
    code, out = resolved(capsys, file, "api.example.com")
    assert code == 15
    assert "the zone has no A record for api.internal.example.net., so the answer is NXDOMAIN." in out
    code, out = resolved(capsys, file, "other.internal.example.net", "--type", "AAAA")
    assert (code, "as AWS says even for a name that has other types" in out) == (15, True)
    assert resolved(capsys, file, "api.example.com", "--host", "api.internal.example.net=10.0.0.7")[0] == 10


def test_what_the_dns_attributes_leave_open_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    stack = copy.deepcopy(STACK)
    stack["resource"]["aws_vpc"]["main"] = {"enable_dns_support": False}
    code, out = resolved(capsys, write(tmp_path / "x", stack), "api.example.com")
    assert code == 10
    assert "Connects to:  api.internal.example.net., undetermined\n" in out
    assert "Possible:     what the public DNS says\n" in out
    assert (
        "Possible:     10.0.0.9 by aws_route53_zone.net, if the VPC has aws_route53_zone.net: private zones need" in out
    )
    assert "Mind:         enable_dns_support is not true" in out


def test_forwarded_names_and_records_of_later(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    stack = copy.deepcopy(STACK)
    stack["resource"]["aws_route53_record"]["api"]["records"] = ["${aws_instance.x.private_ip}"]
    stack["resource"]["aws_route53_resolver_rule"] = {
        "f": {"domain_name": "example.org", "rule_type": "FORWARD", "target_ip": [{"ip": "10.9.0.2"}]}
    }
    stack["resource"]["aws_route53_resolver_rule_association"] = {
        "f": {"resolver_rule_id": "${aws_route53_resolver_rule.f.id}", "vpc_id": "${aws_vpc.main.id}"}
    }
    file = write(tmp_path / "x", stack)
    out = resolved(capsys, file, "x.example.org")[1]
    assert "Looked up:    by the forwarding rule aws_route53_resolver_rule.f (example.org.)" in out
    assert "Connects to:  x.example.org., which is asked of 10.9.0.2" in out
    assert "its address is not in this file" in resolved(capsys, file, "api.example.com")[1]
    answer = json.loads(resolved(capsys, file, "x.example.org", "--json")[1])
    assert answer["lookup"]["servers"] == ["10.9.0.2"]


def test_the_label_of_a_vpc_names_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    stack = copy.deepcopy(STACK)
    stack["resource"][f"{RULE}_group_association"]["main"]["name"] = "hub-primary"
    file = write(tmp_path / "x", stack)
    assert resolved(capsys, file, "api.example.com", "--vpc", "primary")[0] == 10
    assert main(["resolve", "--from", str(file), "api.example.com", "--vpc", "hub"]) == 2
    assert "aws_vpc.main (prod), label primary" in capsys.readouterr().err
