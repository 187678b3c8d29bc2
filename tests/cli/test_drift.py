"""``northsouth drift`` with a stand-in for Terraform: what it is asked, and what becomes of its failures."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from northsouth.cli.main import main
from northsouth.drift.account import Unmanaged
from northsouth.drift.planning import rooted
from tests.drift.plans import change, plan

TERRAFORM = """#!{python}
import json, os, pathlib, sys
with open({log!r}, "a") as log:
    print(json.dumps([os.getcwd(), *sys.argv[1:]]), file=log)
{body}
"""
PLAN = """
if sys.argv[1] == "show":
    print(pathlib.Path({shown!r}).read_text())
"""
NO_CREDENTIALS = """
if sys.argv[1] == "plan":
    print(json.dumps({"type": "version", "@message": "Terraform 1.11"}))
    found = {"severity": "error", "summary": "No valid credential sources found", "detail": "Please see the docs."}
    print(json.dumps({"@level": "error", "type": "diagnostic", "diagnostic": found}))
    print("not JSON")
    sys.exit(1)
"""
NO_STATE = """
if sys.argv[1] == "init":
    print("╷\\n│ Error: Failed to get existing workspaces\\n│ \\n│ S3 bucket does not exist.\\n╵", file=sys.stderr)
    sys.exit(1)
"""
SLOW = """
if sys.argv[1] == "plan":
    import signal, time
    def end(*_):
        print("ended", file=open({log!r}, "a"))
        sys.exit(1)
    signal.signal(signal.SIGINT, end)
    print("planning", file=open({log!r}, "a"), flush=True)
    while True:
        time.sleep(0.05)
"""


class Folder:
    """An app's folder with one synthesized stack, and a stand-in for Terraform."""

    def __init__(self, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.path = path / "app"
        self.temporary = path / "temporary"
        self.log = path / "log"
        stack = self.path / "cdktf.out" / "stacks" / "edge"
        for folder in (stack / ".terraform", stack / "assets", self.temporary):
            folder.mkdir(parents=True)
        backend = {"local": {"path": "../../../terraform.edge.tfstate"}}
        (stack / "cdk.tf.json").write_text(json.dumps({"terraform": {"backend": backend}, "resource": {}}))
        (stack / "assets" / "code.zip").write_text("code")
        (stack / ".terraform" / "large").write_text("a provider")
        (stack / ".terraform.lock.hcl").write_text("# versions")
        listed = {"edge": {"synthesizedStackPath": "stacks/edge/cdk.tf.json"}}
        (self.path / "cdktf.out" / "manifest.json").write_text(json.dumps({"stacks": listed}))
        self._binary = path / "terraform"
        monkeypatch.chdir(self.path)
        monkeypatch.setenv("TERRAFORM_BINARY_NAME", str(self._binary))
        monkeypatch.setattr("tempfile.tempdir", str(self.temporary))

    def terraform(self, body: str) -> None:
        """Make a stand-in that does this."""
        filled = body.replace("{log!r}", repr(str(self.log)))
        self._binary.write_text(TERRAFORM.format(python=sys.executable, log=str(self.log), body=filled))
        self._binary.chmod(0o755)

    def shows(self, document: object) -> None:
        """Make a stand-in that plans this."""
        shown = self.path.parent / "plan.json"
        shown.write_text(json.dumps(document))
        self.terraform(PLAN.replace("{shown!r}", repr(str(shown))))

    def asked(self) -> list[list[str]]:
        """Return what the stand-in was asked, without the folder it ran in."""
        return [json.loads(line)[1:] for line in self.log.read_text().splitlines()]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Folder:
    return Folder(tmp_path, monkeypatch)


def test_it_only_plans_without_a_lock_and_leaves_nothing(folder: Folder, capsys: pytest.CaptureFixture[str]) -> None:
    folder.shows(plan([change("aws_a.a", "no-op", before={}, after={})]))
    before = {file: file.read_bytes() for file in folder.path.rglob("*") if file.is_file()}
    assert main(["drift", "--output", "cdktf.out"]) == 0
    assert capsys.readouterr().out == "edge: as declared (1 resource)\n"
    init, planned, show = folder.asked()
    assert init == ["init", "-input=false", "-no-color", "-reconfigure", "-lock=false"]
    assert planned == ["plan", "-input=false", "-json", "-out=northsouth.tfplan", "-lock=false"]
    assert show == ["show", "-json", "northsouth.tfplan"]
    assert {file: file.read_bytes() for file in folder.path.rglob("*") if file.is_file()} == before
    assert list(folder.temporary.iterdir()) == []


def test_it_can_wait_for_a_deploy(folder: Folder) -> None:
    folder.shows(plan([]))
    assert main(["drift", "--output", "cdktf.out", "--lock"]) == 0
    assert folder.asked()[1][-2:] == ["-lock=true", "-lock-timeout=10m"]


def test_the_copy_that_is_planned_has_all_but_what_terraform_made(
    folder: Folder, capsys: pytest.CaptureFixture[str]
) -> None:
    folder.terraform(
        "if sys.argv[1] == 'plan':\n"
        "    found = sorted(str(each) for each in pathlib.Path().rglob('*') if each.is_file())\n"
        "    state = json.load(open('cdk.tf.json'))['terraform']['backend']['local']['path']\n"
        "    sys.exit(f'{found} {pathlib.Path(state).resolve()}')"
    )
    assert main(["drift", "--output", "cdktf.out"]) == 2
    copied = [".terraform.lock.hcl", "assets/code.zip", "cdk.tf.json"]
    assert f"{copied} {folder.path / 'terraform.edge.tfstate'}" in capsys.readouterr().out
    assert str(folder.path) not in folder.log.read_text()


def test_differences_set_the_exit_code(folder: Folder, capsys: pytest.CaptureFixture[str]) -> None:
    folder.shows(plan([change("aws_a.a", "update", before={"x": 1}, after={"x": 2})]))
    assert main(["drift", "edge", "--output", "cdktf.out", "--json"]) == 1
    (stack,) = json.loads(capsys.readouterr().out)["stacks"]
    assert (stack["status"], stack["findings"][0]["kind"]) == ("different", "not-applied")
    assert main(["drift", "--output", "cdktf.out", "--outside-only"]) == 0


def test_what_outside_only_leaves_out_is_named(folder: Folder, capsys: pytest.CaptureFixture[str]) -> None:
    folder.shows(plan([change("aws_a.a", "update", before={"x": 1}, after={"x": 2})]))
    assert main(["drift", "--output", "cdktf.out", "--outside-only"]) == 0
    assert capsys.readouterr().out == (
        "edge: nothing of what was asked for (1 resource declared)\n"
        "  left out: 1 resource declared but not applied: aws_a.a\n"
    )


IGNORED = """
[[ignore]]
address = "aws_a.*"
reason = "known"
expires = 2999-12-31

[[ignore]]
address = "aws_b.*"
reason = "was known"
expires = 2020-01-01
"""


@pytest.mark.parametrize("named", [False, True])
def test_the_ignore_file_hides_known_differences(
    folder: Folder, capsys: pytest.CaptureFixture[str], named: bool
) -> None:
    folder.shows(plan([change("aws_a.a", "update", before={"x": 1}, after={"x": 2})]))
    file = "known.toml" if named else "drift-ignore.toml"
    (folder.path / file).write_text(IGNORED)
    assert main(["drift", "--output", "cdktf.out", *(["--ignore", file] if named else [])]) == 0
    assert capsys.readouterr().out == (
        "edge: as declared but for what is ignored (1 resource)\n"
        "  ignored until 2999-12-31: aws_a.a (known)\n"
        f"{file}: entry 2 (aws_b.*) expired on 2020-01-01 and hides nothing any more (was known)\n"
    )


def test_an_ignore_file_that_is_named_must_be_there(folder: Folder, capsys: pytest.CaptureFixture[str]) -> None:
    folder.shows(plan([]))
    assert main(["drift", "--output", "cdktf.out", "--ignore", "none.toml"]) == 2
    assert "none.toml:\n  - the file: got No such file or directory" in capsys.readouterr().err
    assert not folder.log.exists()


def test_as_markdown_with_secrets_masked(folder: Folder, capsys: pytest.CaptureFixture[str]) -> None:
    entry = change(
        "aws_a.a",
        "update",
        before={"password": "hunter2", "x": "```"},
        after={"password": "hunter3", "x": 2},
        after_sensitive={"password": True},
    )
    folder.shows(plan([entry]))
    assert main(["drift", "--output", "cdktf.out", "--markdown"]) == 1
    assert capsys.readouterr().out == (
        "### northsouth drift\n\n"
        "**`edge`: different**\n\n"
        "````diff\n"
        "edge: 1 resource is not as declared (1 declared)\n"
        "  declared but not applied (real → declared)\n"
        "    ~ aws_a.a\n"
        '        password: "(sensitive)" → "(sensitive)"\n'
        '        x: "```" → 2\n'
        "````\n"
    )
    for form in ("--json", "--outside-only"):
        main(["drift", "--output", "cdktf.out", form])
        assert "hunter" not in capsys.readouterr().out
    assert main(["drift", "--output", "cdktf.out", "--markdown", "--json"]) == 2


def test_what_no_stack_declares_is_listed(
    folder: Folder, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    stray, other = (Unmanaged("aws_nat_gateway", f"nat-{at}", "us-east-1", "by hand") for at in (1, 2))
    asked: list[tuple[tuple[str, ...], frozenset[str]]] = []

    def listed(_: object, regions: tuple[str, ...], known: frozenset[str]) -> tuple[Unmanaged, ...]:
        asked.append((regions, known))
        return stray, other

    monkeypatch.setattr("northsouth.drift.account.unmanaged", listed)
    monkeypatch.setenv("AWS_REGION", "us-east-1")
    (folder.path / "drift-ignore.toml").write_text(IGNORED.replace("aws_a.*", "aws_nat_gateway nat-2"))
    folder.shows(plan([change("aws_nat_gateway.n", "no-op", before={}, after={"id": "nat-0"})]))
    assert main(["drift", "--output", "cdktf.out", "--unmanaged"]) == 1
    assert asked == [(("us-east-1",), frozenset({"nat-0"}))]
    assert capsys.readouterr().out.splitlines()[:4] == [
        "edge: as declared (1 resource)",
        "unmanaged: 1 resource that no stack declares (us-east-1)",
        "  ! aws_nat_gateway nat-1 (by hand, us-east-1)",
        "  ignored until 2999-12-31: aws_nat_gateway nat-2 (known)",
    ]
    assert main(["drift", "--output", "cdktf.out", "--unmanaged", "--json"]) == 1
    assert [each["id"] for each in json.loads(capsys.readouterr().out)["unmanaged"]] == ["nat-1"]
    assert main(["drift", "--output", "cdktf.out", "--unmanaged", "--markdown"]) == 1
    assert "**The account**" in capsys.readouterr().out


def test_the_account_is_not_listed_without_all_states(
    folder: Folder, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("AWS_REGION", "us-east-1")
    folder.terraform(NO_CREDENTIALS)
    assert main(["drift", "--output", "cdktf.out", "--unmanaged"]) == 2
    assert "not listed, because a stack could not be planned" in capsys.readouterr().out
    assert main(["drift", "edge", "--output", "cdktf.out", "--unmanaged"]) == 2
    assert "leave out the names of stacks" in capsys.readouterr().err
    monkeypatch.delenv("AWS_REGION")
    monkeypatch.delenv("AWS_DEFAULT_REGION", raising=False)
    assert main(["drift", "--output", "cdktf.out", "--unmanaged"]) == 2
    assert "set AWS_REGION" in capsys.readouterr().err


def test_the_help_documents_every_exit_code(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["drift", "--help"]) == 0
    assert "2   wrong arguments" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (NO_CREDENTIALS, "terraform plan: No valid credential sources found: Please see the docs."),
        (NO_STATE, "terraform init: Error: Failed to get existing workspaces\n  S3 bucket does not exist."),
    ],
)
def test_a_stack_that_cannot_be_planned(
    folder: Folder, capsys: pytest.CaptureFixture[str], body: str, said: str
) -> None:
    folder.terraform(body)
    assert main(["drift", "--output", "cdktf.out"]) == 2
    assert capsys.readouterr().out == f"edge: failed\n  {said}\n"
    assert list(folder.temporary.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["drift"], "no cdktf.json in"),
        (["drift", "--output", "nowhere"], "run `cdktf synth` first"),
        (["drift", "web", "--output", "cdktf.out"], "no stack 'web'; there are: edge"),
        (["drift", "--outpt", "x"], "unrecognized arguments"),
    ],
)
def test_wrong_arguments(folder: Folder, capsys: pytest.CaptureFixture[str], arguments: list[str], said: str) -> None:
    folder.shows(plan([]))
    assert main(arguments) == 2
    assert said in capsys.readouterr().err


def test_without_terraform(folder: Folder, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["drift", "--output", "cdktf.out"]) == 2
    assert "is not on the PATH: get Terraform at https://" in capsys.readouterr().err
    assert list(folder.temporary.iterdir()) == []


@pytest.mark.slow
def test_when_it_is_terminated_terraform_may_end_and_the_temporary_folder_goes(folder: Folder) -> None:
    folder.terraform(SLOW)
    env = os.environ | {"TMPDIR": str(folder.temporary)}
    command = [sys.executable, "-m", "northsouth.cli.main", "drift", "--output", "cdktf.out"]
    env["PYTHONPATH"] = os.pathsep.join(str(Path(each).resolve()) for each in sys.path if each)
    with subprocess.Popen(command, cwd=folder.path, env=env) as process:
        deadline = time.monotonic() + 120
        while not (folder.log.exists() and "planning" in folder.log.read_text()):
            assert time.monotonic() < deadline
            time.sleep(0.02)
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=60) == 130
    assert folder.log.read_text().splitlines()[-1] == "ended"
    assert list(folder.temporary.iterdir()) == []


HOME = Path("/app/cdktf.out/stacks/edge")


def test_a_relative_local_state_is_found_from_elsewhere() -> None:
    assert rooted({"terraform": {"backend": {"local": {"path": "../x.tfstate", "workspace_dir": "w"}}}}, HOME) == {
        "terraform": {"backend": {"local": {"path": f"{HOME}/../x.tfstate", "workspace_dir": "w"}}}
    }
    absolute = {"terraform": {"backend": {"local": {"path": "/state/x.tfstate"}}}}
    assert rooted(absolute, HOME) == absolute
    assert rooted({"resource": {}}, HOME)["terraform"]["backend"]["local"]["path"] == f"{HOME}/terraform.tfstate"


@pytest.mark.parametrize(
    "settings", [{"backend": {"s3": {"bucket": "b", "key": "k"}}}, {"cloud": {"organization": "o"}}]
)
def test_other_backends_stay_as_they_are(settings: dict[str, object]) -> None:
    assert rooted({"terraform": settings}, HOME) == {"terraform": settings}


def test_the_local_state_of_another_stack_is_found_from_elsewhere() -> None:
    def document(path: str) -> dict[str, object]:
        states = {
            "hub": {"backend": "local", "config": {"path": path}},
            "far": {"backend": "s3", "config": {"bucket": "b", "path": "x"}},
        }
        return {"terraform": {"cloud": {}}, "data": {"terraform_remote_state": states}}

    assert rooted(document("../hub/x.tfstate"), HOME) == document(f"{HOME}/../hub/x.tfstate")
    assert rooted(document("${path.module}/x.tfstate"), HOME) == document("${path.module}/x.tfstate")
