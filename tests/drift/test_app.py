"""What an app is, and which stacks it wrote."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from northsouth.drift.app import AppError, chosen, project, stacks, synthesize

WRITE = 'import os,sys; print(sys.executable); open(os.environ["CDKTF_OUTDIR"] + "/seen", "w").write(sys.executable)'


def app(folder: Path, **settings: object) -> Path:
    (folder / "cdktf.json").write_text(json.dumps(settings))
    return folder


def manifest(folder: Path, **places: str) -> Path:
    listed = {name: {"synthesizedStackPath": place} for name, place in places.items()}
    (folder / "manifest.json").write_text(json.dumps({"stacks": listed}))
    return folder


def test_the_output_folder_is_the_configured_one(tmp_path: Path) -> None:
    assert project(app(tmp_path, app="python main.py")).output == tmp_path / "cdktf.out"
    assert project(app(tmp_path, app="python main.py", output="out")).output == tmp_path / "out"


def test_the_app_runs_with_this_interpreter(tmp_path: Path) -> None:
    (tmp_path / "main.py").write_text(WRITE)
    synthesize(project(app(tmp_path, app="python main.py")), tmp_path)
    assert Path((tmp_path / "seen").read_text()).parent == Path(sys.executable).parent


def test_an_app_that_fails_is_reported_with_the_end_of_what_it_said(tmp_path: Path) -> None:
    (tmp_path / "main.py").write_text("import sys; sys.exit('\\n'.join(f'line {n}' for n in range(50)))")
    with pytest.raises(AppError, match=r"(?s)^`python main.py` ended with 1 in .*:\nline 30\n.*line 49$"):
        synthesize(project(app(tmp_path, app="python main.py")), tmp_path)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "no cdktf.json in"),
        ("{", "cdktf.json: not JSON: Expecting"),
        ("[]", "not a JSON object"),
        ("{}", '"app" must be the command'),
        ('{"app": ["python"]}', '"app" must be the command'),
    ],
)
def test_a_folder_that_is_no_app(tmp_path: Path, content: str | None, message: str) -> None:
    if content is not None:
        (tmp_path / "cdktf.json").write_text(content)
    with pytest.raises(AppError, match=message):
        project(tmp_path)


def test_stacks_have_a_folder_and_a_home(tmp_path: Path) -> None:
    manifest(tmp_path, hub="stacks/hub/cdk.tf.json", edge="stacks/edge/cdk.tf.json")
    found = stacks(tmp_path, Path("/app/cdktf.out"))
    assert [(each.name, each.folder, each.home) for each in found] == [
        ("edge", tmp_path / "stacks" / "edge", Path("/app/cdktf.out/stacks/edge")),
        ("hub", tmp_path / "stacks" / "hub", Path("/app/cdktf.out/stacks/hub")),
    ]
    assert [each.name for each in chosen(found, [])] == ["edge", "hub"]
    assert [each.name for each in chosen(found, ["hub"])] == ["hub"]
    with pytest.raises(AppError, match="no stack 'web', 'x'; there are: edge, hub"):
        chosen(found, ["web", "hub", "x"])
    with pytest.raises(AppError, match=r"cdk\.tf\.json: "):
        found[0].document()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "run `cdktf synth` first"),
        ('{"stacks": {}}', "lists no stacks"),
        ('{"stacks": {"a": {"synthesizedStackPath": "../../etc/cdk.tf.json"}}}', "'a' is outside the folder"),
        ('{"stacks": {"a": {"synthesizedStackPath": "/etc/cdk.tf.json"}}}', "'a' is outside the folder"),
        ('{"stacks": {"a": {}}}', "'a' has no synthesizedStackPath"),
    ],
)
def test_a_folder_that_was_not_synthesized_to(tmp_path: Path, content: str | None, message: str) -> None:
    if content is not None:
        (tmp_path / "manifest.json").write_text(content)
    with pytest.raises(AppError, match=message):
        stacks(tmp_path, tmp_path)
