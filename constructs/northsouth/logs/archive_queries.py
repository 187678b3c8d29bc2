"""The saved queries that come with an archive; pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

_RECENT = "day >= date_format(current_date - INTERVAL '{days}' DAY, '%Y-%m-%d')"


@dataclass(frozen=True, slots=True)
class SavedQuery:
    """A query with the sentence that says what it answers."""

    description: str
    sql: str


def table_queries(database: str, table: str, keys: tuple[str, ...]) -> Mapping[str, SavedQuery]:
    """Return the queries by name, for any archive table."""
    columns = ", ".join(keys)
    return {
        "windows": SavedQuery(
            "Rows of each window of the last 7 days; a missing window is a run that never succeeded",
            f'SELECT {columns}, count(*) AS records\nFROM "{database}"."{table}"\n'
            f"WHERE {_RECENT.format(days=7)}\nGROUP BY {columns}\nORDER BY {columns}",
        ),
        "unparsed": SavedQuery(
            "Rows of the last 7 days that could not be placed or cast, and the objects they are from",
            f'SELECT day, source_file, unparsed_line\nFROM "{database}"."{table}"\n'
            f"WHERE {_RECENT.format(days=7)}\n  AND unparsed_line IS NOT NULL\nLIMIT 1000",
        ),
    }


def alb_queries(database: str, table: str) -> Mapping[str, SavedQuery]:
    """Return the queries by name, for a load balancer's archive."""
    source = f'FROM "{database}"."{table}"\nWHERE '
    return {
        "errors": SavedQuery(
            "Errors of the last day by who made them: the load balancer (no target status) or the target",
            "SELECT target_group_arn, elb_status_code, target_status_code, error_reason, count(*) AS requests\n"
            f"{source}{_RECENT.format(days=1)}\n  AND elb_status_code >= 500\n"
            "GROUP BY 1, 2, 3, 4\nORDER BY requests DESC\nLIMIT 100",
        ),
        "slow": SavedQuery(
            "The slowest targets of the last day: requests, median and 99th percentile of their answers in seconds",
            "SELECT target_group_arn, target_ip, count(*) AS requests,\n"
            "  approx_percentile(target_processing_time, 0.5) AS p50,\n"
            "  approx_percentile(target_processing_time, 0.99) AS p99\n"
            f"{source}{_RECENT.format(days=1)}\n  AND target_processing_time >= 0\n"
            "GROUP BY 1, 2\nORDER BY p99 DESC\nLIMIT 100",
        ),
        "clients": SavedQuery(
            "The clients that sent the most in the last day",
            "SELECT client_ip, count(*) AS requests, sum(received_bytes) AS received, sum(sent_bytes) AS sent\n"
            f"{source}{_RECENT.format(days=1)}\nGROUP BY 1\nORDER BY requests DESC\nLIMIT 100",
        ),
    }
