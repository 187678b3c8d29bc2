"""Which files are not even imported, because ``-m`` leaves out all their tests."""

from __future__ import annotations

import pytest

from tests.harness.plugin import left_out

QUICK = "not deploy and not packaging and not slow"
LONG_LIST = "pytestmark = [\n    pytest.mark.deploy,\n    pytest.mark.skipif(True, reason='none'),\n]\n"


@pytest.mark.parametrize(
    ("selection", "source", "expected"),
    [
        (QUICK, "pytestmark = pytest.mark.slow\n", True),
        (QUICK, "import pytest\n\npytestmark = [pytest.mark.faults, pytest.mark.deploy]\n", True),
        (QUICK, LONG_LIST, True),
        (QUICK, "pytestmark = pytest.mark.usefixtures('promtool')\n", False),
        (QUICK, "@pytest.mark.slow\ndef test_one(): ...\n", False),
        (QUICK, "class TestOne:\n    pytestmark = pytest.mark.slow\n", False),
        ("not mutants", "pytestmark = pytest.mark.slow\n", False),
        ("not slow or deploy", "pytestmark = pytest.mark.slow\n", False),
        ("not (slow and deploy)", "pytestmark = pytest.mark.slow\n", False),
        ("deploy", "pytestmark = pytest.mark.slow\n", False),
        ("", "pytestmark = pytest.mark.slow\n", False),
    ],
)
def test_a_file_is_left_out_when_all_its_tests_are(selection: str, source: str, expected: bool) -> None:
    assert left_out(selection, source) is expected
