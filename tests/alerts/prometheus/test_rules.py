from __future__ import annotations

import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from northsouth.alerts.prometheus import RuleFile, RuleGroup
from northsouth.alerts.prometheus.rules import plain
from northsouth.errors import ConfigurationError
from tests.alerts.prometheus.rules import GROUP, SHARE, alert

WRITTEN = """\
groups:
  - name: targets
    interval: 30s
    rules:
      - record: job:up:avg
        expr: avg by (job) (up)
        labels:
          site: paris
          team: edge
      - alert: TargetDown
        expr: |-
          max by (cluster, job) (up)
            == 0
        for: 5m
        labels:
          severity: critical
          site: paris
        annotations:
          summary: '{{ $labels.job }} of {{ $labels.cluster }} is down'
          description: Prometheus cannot reach it.
          runbook_url: https://wiki.example.com/runbooks#TargetDown
"""


def test_a_file_reads_as_if_written_by_hand() -> None:
    assert RuleFile([GROUP]).yaml() == WRITTEN


def test_every_argument_reaches_the_file() -> None:
    rule = alert(keep_firing_for="10m", for_="0s", labels={"team": "edge"}, annotations={"dashboard": "d/1"})
    group = RuleGroup("g", [rule], interval="1m", limit=20, query_offset="2m", labels={"site": "x"})
    [written] = yaml.safe_load(RuleFile([group]).yaml())["groups"]
    assert {key: written[key] for key in ("name", "interval", "limit", "query_offset")} == {
        "name": "g",
        "interval": "1m",
        "limit": 20,
        "query_offset": "2m",
    }
    [values] = written["rules"]
    assert (values["for"], values["keep_firing_for"]) == ("0s", "10m")
    assert values["labels"] == {"severity": "critical", "site": "x", "team": "edge"}
    assert values["annotations"]["dashboard"] == "d/1"


def test_a_rules_own_label_wins_over_its_groups() -> None:
    [written] = yaml.safe_load(RuleFile([replace(GROUP, rules=[SHARE], labels={"team": "none"})]).yaml())["groups"]
    assert written["rules"][0]["labels"] == {"team": "edge"}


@pytest.mark.parametrize(
    "text", ["yes", "1:30", "0x10", "null", "a: b", "# no", "{{ $value }}", "é\ttab", "- x", "1e3"]
)
def test_any_text_comes_back_as_it_went_in(text: str) -> None:
    [written] = yaml.safe_load(RuleFile([RuleGroup("g", [alert(annotations={"note": text})])]).yaml())["groups"]
    assert written["rules"][0]["annotations"]["note"] == text


def test_nothing_wrong_is_written() -> None:
    with pytest.raises(ConfigurationError, match=r"2 problems in rules"):
        RuleFile([RuleGroup("g", [alert(expr="rate(", for_="soon")])]).yaml()


@pytest.mark.parametrize("text", ["1e3", "0o17", "1.5", "y", "N", "true", "~", "2024-01-01"])
def test_no_reader_of_yaml_takes_a_text_for_something_else(text: str) -> None:
    assert f"note: '{text}'\n" in RuleFile([RuleGroup("g", [alert(annotations={"note": text})])]).yaml()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (" one ", "one"),
        ("\n    a\n      b  \n\n    c\n  ", "a\n  b\n\nc"),
        ("a\n    b\n      c", "a\nb\n  c"),
        ("", ""),
        ("a\tb", "a\tb"),
    ],
)
def test_the_indentation_of_the_source_is_left_out(text: str, expected: str) -> None:
    assert plain(text) == expected


def test_promtool_accepts_it(promtool: str, tmp_path: Path) -> None:
    (tmp_path / "rules.yaml").write_text(RuleFile([GROUP]).yaml(), encoding="utf-8")
    done = subprocess.run(
        [promtool, "check", "rules", "rules.yaml"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert "SUCCESS: 2 rules found" in done.stdout, done.stderr
