"""How much load is asked for, by environment variables; pure."""

from __future__ import annotations

import os


def number_of(name: str, default: int, least: int) -> int:
    """Return what an environment variable says.

    Raises:
        SystemExit: it is no whole number, or too small.

    """
    text = os.environ.get(name, str(default))
    if not (text.isascii() and text.isdigit() and int(text) >= least):
        raise SystemExit(f"{name}: got {text!r}; it is a whole number from {least}. Write {name}={default}.")
    return int(text)
