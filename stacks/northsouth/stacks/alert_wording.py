"""From the tables of ``[alerts]`` to the arguments of the packs, for rules and constructs alike."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, get_args

from northsouth.metrics import Metric
from northsouth.metrics.units import Quantity, parse
from northsouth.stacks.alert_settings import AlarmSection, Like, MetricSection
from northsouth.stacks.section import Section


def alarms(section: Section) -> Iterator[tuple[str, AlarmSection]]:
    """Yield the alarms of a pack's table, by the name of the pack's method."""
    for name in type(section).model_fields:
        value = getattr(section, name)
        if isinstance(value, AlarmSection):
            yield name, value


def arguments(alarm: AlarmSection) -> dict[str, Any]:
    """Return what the table says as arguments of the pack's method; what it leaves out keeps the pack's default."""
    measured = dict(quantities(alarm))
    found: dict[str, Any] = {}
    for name in type(alarm).model_fields:
        value = getattr(alarm, name)
        if value is None:
            continue
        if name in measured:
            text, like = measured[name]
            found[name] = quantity(text, like)
        else:
            found[name] = metric(value) if isinstance(value, MetricSection) else value
    return found


def quantities(alarm: AlarmSection) -> Iterator[tuple[str, tuple[str | int, Quantity]]]:
    """Yield the keys that hold a quantity, each with what the file says and another quantity of the kind it is."""
    for name, field in type(alarm).model_fields.items():
        marks = (*field.metadata, *(mark for arg in get_args(field.annotation) for mark in _metadata(arg)))
        for like in (mark for mark in marks if isinstance(mark, Like)):
            if getattr(alarm, name) is not None:
                yield name, (getattr(alarm, name), like.quantity)


def _metadata(annotation: object) -> tuple[object, ...]:
    return getattr(annotation, "__metadata__", ())


def quantity(given: str | int, like: Quantity) -> Quantity:
    """Return a quantity; a number has the unit of its kind.

    Raises:
        UnitError: if the text is none.

    """
    return Quantity(given, like.unit) if isinstance(given, int) else parse(given)


def metric(section: MetricSection) -> Metric:
    """Return the metric.

    Raises:
        UnitError: if CloudWatch has no such unit.

    """
    return Metric(
        namespace=section.namespace,
        name=section.name,
        statistic=section.statistic,
        unit=section.unit,
        dimensions=section.dimensions,
    )
