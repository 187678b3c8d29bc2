"""A snapshot is deleted only after a complete run in which everything passed, and never in CI."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest

from tests.testing.project import STACK, Project, printed

pytestmark = pytest.mark.slow
pytest_plugins = ["pytester"]

UPDATE = "--snapshot-update"
EDGE = "__snapshots__/test_it/test_edge[edge].tf.json"
HUB = "__snapshots__/test_it/test_hub[hub].tf.json"
OTHER = "__snapshots__/test_other/test_other[other].tf.json"
NO_TESTS = "def test_plain():\n    pass\n"

Run = Callable[..., pytest.RunResult]


def module(*names: str, before: str = "", **bodies: str) -> str:
    """Return a test file with a test for each stack; ``bodies`` replace the body of some of them."""
    tests = [
        f"def test_{name}(terraform_snapshot):\n    {bodies.get(name, f'terraform_snapshot(stack(), name={name!r})')}\n"
        for name in names
    ]
    return "\n".join([before, STACK, *tests])


@pytest.fixture
def project(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Project:
    """A project with two test files, whose snapshots are written."""
    project = Project(pytester, monkeypatch)
    pytester.makepyfile(test_it=module("edge", "hub"), test_other=module("other"))
    assert project.run_here(UPDATE).ret == 0
    assert len(project.snapshots()) == 6
    return project


@pytest.fixture(params=["alone", "xdist"])
def run(request: pytest.FixtureRequest, project: Project) -> Run:
    """Run pytest on the project, with and without workers."""
    return project.run_here if request.param == "alone" else partial(project.run, "-n", "2")


def test_a_run_that_ci_refuses_deletes_nothing(project: Project, run: Run) -> None:
    before = project.snapshots()
    project.setenv("CI", "true")
    refused = run(UPDATE)
    assert refused.ret == 1
    assert "--snapshot-update: in CI" in printed(refused)
    assert "deleted." not in printed(refused)
    assert project.snapshots() == before


@pytest.mark.parametrize("option", [UPDATE, "--snapshot-warn-unused", "--snapshot-disable-unused"])
def test_in_ci_an_orphan_is_neither_deleted_nor_passed(project: Project, option: str) -> None:
    """No test asks for the fixture any more, so that nothing is refused by it."""
    before = project.snapshots()
    project.pytester.makepyfile(test_it=NO_TESTS, test_other=NO_TESTS)
    project.setenv("CI", "true")
    result = project.run_here(option)
    assert result.ret == 1
    assert "6 snapshots unused." in printed(result)
    assert project.snapshots() == before


FIXTURE = "import pytest\n@pytest.fixture(autouse=True)\ndef broken(request):\n"
FAILURES = {
    "typo": module("edge", "hub", hub="terraform_snapshot(stak(), name='hub')"),
    "failed": module("edge", "hub", hub="assert False"),
    "setup": module("edge", "hub", before=f"{FIXTURE}    assert 'hub' not in request.node.name\n"),
    "teardown": module("edge", before=f"{FIXTURE}    yield\n    raise ValueError\n"),
    "import": "import no_such_module\n",
    "exit": module("edge", "hub", before="import pytest", hub="pytest.exit('enough')"),
    "interrupt": module("edge", "hub", hub="raise KeyboardInterrupt"),
}


@pytest.mark.parametrize("failure", FAILURES)
def test_a_run_that_failed_deletes_nothing(project: Project, failure: str) -> None:
    before = project.snapshots()
    project.pytester.makepyfile(test_it=FAILURES[failure])
    failed = (project.run if failure == "interrupt" else project.run_here)(UPDATE)
    assert failed.ret != 0
    assert "deleted." not in printed(failed)
    assert project.snapshots() == before


def test_a_typo_in_a_stack_says_why_nothing_is_deleted(project: Project, run: Run) -> None:
    before = project.snapshots()
    project.pytester.makepyfile(test_it=FAILURES["typo"])
    failed = run(UPDATE)
    assert failed.ret == 1
    assert "2 snapshots unused." in printed(failed)
    assert "No snapshot was deleted, because the run failed." in printed(failed)
    assert project.snapshots() == before


def test_one_failure_among_many_still_writes_what_passed(project: Project, run: Run) -> None:
    before = project.snapshots()
    changed = module("edge", "hub", edge="terraform_snapshot(stack(6), name='edge')", hub="assert False")
    project.pytester.makepyfile(test_it=changed)
    assert run(UPDATE).ret == 1
    after = project.snapshots()
    assert after.keys() == before.keys()
    assert {name for name in after if after[name] != before[name]} == {EDGE}


@pytest.mark.parametrize(
    "options",
    [
        ["-k", "test_edge"],
        ["-k", "not hub"],
        ["--deselect", "test_it.py::test_hub"],
        ["-m", "wanted"],
        ["test_it.py::test_edge"],
        ["test_it.py"],
        ["--ignore", "test_other.py"],
        ["--collect-only"],
        ["--setup-plan"],
        ["--setup-only"],
    ],
    ids=" ".join,
)
def test_a_run_of_some_tests_deletes_nothing_of_others(project: Project, options: list[str]) -> None:
    marked = module("edge", "hub", before="import pytest").replace(
        "def test_edge", "@pytest.mark.wanted\ndef test_edge"
    )
    project.pytester.makepyfile(test_it=marked)
    project.pytester.makeini("[pytest]\nfilterwarnings = error\nmarkers = wanted\n")
    before = project.snapshots()
    result = project.run_here(UPDATE, *options)
    assert result.ret == 0
    assert "deleted." not in printed(result)
    assert project.snapshots() == before


def test_the_last_failed_alone_delete_nothing_of_others(project: Project) -> None:
    before = project.snapshots()
    project.pytester.makepyfile(test_it=FAILURES["typo"])
    project.run_here()
    project.pytester.makepyfile(test_it=module("edge", "hub"))
    assert project.run_here(UPDATE, "--lf").ret == 0
    assert project.snapshots() == before


def test_a_deselected_test_whose_stack_has_the_name_that_is_selected(project: Project, run: Run) -> None:
    project.pytester.makepyfile(test_it=module("edge", "hub", hub="terraform_snapshot(stack(), name='edge')"))
    assert run(UPDATE).ret == 0
    before = project.snapshots()
    assert "__snapshots__/test_it/test_hub[edge].tf.json" in before
    selected = run(UPDATE, "-k", "edge")
    assert selected.ret == 0
    assert project.snapshots() == before


@pytest.mark.parametrize("where", ["module", "test", "xfail"])
def test_what_was_skipped_keeps_its_snapshots(project: Project, where: str) -> None:
    before = project.snapshots()
    skipped = {
        "module": "import pytest\npytest.importorskip('no_such_module')\n",
        "test": module("edge", "hub", before="import pytest", hub="pytest.skip('not here')"),
        "xfail": module("edge", "hub", before="import pytest", hub="pytest.xfail('not yet')"),
    }
    project.pytester.makepyfile(test_it=skipped[where])
    assert project.run_here(UPDATE).ret == 0
    assert project.snapshots() == before


def test_orphans_are_found_and_a_complete_run_deletes_them(project: Project, run: Run) -> None:
    project.pytester.makepyfile(test_it=module("edge"))
    found = run()
    assert found.ret == 1
    assert "2 snapshots unused." in printed(found)
    assert project.file(HUB).exists()
    deleted = run(UPDATE)
    assert deleted.ret == 0
    assert "2 unused snapshots deleted." in printed(deleted)
    assert "No snapshot was deleted" not in printed(deleted)
    assert not project.file(HUB).exists()


def test_orphans_of_one_file_go_in_a_run_of_that_file(project: Project) -> None:
    project.pytester.makepyfile(test_it=module("edge"), test_other=module("another"))
    assert project.run_here(UPDATE, "test_it.py").ret == 0
    assert not project.file(HUB).exists()
    assert project.file(OTHER).exists()


def test_where_no_stack_has_a_snapshot_syrupy_does_as_ever(project: Project) -> None:
    for file in project.snapshots():
        project.file(file).unlink()
    body = "def test_a(snapshot):\n    assert snapshot == 1\ndef test_b(snapshot):\n    assert snapshot == 2\n"
    project.pytester.makepyfile(test_it=body, test_other=NO_TESTS)
    assert project.run_here(UPDATE).ret == 0
    project.pytester.makepyfile(test_it=body.replace("assert snapshot == 2", "assert False"))
    failed = project.run_here(UPDATE)
    assert failed.ret == 1
    assert "1 unused snapshot deleted." in printed(failed)
