from pathlib import Path
from typing import Any

import pytest

from tests.harness import terraform
from tests.harness.plugin import skip_or_fail
from tests.harness.provider import ToolMissing


def change(address: str, *actions: str, mode: str = "managed") -> dict[str, Any]:
    return {"address": address, "mode": mode, "change": {"actions": list(actions)}}


def test_a_plan_is_sorted_by_what_it_does() -> None:
    changes = terraform.summarize(
        {
            "resource_changes": [
                change("b.new", "create"),
                change("a.new", "create"),
                change("a.changed", "update"),
                change("a.gone", "delete"),
                change("a.replaced", "delete", "create"),
                change("a.replaced_early", "create", "delete"),
                change("a.same", "no-op"),
                change("data.a.read", "read", mode="data"),
            ]
        }
    )
    assert changes.creates == ("a.new", "b.new")
    assert changes.updates == ("a.changed",)
    assert changes.destroys == ("a.gone",)
    assert changes.replaces == ("a.replaced", "a.replaced_early")
    assert not changes.empty
    assert str(changes).startswith("create a.new, b.new; update a.changed")
    assert terraform.summarize({}).empty


def test_the_environment_reaches_the_emulator_and_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "production")
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy:3128")
    monkeypatch.setenv("TF_CLI_CONFIG_FILE", "/missing")
    env = terraform.environment("http://127.0.0.1:1")
    assert env["AWS_ENDPOINT_URL"] == "http://127.0.0.1:1"
    assert not env.keys() & {"AWS_PROFILE", "HTTPS_PROXY"}
    assert env["TF_CLI_CONFIG_FILE"] != "/missing"


def test_an_absent_tool_skips_in_one_line_and_fails_in_ci(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ToolMissing, match="Terraform is not on the PATH: get it at") as missing:
        terraform.binary()
    assert "\n" not in str(missing.value)
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match="not on the PATH"):
        skip_or_fail(missing.value)
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="not on the PATH"):
        skip_or_fail(missing.value)
