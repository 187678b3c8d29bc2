"""The files of the lab, by the programs that will read them."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
import yaml

from tests.harness.plugin import skip_or_fail
from tests.harness.promtool import verdict
from tests.harness.provider import ToolMissing
from tests.lab import configuration
from tests.lab.declared import LatencyRules
from tests.lab.programs import located

ADDRESS = "http://127.0.0.1:9"


def accepted(program: str, *arguments: str) -> None:
    """Require that a program finds no fault."""
    try:
        command = [located(program), *arguments]
    except ToolMissing as missing:
        skip_or_fail(missing)
        raise
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with rules, and ``alertmanager.yml`` of an Alertmanager of Debian 12."""
    path = tmp_path_factory.mktemp("lab")
    configuration.write_rules(path)
    configuration.write_alertmanager(path, ADDRESS, (0, 25))
    return path


def test_the_rules_differ_from_the_exported_ones_in_durations_alone(folder: Path) -> None:
    names = {file.name for file in (folder / "exported").glob("*.yaml")}
    assert names == {file.name for file in (folder / "rules").glob("*.yaml")} != set()
    for name in names:
        exported = yaml.safe_load((folder / "exported" / name).read_text(encoding="utf-8"))
        short = yaml.safe_load((folder / "rules" / name).read_text(encoding="utf-8"))
        for was, now in zip(exported["groups"], short["groups"], strict=True):
            for rule, shorter in zip(was["rules"], now["rules"], strict=True):
                kept = [key for key in rule if key not in ("expr", "for", "keep_firing_for")]
                assert {key: shorter[key] for key in kept} == {key: rule[key] for key in kept}
                assert rule.keys() == shorter.keys()


def test_promtool_accepts_the_rules_and_the_configurations(folder: Path) -> None:
    (folder / "prometheus.yml").write_text(configuration.hub(targets={"node": "127.0.0.1:1"}, alertmanager=2))
    accepted("promtool", "check", "config", str(folder / "prometheus.yml"))
    (folder / "cluster.yml").write_text(configuration.cluster("eu-prod", own=1, store=2))
    accepted("promtool", "check", "config", "--agent", str(folder / "cluster.yml"))


def test_amtool_accepts_the_routes(folder: Path) -> None:
    accepted("amtool", "check-config", str(folder / "alertmanager.yml"))


def test_an_alertmanager_that_knows_teams_gets_the_exported_receivers(tmp_path: Path) -> None:
    configuration.write_alertmanager(tmp_path, ADDRESS, (0, 28))
    exported = yaml.safe_load((tmp_path / "exported" / "alertmanager.yml").read_text(encoding="utf-8"))
    document = yaml.safe_load((tmp_path / "alertmanager.yml").read_text(encoding="utf-8"))
    for was, now in zip(exported["receivers"], document["receivers"], strict=True):
        assert {key: each for key, each in now.items() if key != "webhook_configs"} == {
            key: each for key, each in was.items() if key != "webhook_configs"
        }
    assert any("msteamsv2_configs" in each for each in document["receivers"])
    assert document["inhibit_rules"] == exported["inhibit_rules"]


def test_everything_that_is_notified_is_on_loopback(folder: Path) -> None:
    document = yaml.safe_load((folder / "alertmanager.yml").read_text(encoding="utf-8"))
    configs = [
        each for receiver in document["receivers"] for key in receiver if key != "name" for each in receiver[key]
    ]
    addresses = [each[key] for each in configs for key in ("webhook_url", "url") if key in each]
    files = [each[key] for each in configs for key in ("api_url_file", "webhook_url_file") if key in each]
    addresses += [Path(file).read_text(encoding="utf-8") for file in files]
    assert len(addresses) == len(configs)
    assert all(address.startswith(f"{ADDRESS}/") for address in addresses)


def test_the_pack_of_the_lab_passes_its_tests() -> None:
    assert verdict(LatencyRules()).failures == {}
