"""The rules that ``[metrics.history]`` must keep, beyond types; those of AWS are the library's own."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from northsouth.errors import Problem
from northsouth.logs.lifecycle import Lifecycle
from northsouth.stacks import wording
from northsouth.stacks.alarm_tables import AlertsSection
from northsouth.stacks.keys import renamed
from northsouth.stacks.settings import MetricsSection


def check_history(sections: Mapping[str, object], unreadable: Collection[str] = ()) -> Iterator[Problem]:
    """Yield what is wrong with the history of metrics.

    Args:
        sections: the sections of the file that could be read, by name.
        unreadable: the names of the others.

    """
    metrics = sections.get("metrics")
    section = metrics.history if isinstance(metrics, MetricsSection) else None
    if section is None:
        return
    from northsouth.alerts.history.rules import delivery_problems

    problems = delivery_problems(
        bucket_name=section.bucket,
        # The environment's name has a rule of its own.
        name="${environment}",
        lifecycle=Lifecycle.expire(section.expire_after_days),
        buffer_seconds=section.buffer_seconds,
        buffer_mebibytes=section.buffer_mebibytes,
        log_retention_days=section.log_retention_days,
    )
    yield from renamed(problems, wording.HISTORY)
    if "alerts" not in unreadable and not isinstance(sections.get("alerts"), AlertsSection):
        fix = "Add some, or remove this section."
        yield Problem("", "a history", "the file declares no [alerts] whose metrics to keep", fix)
