"""The debug log ``northsouth.bindings``: one line for whatever is left to the stock way."""

from __future__ import annotations


def debug(message: str, *values: object) -> None:
    """Log a line; the values are put into the message as `logging` does it."""
    # Imported by every program that imports northsouth, and few of them have something to log.
    import logging

    logging.getLogger("northsouth.bindings").debug(message, *values)
