"""``northsouth index template``."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from northsouth.cli.main import main

FIELDS = """
name = "app-logs"
index_patterns = ["app-logs-*"]
time_field = "@timestamp"
times = ["iso", "epoch ms"]
settings = { "index.number_of_shards" = 3 }

[fields]
"@timestamp" = "date"
level = "keyword"
"user.id" = "long"
tags = { type = "keyword", many = true }
"""
MODULE = """
from northsouth.logs import IndexTemplate
LOGS = IndexTemplate(
    name="app-logs", index_patterns=["app-logs-*"], time_field="@timestamp", fields={"@timestamp": "date"}
)
NUMBER = 5
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("fields.toml").write_text(FIELDS, encoding="utf-8")
    return tmp_path


def run(*words: str) -> int:
    return main(["index", "template", *words])


def change(old: str, new: str) -> None:
    file = Path("fields.toml")
    file.write_text(file.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")


def test_a_template_is_written_and_checked(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("fields.toml", "template.json", "--check") == 1
    assert not Path("template.json").exists()
    assert run("fields.toml", "template.json") == 0
    written = Path("template.json").read_text(encoding="utf-8")
    assert json.loads(written)["template"]["settings"]["index.number_of_shards"] == 3
    assert run("fields.toml", "template.json", "--check") == 0
    capsys.readouterr()
    assert run("fields.toml") == 0
    assert capsys.readouterr().out == written

    change('"user.id" = "long"', '"user.id" = "long"\nmore = "ip"')
    assert run("fields.toml", "template.json", "--check") == 1
    assert capsys.readouterr().out == "template.json is not up to date\n"


def test_a_changed_type_is_refused(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    assert run("fields.toml", "template.json") == 0
    before = Path("template.json").read_text(encoding="utf-8")
    change('level = "keyword"', 'level = "long"')
    capsys.readouterr()
    for words in ([], ["--check"]):
        assert run("fields.toml", "template.json", *words) == 1
        assert 'template.json: level: "keyword" → "long". Indices' in capsys.readouterr().out
    assert Path("template.json").read_text(encoding="utf-8") == before

    Path("template.json").unlink()
    monkeypatch.setattr("sys.stdin", io.StringIO(before))
    assert run("fields.toml", "template.json", "--against", "-") == 1
    assert "standard input: level" in capsys.readouterr().out
    assert not Path("template.json").exists()


def test_samples_must_fit(capsys: pytest.CaptureFixture[str]) -> None:
    Path("good.jsonl").write_text('{"@timestamp": 1795770120000}\n', encoding="utf-8")
    Path("bad.jsonl").write_text('{"@timestamp": 1795770120000, "user": {"id": "u-1"}}\n', encoding="utf-8")
    assert run("fields.toml", "--fits", "good.jsonl") == 0
    assert capsys.readouterr().out == ""
    assert run("fields.toml", "--fits", "good.jsonl", "--fits", "bad.jsonl") == 1
    assert capsys.readouterr().out.startswith("bad.jsonl:1: user.id: 'u-1' is no value of long")


def test_a_list_in_python(capsys: pytest.CaptureFixture[str]) -> None:
    Path("index_fields_of_a_test.py").write_text(MODULE, encoding="utf-8")
    assert run("index_fields_of_a_test:LOGS") == 0
    assert json.loads(capsys.readouterr().out)["index_patterns"] == ["app-logs-*"]
    assert run("index_fields_of_a_test:NUMBER") == 2
    assert "is no IndexTemplate" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ('"user.id" =', "user.id =", 'write its whole name in quotes: "user.id" = "keyword".'),
        ('"user.id" = "long"', 'event.type = "keyword"', 'in quotes: "event.type" = "keyword".'),
        ('"keyword"\n', '"nested"\n', "fields.level: got 'nested'"),
        ("many = true", "mny = true", "fields.tags.mny: got the key 'mny'; there is no such key. Did you mean 'many'?"),
        ('"epoch ms"', '"epoch"', "times[1]: got 'epoch'; a time is written as one of \"iso\""),
        ("[fields]", "[felds]", "Did you mean 'fields'?"),
        ("[fields]", "fields = 5\n[x]", "fields: got a number; it is a table"),
        ('name = "app-logs"', "name =", "fields.toml: not TOML: Invalid value"),
    ],
)
def test_a_list_that_is_wrong(old: str, new: str, expected: str, capsys: pytest.CaptureFixture[str]) -> None:
    change(old, new)
    assert run("fields.toml", "template.json") == 2
    assert expected in capsys.readouterr().err
    assert not Path("template.json").exists()


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["fields.toml", "--check"], "--check compares FILE: name it"),
        (["fields"], "'fields' is not MODULE:NAME, or a .toml file"),
        (["none.toml"], "none.toml: No such file or directory"),
        (["fields.toml", "--against", "none.json"], "none.json: No such file or directory"),
        (["fields.toml", "--against", "fields.toml"], "fields.toml: not JSON: Expecting value"),
        (["fields.toml", "--fits", "none.jsonl"], "none.jsonl: No such file or directory"),
        (["fields.toml", "none/template.json"], "none/template.json: No such file or directory"),
    ],
)
def test_arguments_that_are_wrong(words: list[str], expected: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(*words) == 2
    assert expected in capsys.readouterr().err
