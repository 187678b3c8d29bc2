"""What to write where an alarm is declared: the arguments of a pack's method, or those of the Terraform resource.

A synthesized ``cdk.tf.json`` holds the path of each construct, and its end is the name of the pack's method:
``…/nat/throughput`` is declared by ``throughput`` of a pack. Python and the environment file name its arguments alike.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from northsouth.alerts.replay.alarms import MetricAlarm
    from northsouth.alerts.replay.tuning import Setting
    from northsouth.alerts.tables import Parameter
    from northsouth.metrics.dimensions import Unit
    from northsouth.metrics.units import Quantity
    from northsouth.template import Resource

_MEASURED = re.compile(r"^Measured: .* (?:>=|<=|>|<) (?P<limit>\S.*?) at \d+ of \d+ data points", re.MULTILINE)
"""The threshold in the second line of an alarm's description; see :func:`northsouth.alerts.meaning.describe`."""
_ARGUMENTS = {"datapoints_to_alarm": "datapoints", "evaluation_periods": "of", "period": "period"}
"""What the packs call the arguments of the resource."""


def lines(resource: Resource, alarm: MetricAlarm, setting: Setting) -> Iterator[str]:
    """Yield what to write in place of what is declared.

    Args:
        resource: the alarm's resource.
        alarm: the alarm as declared.
        setting: the setting to declare.

    """
    pairs = (
        ("threshold", alarm.threshold, setting.threshold),
        ("datapoints_to_alarm", alarm.datapoints, setting.datapoints),
        ("evaluation_periods", alarm.periods, setting.periods),
        ("period", alarm.period, setting.period),
    )
    changed = {name: value for name, before, value in pairs if before != value}
    if not changed:
        yield f"{alarm.address} is declared so already."
        return
    path = _path(resource)
    parameters = _parameters(path)
    written = dict(_written(parameters, changed, _threshold(resource, alarm)))
    if written:
        yield f"In {path}, write: {', '.join(f'{name} = {value}' for name, value in written.values())}"
    rest = [f"{name} = {value:g}" for name, value in changed.items() if name not in written]
    if written and rest:
        yield f"The pack has no argument for {', '.join(rest)}. An Alarm of your own has."
    elif rest:
        yield f"In {alarm.address}, write: {', '.join(rest)}"


def _path(resource: Resource) -> str:
    """Return the path of the construct that declared a resource; empty if the file does not say it."""
    metadata = resource.values.get("//")
    inner = metadata.get("metadata") if isinstance(metadata, Mapping) else None
    path = inner.get("path") if isinstance(inner, Mapping) else None
    return path.rpartition("/")[0] if isinstance(path, str) else ""


def _parameters(path: str) -> Mapping[str, Parameter]:
    """Return the parameters of the pack's method that declared an alarm; none if no pack did, or it is not certain."""
    if not path:
        return {}
    # Imported late: packs load the CDK.
    from northsouth.alerts import packs
    from northsouth.alerts.tables import parameters

    alarm = path.rpartition("/")[2]
    by_length: dict[int, list[Mapping[str, Parameter]]] = {}
    for pack in packs.__all__:
        for name, method in vars(getattr(packs, pack)).items():
            stem = name.replace("_", "-")
            if name.startswith("_") or not inspect.isfunction(method) or not f"{alarm}-".startswith(f"{stem}-"):
                continue
            known = parameters(method)
            # An alarm such as success-rate-fast is one of several that its method makes, with numbers of its own.
            if alarm[len(stem) + 1 :] not in known:
                by_length.setdefault(len(stem), []).append(known)
    fitting = by_length[max(by_length)] if by_length else []
    alike = {(_limit(known), *(name for name in _ARGUMENTS.values() if name in known)) for known in fitting}
    return fitting[0] if len(alike) == 1 else {}


def _written(
    parameters: Mapping[str, Parameter], changed: Mapping[str, int | float], declared: Quantity | None
) -> Iterator[tuple[str, tuple[str, str]]]:
    """Yield for each changed argument of the resource the pack's argument and its new value."""
    from northsouth.metrics.units import Quantity

    limit = _limit(parameters)
    for name, value in changed.items():
        if name != "threshold":
            if _ARGUMENTS[name] in parameters:
                yield name, (_ARGUMENTS[name], f"{value:g}")
        elif limit is not None and declared is not None and _kind(declared.unit) == _kind(limit[1]):
            number = int(value) if float(value).is_integer() else value
            yield name, (limit[0], f'"{Quantity(number, declared.unit)}"')


def _threshold(resource: Resource, alarm: MetricAlarm) -> Quantity | None:
    """Return the declared threshold with its unit; ``None`` if the description does not say the unit."""
    from northsouth.metrics.units import UnitError, parse

    description = resource.values.get("alarm_description")
    match = _MEASURED.search(description) if isinstance(description, str) else None
    try:
        quantity = parse(match["limit"]) if match else None
    except UnitError:
        return None
    # A limit in another unit than the resource's threshold cannot be scaled by the sweep's numbers.
    return quantity if quantity is not None and quantity.value == alarm.threshold else None


def _limit(parameters: Mapping[str, Parameter]) -> tuple[str, Unit] | None:
    """Return the parameter that is the threshold, with a unit of its kind: the first that takes a quantity."""
    from northsouth.metrics.units import Quantity

    for name, parameter in parameters.items():
        for example in (parameter.default, *getattr(parameter.hint, "__metadata__", ())):
            if isinstance(example, Quantity):
                return name, example.unit
    return None


def _kind(unit: Unit) -> tuple[int, int, int]:
    return unit.data, unit.time, unit.count
