"""Typeguard's look at mocks does not load them, and still finds each."""

from __future__ import annotations

import subprocess
import sys
from unittest import mock

import pytest

from northsouth.bindings import mocks

MOCK = "unittest.mock"


def test_a_mock_of_any_kind_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    assert [isinstance(each, mocks.Mock) for each in (mock.Mock(), mock.MagicMock(), "text")] == [True, True, False]
    monkeypatch.delitem(sys.modules, MOCK)
    assert not isinstance("text", mocks.Mock)
    assert MOCK not in sys.modules


def test_the_stand_in_is_there_for_a_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, MOCK)
    with mocks.set_aside():
        from unittest.mock import Mock
    assert Mock is mocks.Mock
    assert MOCK not in sys.modules


def test_any_other_name_loads_the_module(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, MOCK)
    with mocks.set_aside():
        from unittest.mock import Mock, patch
    assert Mock is mocks.Mock
    assert sys.modules[MOCK].patch is patch
    assert sys.modules[MOCK].Mock is not mocks.Mock


def test_it_stays_where_somebody_has_loaded_it() -> None:
    with mocks.set_aside():
        from unittest.mock import Mock
    assert Mock is mock.Mock


PROGRAM = """
from northsouth import bindings
import sys
bindings.install()
import cdktf
print(sorted({"asyncio", "unittest.mock"} & set(sys.modules)))
import typeguard
from unittest.mock import MagicMock
typeguard.check_type(argname="id", value=MagicMock(), expected_type=int)
try:
    typeguard.check_type(argname="id", value="text", expected_type=int)
except TypeError as error:
    print(error)
"""


@pytest.mark.slow
def test_a_program_loads_neither_mocks_nor_asyncio() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["[]", "type of id must be int; got str instead"]
