"""``northsouth rules export`` and ``northsouth rules test``."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from northsouth.alerts.prometheus.promtool import PromtoolMissingError, find
from northsouth.alerts.prometheus.rendering import rule_file
from northsouth.cli.main import main
from tests.alerts.prometheus.rules import GROUP
from tests.harness.plugin import skip_or_fail
from tests.harness.provider import ToolMissing

DECLARED = """
[prometheus]
runbook = "https://runbooks.example.com"
[prometheus.packs.targets]
jobs = ["node"]
down_for = "7m"
"""
MODULE = """
from dataclasses import dataclass, replace
from northsouth.alerts.prometheus import AlertTest, Firing
from northsouth.alerts.prometheus.packs import TargetRules

PACK = TargetRules(runbook="https://wiki.example.com", jobs=["api"])
PACKS = [PACK]
TWICE = [PACK, PACK]
NUMBER = 5

def made():
    return PACKS

@dataclass(frozen=True)
class Wrong:
    name: str = "wrong"
    def groups(self):
        return PACK.groups()
    def tests(self):
        first, *rest = PACK.tests()
        case = AlertTest("TargetDown", "1m", [Firing({"x": "y"})])
        return [first, replace(first, name="what never happens", alerts=[case]), *rest]

WRONG = Wrong()
"""


@pytest.fixture
def declared(tmp_path: Path) -> str:
    file = tmp_path / "alerts.toml"
    file.write_text(DECLARED, encoding="utf-8")
    return str(file)


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    (tmp_path / "own_packs.py").write_text(MODULE, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delitem(sys.modules, "own_packs", raising=False)
    return "own_packs"


@pytest.fixture(scope="module")
def promtool() -> str:
    try:
        return find()
    except PromtoolMissingError as missing:
        skip_or_fail(ToolMissing(str(missing)))
        raise


def stack(tmp_path: Path, **resources: dict[str, Any]) -> str:
    file = tmp_path / "cdk.tf.json"
    document = {"resource": {"aws_prometheus_rule_group_namespace": resources}}
    file.write_text(json.dumps(document), encoding="utf-8")
    return str(file)


def fails(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert main(["rules", *arguments]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    return captured.err


def test_a_file_of_parameters_is_written_with_its_tests_and_promtool_runs_them(
    declared: str, tmp_path: Path, promtool: str, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    assert main(["rules", "export", declared, str(out), "--tests"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        str(out / "targets.rules.yaml"),
        str(out / "tests" / "targets.1m.test.yaml"),
    ]
    rules = yaml.safe_load((out / "targets.rules.yaml").read_text(encoding="utf-8"))["groups"][0]["rules"]
    assert {rule["alert"]: rule["for"] for rule in rules}["TargetDown"] == "7m"
    assert rules[0]["annotations"]["runbook_url"].startswith("https://runbooks.example.com/targets#")
    done = subprocess.run(
        [promtool, "test", "rules", "tests/targets.1m.test.yaml"], cwd=out, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_check_finds_what_is_not_up_to_date(declared: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out"
    assert main(["rules", "export", declared, str(out), "--check"]) == 1
    assert capsys.readouterr().out == f"{out / 'targets.rules.yaml'} is not up to date\n"
    assert not out.exists()
    assert main(["rules", "export", declared, str(out)]) == 0
    capsys.readouterr()
    assert main(["rules", "export", declared, str(out), "--check"]) == 0
    (out / "targets.rules.yaml").write_text("groups: []", encoding="utf-8")
    assert main(["rules", "export", declared, str(out), "--check"]) == 1


@pytest.mark.parametrize("name", ["PACK", "PACKS", "made"])
def test_packs_of_ones_own_module_become_manifests(name: str, module: str, tmp_path: Path) -> None:
    arguments = ["--format", "prometheus-operator", "--kubernetes-namespace", "mon", "--label", "release=kps"]
    assert main(["rules", "export", f"{module}:{name}", "out", *arguments]) == 0
    manifest = yaml.safe_load((tmp_path / "out" / "targets.prometheusrule.yaml").read_text(encoding="utf-8"))
    assert manifest["kind"] == "PrometheusRule"
    assert manifest["metadata"] == {"name": "targets", "namespace": "mon", "labels": {"release": "kps"}}


def test_a_dashboard_shows_what_the_rules_measure(declared: str, tmp_path: Path) -> None:
    assert main(["rules", "export", declared, str(tmp_path), "--format", "grafana"]) == 0
    (file, *_) = sorted(tmp_path.glob("*.grafana.json"))
    document = json.loads(file.read_text(encoding="utf-8"))
    assert document["title"] == file.name.removesuffix(".grafana.json")
    assert {"row", "timeseries", "text"} <= {panel["type"] for panel in document["panels"]}


def test_the_namespaces_of_a_stack_become_those_of_mimir(tmp_path: Path) -> None:
    data = rule_file([GROUP])
    source = stack(tmp_path, rules={"name": "edge", "data": data}, more={"name": "more", "data": f"{data}# $${{1}}"})
    assert main(["rules", "export", source, str(tmp_path), "--format", "mimir"]) == 0
    for name in ("edge", "more"):
        written = yaml.safe_load((tmp_path / f"{name}.mimir.yaml").read_text(encoding="utf-8"))
        assert written == {"namespace": name, **yaml.safe_load(data)}


@pytest.mark.slow
def test_tests_that_pass(declared: str, promtool: str, capsys: pytest.CaptureFixture[str]) -> None:  # noqa: ARG001
    assert main(["rules", "test", declared]) == 0
    first, last = capsys.readouterr().out.splitlines()
    assert first.startswith("ok     targets: ")
    assert last.endswith("passed")


def test_a_test_that_fails_is_shown(module: str, promtool: str, capsys: pytest.CaptureFixture[str]) -> None:  # noqa: ARG001
    assert main(["rules", "test", f"{module}:WRONG", "--pack", "wrong"]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("FAILED wrong: ")
    assert lines[1] == "  - what never happens"
    assert any('x="y"' in line for line in lines)
    assert lines[-1].startswith("1 of ")


def test_without_promtool_it_is_told_how_to_get_it(
    declared: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", "")
    assert "promtool is not installed; it comes with Prometheus" in fails(capsys, "test", declared)


@pytest.mark.slow
def test_without_the_extra_it_is_told_how_to_get_it(declared: str) -> None:
    program = (
        "import sys\n"
        "sys.modules['promql_parser'] = None\n"
        "from northsouth.cli.main import main\n"
        f"sys.exit(main(['rules', 'export', {declared!r}, 'out']))\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "pip install 'northsouth[prometheus]'" in done.stderr


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a = ", "alerts.toml: not TOML: Invalid value"),
        ("[prometheus]", "there is no [prometheus.packs]"),
        ("[prometheus]\npacks = 5", "there is no [prometheus.packs]"),
        ("[prometheus.packs.targets]", "prometheus.packs.targets.runbook: got '/targets'; it is the http(s) address"),
        (
            f"{DECLARED}[prometheus.packs.target]",
            "prometheus.packs.target: got the pack 'target'; there is no such pack. Did you",
        ),
        (
            DECLARED.replace("down_for", "down_four"),
            "targets.down_four: got the key 'down_four'; there is no such key. Did you",
        ),
        (DECLARED.replace("7m", "7 min"), "prometheus.packs.targets.down_for: got '7 min'; it is a duration"),
    ],
)
def test_a_file_that_is_wrong_is_told_why(
    text: str, expected: str, declared: str, capsys: pytest.CaptureFixture[str]
) -> None:
    Path(declared).write_text(text, encoding="utf-8")
    assert expected in fails(capsys, "export", declared, "out")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("nowhere:PACK", "nowhere:PACK: No module named 'nowhere'"),
        ("json:loads", "json:loads needs arguments; name a pack, a list of packs, or what returns them"),
        ("own_packs:GONE", "own_packs:GONE: own_packs has no GONE"),
        ("own_packs:NUMBER", "own_packs:NUMBER is no pack of rules, nor a list of packs"),
        ("own_packs:TWICE", "two packs are called 'targets'"),
        ("own_packs", "'own_packs' is not MODULE:NAME, a .toml file or a .json file"),
    ],
)
@pytest.mark.usefixtures("module")
def test_a_module_that_is_wrong_is_told_why(name: str, expected: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert expected in fails(capsys, "export", name, "out")


@pytest.mark.parametrize(
    ("resource", "expected"),
    [
        ({}, "no aws_prometheus_rule_group_namespace"),
        ({"name": "a", "data": "${file.x.y}"}, "known only when Terraform runs"),
        ({"name": "a", "data": "groups: ["}, "are no YAML"),
        ({"name": "a", "data": "groups: 5"}, "have no groups"),
    ],
)
def test_a_stack_that_is_wrong_is_told_why(
    resource: dict[str, Any], expected: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = stack(tmp_path, **({"rules": resource} if resource else {}))
    assert expected in fails(capsys, "export", source, "out")


def test_arguments_that_do_not_go_together(declared: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = stack(tmp_path, rules={"name": "a", "data": rule_file([GROUP])})
    assert "holds rules, but no tests" in fails(capsys, "test", source)
    assert "has no pack 'x'; there are targets" in fails(capsys, "test", declared, "--pack", "x")
    assert "--label and --kubernetes-namespace are for" in fails(capsys, "export", declared, "o", "--label", "a=b")
    assert "--tests is for --format file" in fails(capsys, "export", declared, "o", "--format", "mimir", "--tests")
    assert "is not of the form" in fails(
        capsys, "export", declared, "o", "--format", "prometheus-operator", "--label", "a"
    )
    (tmp_path / "file").touch()
    assert "file" in fails(capsys, "export", declared, str(tmp_path / "file"))
