"""The two longer pieces of JSONata in the state machine: a run's window, and the metrics it publishes; pure."""

from __future__ import annotations

from northsouth.logs import archive_input, archive_sql, metrics
from northsouth.logs.archive_index import ExportedTable
from northsouth.logs.archive_schedule import OLDEST_METRIC_DAYS, ArchiveSchedule
from northsouth.logs.archive_source import SourceTable
from northsouth.logs.jsonata import literal

_DAY_MS = 86_400_000
_MINUTE_MS = 60_000
_FRESH_MS = OLDEST_METRIC_DAYS * _DAY_MS


def given(field: str, otherwise: str) -> str:
    """Return a field of the run's input, or another value if the input has no such field."""
    return f"$exists($states.input.{field}) ? $states.input.{field} : {otherwise}"


INPUT = (
    archive_input.time("window"),
    archive_input.RUN,
    archive_input.flag("force"),
    archive_input.flag("all_objects"),
    archive_input.time("scheduledTime"),
    archive_input.MINUTES,
)
"""What a run takes: from a schedule ``scheduledTime``, ``offsetMinutes`` and ``run``; by hand the others."""


SCHEDULED = f"$toMillis($in.scheduledTime) - ($exists($in.offsetMinutes) ? $in.offsetMinutes : 0) * {_MINUTE_MS}"
"""JSONata for the moment that a schedule's input means."""


def input_code() -> str:
    """Return JSONata for what is wrong with a run's input; empty if nothing is."""
    problem = archive_input.problem_code(INPUT, unique=("window", "scheduledTime"))
    return archive_input.future_code(problem, {"window": "$toMillis($in.window)", "scheduledTime": SCHEDULED})


def window_code(source: SourceTable, schedule: ArchiveSchedule) -> str:
    """Return JSONata for the variable ``$window``; all times are UTC.

    Delivery days run from the window's first, or the one before if a row's clock may be ahead, to the day of the run,
    because that is as far as files can have come. A late run stops at the last day of which a row can belong here.
    """
    return (
        "( "
        f"$period := {schedule.minutes * _MINUTE_MS}; "
        f"$asof := $toMillis({given('scheduledTime', '$states.context.Execution.StartTime')}); "
        f"$offset := {given('offsetMinutes', str(schedule.first_offset_minutes))}; "
        "$at := $exists($states.input.window) ? $toMillis($states.input.window)"
        f" : $asof - $offset * {_MINUTE_MS}; "
        "$start := $floor($at / $period) * $period; "
        "$end := $start + $period; "
        f"$first := $start - {source.early_minutes * _MINUTE_MS}; "
        f"$last := $min([$max([$asof, $end]), $end - 1 + {schedule.late_days * _DAY_MS}]); "
        f"{_days(source)}"
        '{ "start": $fromMillis($start), "end": $fromMillis($end), '
        f'"from": $fromMillis($start, {literal(_instant(schedule))}), '
        '"day": $fromMillis($start, "[Y0001]-[M01]-[D01]"), '
        '"hour": $fromMillis($start, "[H01]"), '
        '"days": "\'" & $join($days, "\',\'") & "\'"'
        f"{_paths(source)} }} )"
    )


def day_code(source: SourceTable, schedule: ArchiveSchedule) -> str:
    """Return JSONata for the variable ``$window`` of a reconciliation: a delivery day, and the windows of its rows."""
    return (
        "( "
        f"$asof := $toMillis({given('scheduledTime', '$states.context.Execution.StartTime')}); "
        f"$offset := {given('offsetMinutes', str(schedule.reconciliation_offset_minutes(source.early_minutes)))}; "
        '$at := $exists($states.input.reconcile) ? $toMillis($states.input.reconcile & "T00:00:00Z")'
        f" : $asof - $offset * {_MINUTE_MS}; "
        f"$first := $floor($at / {_DAY_MS}) * {_DAY_MS}; "
        "$last := $first; "
        f"{_days(source)}"
        '{ "start": $fromMillis($first), '
        '"day": $fromMillis($first, "[Y0001]-[M01]-[D01]"), '
        f'"earliest": $fromMillis($first - {schedule.late_days * _DAY_MS}, "[Y0001]-[M01]-[D01]"), '
        f'"latest": $fromMillis($first + {_DAY_MS}, "[Y0001]-[M01]-[D01]"), '
        '"days": "\'" & $join($days, "\',\'") & "\'"'
        f"{_all_paths(source)} }} )"
    )


def objects_code(source: SourceTable) -> str:
    """Return JSONata for what a run read, for its dead letter: Athena does not always say which object it failed at."""
    folder = "/".join(part for part in ("s3:/", source.bucket, source.prefix) if part)
    return f"{literal(f'{folder}/ of the delivery days ')} & $window.days"


def _days(source: SourceTable) -> str:
    return (
        f"$days := $map([$floor($first / {_DAY_MS})..$floor($last / {_DAY_MS})],"
        f" function($d) {{ $fromMillis($d * {_DAY_MS}, {literal(source.day_picture)}) }}); "
    )


def _all_paths(source: SourceTable) -> str:
    """Return the field that reads all objects of the source."""
    if source.paths is None:
        return ""
    condition = literal(f"strpos(\"$path\", '{source.paths.infix}') > 0")
    return f', "paths": {condition}'


def _paths(source: SourceTable) -> str:
    """Return the field that reads the objects of a window, or all of them if the run is to."""
    if isinstance(source, ExportedTable):
        return ', "paths": "FALSE"'  # until the run has exported something
    path = source.paths
    if path is None:
        return ""
    before, after = literal(f'"$path" BETWEEN \'{path.prefix}'), literal(path.infix)
    begin, end = (
        f"$fromMillis($start, {literal(path.stamp)})",
        f"$fromMillis($end + {path.margin_minutes * _MINUTE_MS}, {literal(path.stamp)})",
    )
    second = literal(f"' AND '{path.prefix}")
    # "~" sorts after every character of an object's name.
    last = literal("~'")
    code = f"{before} & $day & {after} & {begin} & {second} & $day & {after} & {end} & {last}"
    all_paths = _all_paths(source).removeprefix(', "paths": ')
    is_wide = f"({given('force', 'false')}) or ({given('all_objects', 'false')})"
    return f', "paths": {is_wide} ? {all_paths} : $join($map($days, function($day) {{ {code} }}), " OR ")'


def _instant(schedule: ArchiveSchedule) -> str:
    return "[Y0001]-[M01]-[D01]T[H01]" if schedule.is_hourly else "[Y0001]-[M01]-[D01]"


def metric_data_code(archive: str, source: str, *, rated: bool) -> str:
    """Return JSONata for PutMetricData's list: what alarms need, and what dashboards need stamped with the window."""
    now = [_datum(metrics.COMPLETED_RUNS, "1"), _datum(metrics.UNPARSED_LINES, "$unparsed")]
    stamped = [
        _datum(metrics.ARCHIVED_RECORDS, "$archived", stamped=True),
        _datum(metrics.UNPARSED_RECORDS, "$unparsed", stamped=True),
    ]
    rate = "[]"
    if rated:
        now.append(_datum(metrics.MEASURED_REQUESTS, "$requests"))
        now.append(_datum(metrics.MEASURED_RECORDS, "$matched"))
        stamped.append(_datum(metrics.WINDOW_REQUESTS, "$requests", stamped=True))
        stamped.append(_datum(metrics.MATCHED_RECORDS, "$matched", stamped=True))
        rate = f"$requests > 0 ? [{_datum(metrics.SUCCESS_RATE, '$matched / $requests', 'None')}] : []"
    # What was not counted is not published.
    compared = f"{_datum(metrics.MISSING_RECORDS, '$missing')}, {_datum(metrics.SURPLUS_RECORDS, '$surplus')}"
    delivered = _datum(metrics.DELIVERED_RECORDS, "$delivered", stamped=True)
    is_counted = f"$delivered != {archive_sql.NOT_COUNTED}"
    return (
        f"( {_dimensions(archive, source, '$run')}"
        f"$now := $append([{', '.join(now)}], {is_counted} ? [{compared}] : []); "
        f"$stamped := $append([{', '.join(stamped)}], {is_counted} ? [{delivered}] : []); "
        f"$rate := {rate}; "
        "$age := $toMillis($states.context.State.EnteredTime) - $toMillis($window.start); "
        f"$append($append($now, $rate), $age < {_FRESH_MS} ? $stamped : []) )"
    )


def reconciliation_data_code(archive: str, source: str) -> str:
    """Return JSONata for PutMetricData's list of a reconciliation, from its rows ``$differing``."""
    run = literal(metrics.ArchiveRun.RECONCILIATION.value)
    sums = {
        metrics.MISSING_RECORDS: "missing",
        metrics.SURPLUS_RECORDS: "surplus",
        metrics.DUPLICATE_RECORDS: "duplicates",
    }
    data = [_datum(name, f"$sum([0, $differing.{field}])") for name, field in sums.items()]
    return f"( {_dimensions(archive, source, run)}[{', '.join([_datum(metrics.COMPLETED_RUNS, '1'), *data])}] )"


def _datum(name: str, value: str, unit: str = "Count", *, stamped: bool = False) -> str:
    stamp = ', "Timestamp": $window.start' if stamped else ""
    return f'{{"MetricName": "{name}", "Value": {value}, "Unit": "{unit}", "Dimensions": $dimensions{stamp}}}'


def _dimensions(archive: str, source: str, run: str) -> str:
    dimensions = ", ".join(
        f'{{"Name": "{name}", "Value": {value}}}'
        for name, value in (("Archive", literal(archive)), ("Source", literal(source)), ("Run", run))
    )
    return f"$dimensions := [{dimensions}]; "
