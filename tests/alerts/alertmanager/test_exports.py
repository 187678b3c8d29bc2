from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from northsouth.alerts.alertmanager import Alertmanager, alertmanager_yaml
from northsouth.alerts.alertmanager.amp import definition, document
from northsouth.alerts.routes import Routes
from northsouth.errors import ConfigurationError
from tests.alerts.alertmanager.routes import CONFIG, HOOK, PAGER, ROUTES, SMTP
from tests.alerts.alertmanager.test_delivery_rules import PAGER_KEY, TOPICS
from tests.harness.plugin import skip_or_fail
from tests.harness.provider import ToolMissing

TEXT = alertmanager_yaml(CONFIG, smtp=SMTP, region="us-east-1")


def receivers(text: str) -> dict[str, dict[str, Any]]:
    return {each.pop("name"): each for each in yaml.safe_load(text)["receivers"]}


def test_the_file_names_its_secrets_and_holds_none() -> None:
    head = [line for line in TEXT.splitlines() if line.startswith("#")]
    assert head[1] == '# /etc/alertmanager/secrets/pager: the key of an integration "Events API v2"'
    assert head[-1] == "# /etc/alertmanager/secrets/smtp: the password of the mail server"
    named = set(re.findall(r"/etc/alertmanager/secrets/[\w-]+", TEXT.replace("\n".join(head), "")))
    assert named == {line.split()[1].rstrip(":") for line in head[1:]}


def test_every_kind_of_receiver_is_told_of_the_end_too() -> None:
    found = receivers(TEXT)
    kinds = {kind for told in found.values() for kind in told}
    assert kinds == {
        "pagerduty_configs",
        "opsgenie_configs",
        "sns_configs",
        "slack_configs",
        "discord_configs",
        "msteamsv2_configs",
        "webhook_configs",
        "email_configs",
    }
    for severity in ("critical", "warning"):
        assert all(each["send_resolved"] for told in found[severity].values() for each in told)
    assert not found["heartbeat"]["webhook_configs"][0]["send_resolved"]
    assert found["critical"]["pagerduty_configs"][0]["url"] == "https://events.eu.pagerduty.com/v2/enqueue"


def test_a_webhook_without_authorization_has_its_header_in_a_file() -> None:
    config = Alertmanager(routes=Routes.by_severity("", warning=[replace(HOOK, header="X-Key", scheme="")]))
    text = alertmanager_yaml(config, secrets="/run/secrets")
    (hook,) = receivers(text)["warning"]["webhook_configs"]
    assert hook["http_config"] == {"http_headers": {"X-Key": {"files": ["/run/secrets/hook"]}}}
    assert "# /run/secrets/hook: the whole value of the header X-Key" in text


def test_problems_are_one_report() -> None:
    with pytest.raises(ConfigurationError, match=r"2 problems in alertmanager\.yml") as raised:
        alertmanager_yaml(Alertmanager(routes=ROUTES))
    assert [problem.where for problem in raised.value.problems] == ["receivers.phone", "receivers.mail"]


def test_the_definition_is_a_text_within_a_text() -> None:
    config = document(CONFIG, topics=TOPICS, region="us-east-1", pagerduty={"critical": PAGER_KEY})
    assert yaml.safe_load(yaml.safe_load(definition(config))["alertmanager_config"]) == config
    (key,) = (each["routing_key"] for each in config["receivers"][1]["pagerduty_configs"])
    assert key == {"aws_secrets_manager": {"secret_arn": PAGER_KEY.value, "secret_key": "key"}}


def amtool(*arguments: str) -> str:
    found = shutil.which("amtool")
    if found is None:
        skip_or_fail(
            ToolMissing("amtool is not installed; it comes with Alertmanager: apt install prometheus-alertmanager")
        )
    done = subprocess.run(["amtool", *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def as_of_version_0_25(config: dict[str, Any]) -> dict[str, Any]:
    """Say what Debian's amtool cannot know: Teams, files of Discord's addresses, keys in AWS Secrets Manager."""
    for receiver in config["receivers"]:
        receiver.pop("msteamsv2_configs", None)
        for discord in receiver.get("discord_configs", []):
            discord["webhook_url"] = f"https://discord.com{discord.pop('webhook_url_file')}"
        for pager in receiver.get("pagerduty_configs", []):
            if isinstance(pager.get("routing_key"), dict):
                pager["routing_key"] = "from AWS Secrets Manager"
    return config


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("alertmanager")
    amp = document(
        CONFIG, topics=TOPICS, region="us-east-1", pagerduty={"critical": PAGER_KEY}, heartbeat_topic="arn:x"
    )
    for name, config in (("self-run", yaml.safe_load(TEXT)), ("amp", amp)):
        (folder / f"{name}.yml").write_text(yaml.safe_dump(as_of_version_0_25(config)), encoding="utf-8")
    return sorted(folder.iterdir())


def test_amtool_accepts_both(files: list[Path]) -> None:
    assert amtool("check-config", *map(str, files)).count("SUCCESS") == 2


@pytest.mark.parametrize(
    ("labels", "receiver"),
    [
        (["severity=critical", "alertname=A"], "critical"),
        (["severity=warning"], "warning"),
        (["severity=info"], "nobody"),
        (["alertname=Watchdog", "severity=info"], "heartbeat"),
        (["alertname=FromElsewhere"], "warning"),
    ],
)
def test_amtool_finds_the_receiver(files: list[Path], labels: list[str], receiver: str) -> None:
    for file in files:
        assert amtool("config", "routes", "test", f"--config.file={file}", *labels).split() == [receiver]


def test_receivers_that_are_left_out_are_not_told() -> None:
    text = alertmanager_yaml(replace(CONFIG, leave_out=[PAGER.name]), smtp=SMTP, region="us-east-1")
    assert "pagerduty_configs" not in receivers(text)["critical"]
