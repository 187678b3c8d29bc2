"""How much load is asked for."""

from __future__ import annotations

import pytest

from tests.load.settings import number_of


def test_how_many_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CHANGES", raising=False)
    assert number_of("CHANGES", 10_000, least=100) == 10_000
    monkeypatch.setenv("CHANGES", "200")
    assert number_of("CHANGES", 10_000, least=100) == 200


@pytest.mark.parametrize("text", ["", "-1", "99", "1e4", "many", "²"])
def test_another_number_is_refused(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHANGES", text)
    with pytest.raises(SystemExit, match=r"CHANGES: got '.*'; it is a whole number from 100\. Write CHANGES=10000\."):
        number_of("CHANGES", 10_000, least=100)
