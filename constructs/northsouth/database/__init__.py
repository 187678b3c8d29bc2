"""DuckDB for files of any size: in memory, spilling to a temporary folder, without a network."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import duckdb


@contextmanager
def connection(zone: str | None = None, *, memory: str = "1GB") -> Iterator[duckdb.DuckDBPyConnection]:
    """Open a database in memory; it prints nothing and loads no extension from elsewhere.

    Args:
        zone: the time zone of times that have none; UTC by default.
        memory: what DuckDB may use before it writes to a temporary folder.

    """
    import duckdb

    with tempfile.TemporaryDirectory(prefix="northsouth-") as folder:
        settings: dict[str, str | bool | int | float | list[str]] = {
            "memory_limit": memory,
            "temp_directory": folder,
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
        }
        with duckdb.connect(config=settings) as opened:
            opened.execute("SET enable_progress_bar = false")
            opened.execute("SET TimeZone = $zone", {"zone": zone or "UTC"})
            yield opened
