"""Whatever file a command is given: one clear report in plain words, exit code 2, and never a traceback."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from northsouth.cli.main import main
from northsouth.egress.flows import ranges
from northsouth.egress.flows.control import read_control
from northsouth.errors import ConfigurationError

FILES = {
    "empty": b"",
    "blank": b" \n",
    "cut.json": b'{"a": ',
    "null.json": b"null",
    "number.json": b"3",
    "list.json": b"[]",
    "object.json": b"{}",
    "wrong-kinds.json": b'{"resource": 3, "MetricDataResults": 3, "AlarmHistoryItems": 3, "prefixes": 3}',
    "deep.json": b"[" * 100_000,
    "digits.json": b'{"a": ' + b"9" * 5000 + b"}",
    "bytes": bytes(range(256)),
    "utf-16.json": '{"é": 1}'.encode("utf-16"),
    "cut.gz": b"\x1f\x8b\x08\x00\x00\x00\x00\x00",
    "nul.csv": b"start,end\n\x00,1\n",
    "words.txt": b"hello world\n",
    "deep.toml": b"a = " + b"[" * 5000,
    "wrong.toml": b"a = = 1\n",
}
NAMES = (*FILES, "absent", "absent/file", "n" * 300, "folder")
"""``folder`` is one, and empty."""

STACK = {
    "provider": {"aws": [{"region": "us-east-1"}]},
    "resource": {
        "aws_cloudwatch_metric_alarm": {
            "errors": {
                "alarm_name": "errors",
                "comparison_operator": "GreaterThanThreshold",
                "evaluation_periods": 1,
                "metric_name": "Errors",
                "namespace": "Shop",
                "period": 60,
                "statistic": "Sum",
                "threshold": 1,
            }
        }
    },
}
METRICS = "time,value\n2026-10-01T00:00:00Z,1\n2026-10-01T00:01:00Z,2\n2026-10-01T00:02:00Z,1\n"
FLOWS = (
    "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action "
    "log-status pkt-srcaddr pkt-dstaddr\n"
    "5 123456789012 eni-1 10.0.0.9 52.1.1.1 1 443 6 1 1000 1700000000 1700000060 ACCEPT OK 10.0.0.5 52.1.1.1\n"
)
FIELDS = 'name = "logs"\nindex_patterns = ["logs-*"]\ntime_field = "@timestamp"\n[fields]\n"@timestamp" = "date"\n'

REPLAY = "replay --stack stack.json --metrics metrics.csv --map value=Shop/Errors"
COMMANDS = (
    "resolve a.example.com --from BAD",
    "dns check --from BAD",
    "adopt BAD --from stack.json --output out.json",
    "adopt stack.json --from BAD --output out.json",
    "cost --stack BAD",
    "cost --stack stack.json --usage BAD",
    "cost --stack stack.json --prices BAD",
    "cost --stack stack.json --before BAD",
    "replay --stack BAD --metrics metrics.csv",
    "replay --plan BAD --metrics metrics.csv",
    "replay --stack stack.json --metrics BAD",
    f"{REPLAY} --incidents BAD",
    f"{REPLAY} --against BAD",
    "replay --stack stack.json --metrics metrics.csv --map BAD",
    "noise BAD",
    "report --after BAD",
    "report --after stack.json --before BAD",
    "report --after stack.json --usage BAD",
    "report --after stack.json --prices BAD",
    "report --after stack.json --flows BAD",
    "egress explain BAD --vpc-cidr 10.0.0.0/16",
    "egress explain flows.log --plan BAD",
    "egress explain flows.log --vpc-cidr 10.0.0.0/16 --region us-east-1 --prices BAD",
    "index template BAD",
    "index template fields.toml --against BAD",
    "index template fields.toml --fits BAD",
    "rules export BAD rules",
    "drift --ignore BAD",
)
RAW = re.compile(r"Errno|Traceback|codec|Exceeds the limit|recursion depth|end-of-stream|\bNone\b|[a-z]Error\b|<class")
"""What Python says, and no report should."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("bad")
    for name, content in FILES.items():
        (folder / name).write_bytes(content)
    (folder / "folder").mkdir()
    (folder / "stack.json").write_text(json.dumps(STACK))
    (folder / "metrics.csv").write_text(METRICS)
    (folder / "flows.log").write_text(FLOWS)
    (folder / "fields.toml").write_text(FIELDS)
    return folder


@pytest.mark.parametrize("command", COMMANDS)
def test_a_bad_file_is_refused_in_plain_words(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    monkeypatch.chdir(folder)
    unclear = {}
    for name in NAMES:
        code = main([name if word == "BAD" else word for word in command.split()])
        out, report = capsys.readouterr()
        is_clear = report.startswith("northsouth: error: ") if code == 2 else report == ""
        if code not in (0, 1, 2) or not is_clear or RAW.search(f"{out}{report}".replace(name, "")):
            unclear[name] = (code, out, report)
    assert unclear == {}


@pytest.mark.parametrize(
    "read",
    [lambda name: read_control(name, 0, 60), lambda name: ranges.read(name, Path("folder"))],
    ids=["--bytes-metric", "--ip-ranges"],
)
def test_what_is_read_after_the_records_is_refused_in_plain_words(
    folder: Path, monkeypatch: pytest.MonkeyPatch, read: Callable[[str], object]
) -> None:
    monkeypatch.chdir(folder)
    for name in NAMES:
        with pytest.raises(ConfigurationError) as caught:
            read(name)
        assert not RAW.search(str(caught.value).replace(name, "")), name


@pytest.mark.parametrize("command", [command for command in COMMANDS if "--map BAD" not in command])
def test_an_empty_name_is_refused(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A shell passes an unset variable so; Python would read the working directory."""
    assert main(["" if word == "BAD" else word for word in command.split()]) == 2
    assert "got an empty name; name a file or folder" in capsys.readouterr().err
