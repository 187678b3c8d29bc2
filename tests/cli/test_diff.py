"""``northsouth diff``: two sides of a repository, or of folders; what is destroyed first; exit codes and errors."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from northsouth.cli.main import main
from northsouth.drift import revisions
from tests.drift.plans import change, plan

# Writes what `cdktf synth` would; the declaration is in a module of its own, which an editable install would name.
APP = """
import json, os, pathlib
from declared import STACKS
out = pathlib.Path(os.environ["CDKTF_OUTDIR"])
listed = {}
for name, document in STACKS.items():
    (out / "stacks" / name).mkdir(parents=True)
    place = {"backend": {"local": {"path": os.getcwd() + "/terraform.tfstate"}}}
    (out / "stacks" / name / "cdk.tf.json").write_text(json.dumps({"terraform": place, **document}))
    listed[name] = {"synthesizedStackPath": f"stacks/{name}/cdk.tf.json"}
(out / "manifest.json").write_text(json.dumps({"stacks": listed}))
"""


def git(folder: Path, *arguments: str) -> str:
    who = ["-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "commit.gpgsign=false"]
    return subprocess.run(["git", *who, *arguments], cwd=folder, check=True, capture_output=True, text=True).stdout


class Repository:
    """A repository whose folder ``infra`` is an app, on the branch ``main``."""

    def __init__(self, path: Path) -> None:
        self.path = path / "repository"
        self.app = self.path / "infra"
        (self.path / "library").mkdir(parents=True)
        self.app.mkdir()
        git(self.path, "init", "--quiet", "--initial-branch=main")
        (self.path / ".gitattributes").write_text("infra export-ignore\n")
        (self.app / "cdktf.json").write_text('{"app": "python main.py"}')
        (self.app / "main.py").write_text(APP)
        self.declare(edge={"aws_vpc": {"main": {"cidr_block": "10.0.0.0/16"}}, "aws_eip": {"old": {}}})

    def declare(self, **stacks: dict[str, object]) -> None:
        """Declare the resources of stacks in the work tree."""
        documents = {name: {"resource": resources} for name, resources in stacks.items()}
        (self.path / "library" / "declared.py").write_text(f"STACKS = {documents!r}\n")

    def commit(self) -> None:
        """Commit the work tree."""
        git(self.path, "add", "--all")
        git(self.path, "commit", "--quiet", "--message", "a change")


NOW = {"aws_vpc": {"main": {"cidr_block": "10.1.0.0/16"}}, "aws_sns_topic": {"new": {"name": "x"}}}


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repository:
    made = Repository(tmp_path)
    made.commit()
    git(made.path, "switch", "--quiet", "--create", "branch")
    monkeypatch.chdir(made.app)
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    # As an editable installation would: the work tree's library is on the path of this interpreter.
    monkeypatch.syspath_prepend(str(made.path / "library"))
    before = os.environ.get("PYTHONPATH", "")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(made.path / "library"), before]).rstrip(os.pathsep))
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    return made


def test_what_would_be_destroyed_comes_first(repository: Repository, capsys: pytest.CaptureFixture[str]) -> None:
    repository.declare(edge=NOW)
    repository.commit()
    index = (repository.path / ".git" / "index").read_bytes()
    assert main(["diff", "main"]) == 1
    commit = git(repository.path, "rev-parse", "--short=12", "main").strip()
    assert capsys.readouterr().out == (
        f"main ({commit}) → now\n"
        "edge:\n"
        "  - aws_eip.old\n"
        '  -/+ aws_vpc.main cidr_block: "10.0.0.0/16" → "10.1.0.0/16" (forces replacement)\n'
        "  + aws_sns_topic.new\n"
        "  1 to destroy, 1 to replace, 1 to create.\n"
    )
    assert (repository.path / ".git" / "index").read_bytes() == index
    assert git(repository.path, "status", "--porcelain") == ""
    assert git(repository.path, "worktree", "list").count("\n") == 1
    assert list((repository.path.parent / "temporary").iterdir()) == []


@pytest.mark.slow
@pytest.mark.usefixtures("repository")
def test_nothing_changes(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["diff", "HEAD"]) == 0
    assert capsys.readouterr().out.endswith("edge:\n  Nothing changes in what is declared.\n")


@pytest.mark.slow
def test_uncommitted_changes_count_and_are_told(repository: Repository, capsys: pytest.CaptureFixture[str]) -> None:
    repository.declare(edge=NOW)
    assert main(["diff", "main"]) == 1
    assert "→ the work tree, uncommitted changes included\n" in capsys.readouterr().out


@pytest.mark.slow
def test_what_the_other_branch_has_done_since_is_no_change_of_this_one(
    repository: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    git(repository.path, "switch", "--quiet", "main")
    repository.declare(edge={})
    repository.commit()
    git(repository.path, "switch", "--quiet", "branch")
    assert main(["diff", "main"]) == 0
    assert capsys.readouterr().out


@pytest.mark.slow
def test_as_json_with_stacks_that_came_and_went(repository: Repository, capsys: pytest.CaptureFixture[str]) -> None:
    repository.declare(hub={"aws_eip": {"new": {}}})
    assert main(["diff", "main", "--json"]) == 1
    found = json.loads(capsys.readouterr().out)
    assert (found["base"], found["commit"], found["uncommitted"]) == (
        "main",
        git(repository.path, "rev-parse", "main").strip(),
        True,
    )
    assert [(each["stack"], each["status"], each["destructive"]) for each in found["stacks"]] == [
        ("edge", "removed", 2),
        ("hub", "added", 0),
    ]
    assert {"address": "aws_eip.new", "action": "created"} in found["stacks"][1]["changes"]
    assert main(["diff", "main", "hub", "--destructive-only"]) == 0
    main(["diff", "main", "edge"])
    assert "edge: no longer a stack; what exists of it stays until it is destroyed" in capsys.readouterr().out


def synthesized(folder: Path, **stacks: dict[str, object]) -> Path:
    listed = {}
    for name, resources in stacks.items():
        (folder / "stacks" / name).mkdir(parents=True)
        (folder / "stacks" / name / "cdk.tf.json").write_text(json.dumps({"resource": resources}))
        listed[name] = {"synthesizedStackPath": f"stacks/{name}/cdk.tf.json"}
    (folder / "manifest.json").write_text(json.dumps({"stacks": listed}))
    return folder


def test_two_folders_need_no_repository(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    synthesized(tmp_path / "before", edge={"aws_eip": {"a": {}}})
    synthesized(tmp_path / "after", edge={"aws_eip": {"a": {}, "b": {}}})
    assert main(["diff", "before", "--output", "after"]) == 1
    assert capsys.readouterr().out == "before → now\nedge:\n  + aws_eip.b\n  1 to create.\n"
    (tmp_path / "saved.json").write_text((tmp_path / "before" / "stacks" / "edge" / "cdk.tf.json").read_text())
    for base in ("saved.json", "before/stacks/edge/cdk.tf.json"):
        assert main(["diff", base, "--output", "after"]) == 1
        assert "edge:\n  + aws_eip.b\n" in capsys.readouterr().out


ZONE = {"google_compute_instance": {"i": {"zone": "a"}}}
"""A stack whose type is not in the table of what forces replacement."""


@pytest.fixture
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two folders that were synthesized to: ``before`` and ``after``, where an instance goes to another zone."""
    monkeypatch.chdir(tmp_path)
    synthesized(tmp_path / "before", edge=ZONE, hub={"aws_eip": {"a": {}}})
    after = {"google_compute_instance": {"i": {"zone": "b"}}, "aws_eip": {"new": {}}}
    synthesized(tmp_path / "after", edge=after, hub={"aws_eip": {"a": {}}})
    return tmp_path


def planned(folder: Path, *actions: str, address: str = "google_compute_instance.i") -> str:
    """Write a plan with one entry and return its file."""
    entry = change(address, *actions, before={"zone": "a"}, after={"zone": "b"}, replace_paths=[["zone"]])
    (folder / "plan.json").write_text(json.dumps(plan([entry])))
    return "plan.json"


DIFF = ["diff", "before", "--output", "after"]
EDGE = ["diff", "before", "edge", "--output", "after"]


@pytest.mark.usefixtures("folders")
def test_what_may_be_replaced_has_an_exit_code_of_its_own(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*DIFF, "--destructive-only"]) == 3
    assert capsys.readouterr().out == (
        "before → now\n"
        "edge:\n"
        "  ? google_compute_instance.i: may replace (type unknown)\n"
        '      zone: "a" → "b"\n'
        "  1 that may be replaced.\n"
        "  Left out: 1 to create.\n"
        "hub:\n"
        "  Nothing changes in what is declared.\n"
    )
    assert main(DIFF) == 1


@pytest.mark.usefixtures("folders")
def test_unknown_types_can_be_allowed_and_are_still_counted(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*EDGE, "--destructive-only", "--allow-unknown"]) == 0
    assert capsys.readouterr().out == (
        "before → now\nedge:\n  Nothing of what was asked for.\n  Left out: 1 to change, 1 to create.\n"
    )


@pytest.mark.parametrize(("actions", "code"), [(["delete", "create"], 1), (["update"], 0)])
def test_a_plan_decides(folders: Path, capsys: pytest.CaptureFixture[str], actions: list[str], code: int) -> None:
    file = planned(folders, *actions)
    assert main([*EDGE, "--destructive-only", "--plan", file]) == code
    assert ('zone: "a" → "b" (forces replacement)' in capsys.readouterr().out) == bool(code)
    assert main([*DIFF, "--destructive-only", "--plan", f"edge={file}"]) == code
    capsys.readouterr()


def test_wrong_plans_are_refused(folders: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = planned(folders, "update")
    assert "--plan plan.json: say whose plan it is, as in STACK=FILE; the stacks: edge, hub" in refused(
        capsys, *DIFF[1:], "--plan", file
    )
    assert "there is a plan of edge already" in refused(
        capsys, *DIFF[1:], "--plan", f"edge={file}", "--plan", f"edge={file}"
    )
    assert "not a plan of hub: none of its resources is declared there, such as google_compute_instance.i" in refused(
        capsys, *DIFF[1:], "--plan", f"hub={file}"
    )
    assert "No such file" in refused(capsys, *EDGE[1:], "--plan", "none.json")
    assert "argument --plan: got an empty name" in refused(capsys, *EDGE[1:], "--plan", "")
    (folders / "state.json").write_text('{"format_version": "1.0", "values": {}}')
    assert "a state, not a plan" in refused(capsys, *EDGE[1:], "--plan", "state.json")
    assert "exclude each other" in refused(capsys, *DIFF[1:], "--json", "--markdown")


def test_a_key_that_is_there_twice_is_refused(folders: Path, capsys: pytest.CaptureFixture[str]) -> None:
    stack = folders / "before" / "stacks" / "edge" / "cdk.tf.json"
    stack.write_text('{"resource": {}, "resource": {}}')
    assert f'{stack}: the key "resource" is twice in the document' in refused(capsys, *EDGE[1:])


@pytest.mark.usefixtures("folders")
def test_as_markdown(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*EDGE, "--markdown"]) == 1
    assert capsys.readouterr().out == (
        "### northsouth diff: before → now\n\n"
        "**`edge`**\n\n"
        "```diff\n"
        "? google_compute_instance.i: may replace (type unknown)\n"
        '    zone: "a" → "b"\n'
        "+ aws_eip.new\n"
        "1 that may be replaced, 1 to create.\n"
        "```\n"
    )


def test_the_help_documents_every_exit_code(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["diff", "--help"]) == 0
    text = capsys.readouterr().out
    assert "exit codes with --destructive-only:" in text
    assert "3   nothing certainly is, but something may be" in text


def refused(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert main(["diff", *arguments]) == 2
    written = capsys.readouterr()
    assert written.out == ""
    return written.err


def test_a_commit_that_is_not_here(repository: Repository, capsys: pytest.CaptureFixture[str]) -> None:
    assert "fetch it first, as with `git fetch origin nowhere`" in refused(capsys, "nowhere")
    git(repository.path, "update-ref", "refs/remotes/origin/far", "HEAD")
    assert "did you mean 'origin/far'?" in refused(capsys, "far")
    assert "neither a synthesized folder nor a commit" in refused(capsys, "--", "--upload-pack=x")
    assert "no stack 'web' on either side; there are: edge" in refused(capsys, "main", "web")


@pytest.mark.slow
def test_a_shallow_clone(
    repository: Repository, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for note in ("first", "second"):
        (repository.path / "note").write_text(note)
        repository.commit()
    clone = repository.path.parent / "clone"
    git(repository.path, "clone", "--quiet", "--depth=1", "--branch=branch", f"file://{repository.path}", str(clone))
    monkeypatch.chdir(clone / "infra")
    assert "fetch --unshallow` (in GitHub Actions `fetch-depth: 0`)" in refused(capsys, "main")
    git(clone, "fetch", "--quiet", "--depth=1", "origin", "main:main")
    assert "the history that this branch shares with 'main' is not here; this is a shallow" in refused(capsys, "main")


@pytest.mark.slow
def test_branches_without_a_common_past_are_compared_as_they_are(
    repository: Repository, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(repository.path)
    git(repository.path, "switch", "--quiet", "--orphan", "apart")
    git(repository.path, "checkout", "main", "--", ".")
    monkeypatch.chdir(repository.app)
    repository.declare(edge={})
    repository.commit()
    assert main(["diff", "main"]) == 1
    assert "- aws_eip.old" in capsys.readouterr().out


@pytest.mark.slow
def test_a_side_that_does_not_synthesize_is_named(repository: Repository, capsys: pytest.CaptureFixture[str]) -> None:
    (repository.path / "library" / "declared.py").write_text("raise SystemExit('no such VPC')\n")
    assert "no such VPC" in refused(capsys, "main")
    repository.commit()
    repository.declare(edge={})
    repository.commit()
    found = refused(capsys, "HEAD~1")
    assert "at HEAD~1 (" in found
    assert "no such VPC" in found


@pytest.mark.slow
def test_a_commit_before_there_was_an_app(repository: Repository, capsys: pytest.CaptureFixture[str]) -> None:
    git(repository.path, "rm", "-r", "--quiet", "--cached", "infra")
    git(repository.path, "-c", "user.name=t", "-c", "user.email=t@x", "commit", "--quiet", "--message", "none")
    repository.commit()
    assert "at HEAD~1 (" in refused(capsys, "HEAD~1")


@pytest.mark.slow
def test_outside_a_repository_and_without_git(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    assert "is in no git repository" in refused(capsys, "main")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert "git is not on the PATH" in refused(capsys, "main")


@pytest.mark.slow
def test_only_folders_that_the_commit_has_go_on_the_path(repository: Repository) -> None:
    past = revisions.checkout(
        revisions.find("main", repository.app), repository.app, repository.path.parent / "temporary"
    )
    entries = revisions.sources(repository.app, past)["PYTHONPATH"].split(os.pathsep)
    assert entries[0] == str(past.folder.parent / "library")


def test_the_price_of_the_alarms(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    simple = {"alarm_name": "a", "metric_name": "Errors", "namespace": "Shop", "period": 60, "threshold": 1}
    composite = {"aws_cloudwatch_composite_alarm": {"c": {"alarm_name": "c", "alarm_rule": "ALARM(a)"}}}

    def stack(name: str, **resources: object) -> Path:
        folder = tmp_path / name / "stacks" / "edge"
        folder.mkdir(parents=True)
        alarms = {"aws_cloudwatch_metric_alarm": {"a": simple}, **resources}
        (folder / "cdk.tf.json").write_text(json.dumps({"terraform": {}, "resource": alarms}))
        listed = {"stacks": {"edge": {"synthesizedStackPath": "stacks/edge/cdk.tf.json"}}}
        (folder.parents[1] / "manifest.json").write_text(json.dumps(listed))
        return folder.parents[1]

    before, after = stack("before"), stack("after", **composite)
    assert main(["diff", str(before), "--output", str(after)]) == 1
    assert "  1 to create.\n  alarms: 1 → 2, +0.50 USD a month\n" in capsys.readouterr().out
    assert main(["diff", str(before), "--output", str(after), "--markdown"]) == 1
    assert "alarms: 1 → 2, +0.50 USD a month" in capsys.readouterr().out
    assert main(["diff", str(before), "--output", str(after), "--json"]) == 1
    (told,) = json.loads(capsys.readouterr().out)["stacks"]
    assert [told["alarms"][side]["usd_per_month"] for side in ("before", "after")] == [0.1, 0.6]
    assert main(["diff", str(after), "--output", str(after)]) == 0
    assert "alarms:" not in capsys.readouterr().out
