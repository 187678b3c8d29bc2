"""What a program wrote, to be compared byte for byte."""

from __future__ import annotations

from pathlib import Path


def written(folder: Path) -> dict[str, bytes]:
    """Return every file below a folder by its relative name."""
    return {str(file.relative_to(folder)): file.read_bytes() for file in sorted(folder.rglob("*")) if file.is_file()}
