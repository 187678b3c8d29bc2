"""What the command says of itself."""

from __future__ import annotations

from importlib.metadata import version

import pytest

from northsouth.cli.main import main


def test_the_version_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr() == (f"northsouth {version('northsouth')}\n", "")
