"""The plugin in throwaway projects: snapshots are written, compared, told apart, and guarded in CI."""

from __future__ import annotations

import sys

import pytest

from tests.testing.project import KEPT, Project, printed

pytestmark = pytest.mark.slow
pytest_plugins = ["pytester"]


@pytest.fixture
def project(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Project:
    return Project(pytester, monkeypatch)


def test_a_snapshot_is_written_when_asked_for_and_then_compared(project: Project) -> None:
    project.write()
    new = project.run()
    assert new.ret == 1
    assert f"There is no snapshot of 'edge' yet; --snapshot-update writes {KEPT}" in printed(new)
    assert not project.file().exists()

    assert project.run("--snapshot-update").ret == 0
    assert "5.100.0" not in project.file().read_text()
    addresses = project.file("__snapshots__/test_it/test_edge[edge].addresses.txt").read_text()
    assert addresses == "aws_cloudwatch_metric_alarm.nat\naws_sns_topic.t\n"
    assert project.run("-n", "2").ret == 0

    project.write("stack(threshold=6)")
    changed = project.run()
    assert changed.ret == 1
    assert "~ aws_cloudwatch_metric_alarm.nat threshold: 5 → 6\n1 to change." in printed(changed)

    project.write("stack(name='egress')")
    renamed = printed(project.run())
    assert "-/+ aws_cloudwatch_metric_alarm.egress: renamed from aws_cloudwatch_metric_alarm.nat" in renamed
    assert "1 to replace." in renamed

    project.write("stack(threshold=6, name='egress')")
    changed_too = printed(project.run_here())
    assert (
        "aws_cloudwatch_metric_alarm.nat: if it is now aws_cloudwatch_metric_alarm.egress, renamed and changed"
        in changed_too
    )


SECTION = "__snapshots__/test_it/test_edge[edge][{}].tf.json"
SECTIONS = "sections={'alarms': ['*_alarm.*'], 'topics': ['aws_sns_topic.*'], 'none': ['x']}"

WITHOUT_NONE = SECTIONS.replace(", 'none': ['x']", "")


def test_sections_are_written_compared_and_updated(project: Project) -> None:
    project.write(f"stack(), {SECTIONS}")
    new = project.run_here()
    assert new.ret == 1
    assert f"There is no snapshot of 'edge' yet; --snapshot-update writes {SECTION.format('alarms')}, " in printed(new)
    assert project.run_here("--snapshot-update").ret == 0
    named = {SECTION.format(section) for section in ("alarms", "topics", "none", "other")}
    assert project.snapshots().keys() == {*named, "__snapshots__/test_it/test_edge[edge].addresses.txt"}
    assert project.file(SECTION.format("none")).read_text() == "{}\n"
    assert project.run("-n", "2").ret == 0

    project.write(f"stack(threshold=6), {SECTIONS}")
    changed = printed(project.run_here())
    assert f"'edge' declares something else than {SECTION.format('alarms')} holds:" in changed
    assert "~ aws_cloudwatch_metric_alarm.nat threshold: 5 → 6\n1 to change." in changed
    before = project.snapshots()
    assert project.run_here("--snapshot-update").ret == 0
    after = project.snapshots()
    assert {name for name in after if after[name] != before[name]} == {SECTION.format("alarms")}


def test_a_change_over_two_sections_is_told_as_one_plan(project: Project) -> None:
    project.write(f"stack(), {SECTIONS}")
    project.run_here("--snapshot-update")
    project.write(f"stack(name='egress'), {SECTIONS.replace('*_alarm.*', '*.nat')}")
    changed = printed(project.run_here())
    assert f"{SECTION.format('alarms')}, {SECTION.format('other')} hold:" in changed
    assert "-/+ aws_cloudwatch_metric_alarm.egress: renamed from aws_cloudwatch_metric_alarm.nat" in changed
    assert "1 to replace." in changed


def test_sections_that_are_not_used_any_more_are_unused(project: Project) -> None:
    """Also the one file for the whole stack, once there are sections, and the other way round."""
    project.write()
    project.run_here("--snapshot-update")
    project.write(f"stack(), {SECTIONS}")
    assert "1 unused snapshot deleted." in printed(project.run_here("--snapshot-update"))
    assert not project.file().exists()
    project.write(f"stack(), {WITHOUT_NONE}")
    less = project.run_here()
    assert less.ret == 1
    assert "1 snapshot unused." in printed(less)
    project.write()
    assert project.run_here("--snapshot-update").ret == 0
    assert len(project.snapshots()) == 2


def test_a_section_that_is_broken_or_misnamed_says_so(project: Project) -> None:
    project.write(f"stack(), {SECTIONS}")
    project.run_here("--snapshot-update")
    project.file(SECTION.format("topics")).write_text("<<<<<<< HEAD\n")
    assert "The snapshot cannot be read" in printed(project.run_here())
    project.write("stack(), sections={'Alarms': ['*']}")
    assert "sections: the name 'Alarms' is not allowed" in printed(project.run_here())


@pytest.mark.parametrize("workers", [[], ["-n", "2"]], ids=["alone", "xdist"])
def test_an_unused_snapshot_fails_also_if_no_test_asks_for_one_any_more(project: Project, workers: list[str]) -> None:
    project.write()
    project.run("--snapshot-update")
    project.pytester.makepyfile(test_it="def test_other():\n    pass\n", test_more="def test_more():\n    pass\n")
    left = project.run(*workers)
    assert left.ret == 1
    assert "2 snapshots unused." in printed(left)


def test_in_ci_nothing_is_written_and_nothing_unused_passes(project: Project) -> None:
    project.setenv("CI", "true")
    project.write()
    new = project.run("--snapshot-update")
    assert new.ret == 1
    assert "--snapshot-update: in CI, snapshots are compared with what a review accepted" in printed(new)
    assert not project.file().exists()
    assert "--snapshot-warn-unused: in CI" in printed(project.run("--snapshot-warn-unused"))
    project.setenv("CI", "false")
    assert project.run("--snapshot-update").ret == 0


def test_a_snapshot_of_another_extension_is_left_alone(project: Project) -> None:
    other = (
        "from syrupy.extensions.json import JSONSnapshotExtension\n"
        "def test_other(snapshot):\n    assert {'a': 1} == snapshot(name='x').use_extension(JSONSnapshotExtension)\n"
    )
    project.write(test_other=other)
    assert project.run("--snapshot-update").ret == 0
    kept = project.run()
    assert kept.ret == 0
    assert "unused" not in printed(kept)


def test_a_snapshot_that_is_broken_says_so(project: Project) -> None:
    project.write()
    project.run("--snapshot-update")
    project.file().write_text("<<<<<<< HEAD\n")
    assert "The snapshot cannot be read" in printed(project.run())


def test_without_syrupy_the_fixture_says_what_to_install_and_all_else_runs(project: Project) -> None:
    # A module that is None in sys.modules cannot be imported: as if it were not installed.
    project.pytester.makepyfile(without="import sys\nsys.modules['syrupy'] = None\n")
    project.write(test_other="def test_other():\n    pass\n")
    result = project.run("-p", "no:syrupy", "-p", "without")
    assert "needs syrupy: pip install 'northsouth[testing]'" in printed(result)
    result.assert_outcomes(passed=1, errors=1)


def test_a_project_that_does_not_use_it_pays_next_to_nothing(project: Project) -> None:
    heavy = ["cdktf", "jsii", "northsouth.bindings", "northsouth.comparison", "northsouth.testing.snapshots"]
    body = f"import sys\ndef test_light():\n    assert not set({heavy!r}) & set(sys.modules)\n"
    project.pytester.makepyfile(test_light=body)
    assert project.run().ret == 0
    code = "import sys, northsouth.testing.plugin; print(len([m for m in sys.modules if m.startswith('northsouth')]))"
    done = project.pytester.run(sys.executable, "-c", code)
    assert int(done.stdout.str()) <= 4
