"""Files that commands write: whole or not at all, and never in the place of what is no file."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from threading import Thread

import pytest

from northsouth.cli import history
from northsouth.cli.options import UsageError


def test_a_file_is_replaced_and_nothing_else_is_left(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text("old")
    history.write(str(page), "new")
    assert [file.name for file in tmp_path.iterdir()] == ["page.html"]
    assert (page.read_text(), stat.S_IMODE(page.stat().st_mode)) == ("new", 0o644)


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    page, link = tmp_path / "page.html", tmp_path / "latest.html"
    page.write_text("old")
    link.symlink_to(page)
    history.write(str(link), "new")
    assert link.is_symlink()
    assert page.read_text() == "new"


def test_what_is_no_file_is_written_to_and_stays(tmp_path: Path) -> None:
    pipe, texts = tmp_path / "pipe", []
    os.mkfifo(pipe)
    reader = Thread(target=lambda: texts.append(pipe.read_text()), daemon=True)
    reader.start()
    history.write(str(pipe), "new")
    reader.join(10)
    assert texts == ["new"]
    assert pipe.is_fifo()


@pytest.mark.parametrize(
    ("path", "message"), [("", "Is a directory"), ("absent/page.html", "No such file or directory")]
)
def test_a_place_that_takes_no_file_is_named(tmp_path: Path, path: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        history.write(str(tmp_path / path), "new")
