"""The lists of modules and of survivors name what exists."""

from __future__ import annotations

import pytest

from tests.mutants.__main__ import ROOT, SOURCE_ROOTS, listed, quick_tests


@pytest.mark.parametrize(("module", "tests"), quick_tests().items())
def test_a_module_and_its_tests_exist(module: str, tests: list[str]) -> None:
    file = "/".join(module.split(".")) + ".py"
    assert any((ROOT / root / file).is_file() for root in SOURCE_ROOTS)
    assert tests
    assert [test for test in tests if not (ROOT / test).is_file()] == []


def test_every_survivor_is_of_a_listed_module_and_has_a_reason() -> None:
    for survivor in listed():
        assert survivor.module in quick_tests()
        assert survivor.changes
        assert survivor.reason.strip()
