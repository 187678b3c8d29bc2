"""The two longer pieces of JSONata in the state machine: a run's window, and the metrics it publishes; pure."""

from __future__ import annotations

from northsouth.logs import archive_sql, metrics
from northsouth.logs.archive_schedule import MINUTES_OF_DAY, OLDEST_METRIC_DAYS, ArchiveSchedule
from northsouth.logs.archive_source import SourceTable
from northsouth.logs.jsonata import literal

_DAY_MS = 86_400_000
_MINUTE_MS = 60_000
_FRESH_MS = OLDEST_METRIC_DAYS * _DAY_MS


def given(field: str, otherwise: str) -> str:
    """Return a field of the run's input, or another value if the input has no such field."""
    return f"$exists($states.input.{field}) ? $states.input.{field} : {otherwise}"


def window_code(source: SourceTable, schedule: ArchiveSchedule) -> str:
    """Return JSONata for the variable ``$window``; all times are UTC.

    Delivery days run from the window's first to the day of the run, because that is as far as files can have come; a
    late backfill stops at the last catch-up, or a day after the window.
    """
    late = max(schedule.delay_minutes + (schedule.catch_up_minutes or 0), MINUTES_OF_DAY)
    paths = ""
    if source.paths:
        path = source.paths
        before, after = literal(f'"$path" BETWEEN \'{path.prefix}'), literal(path.infix)
        begin, end = (
            f"$fromMillis($start, {literal(path.stamp)})",
            f"$fromMillis($end + {path.margin_minutes * _MINUTE_MS}, {literal(path.stamp)})",
        )
        second = literal(f"' AND '{path.prefix}")
        # "~" sorts after every character of an object's name.
        last = literal("~'")
        code = f"{before} & $day & {after} & {begin} & {second} & $day & {after} & {end} & {last}"
        paths = f', "paths": $join($map($days, function($day) {{ {code} }}), " OR ")'
    return (
        "( "
        f"$period := {schedule.minutes * _MINUTE_MS}; "
        f"$asof := $toMillis({given('scheduledTime', '$states.context.Execution.StartTime')}); "
        f"$offset := {given('offsetMinutes', str(schedule.first_offset_minutes))}; "
        "$at := $exists($states.input.window) ? $toMillis($states.input.window)"
        f" : $asof - $offset * {_MINUTE_MS}; "
        "$start := $floor($at / $period) * $period; "
        "$end := $start + $period; "
        f"$last := $min([$max([$asof, $end]), $end + {late * _MINUTE_MS}]); "
        f"$days := $map([$floor($start / {_DAY_MS})..$floor($last / {_DAY_MS})],"
        f" function($d) {{ $fromMillis($d * {_DAY_MS}, {literal(source.day_picture)}) }}); "
        '{ "start": $fromMillis($start), "end": $fromMillis($end), '
        f'"from": $fromMillis($start, {literal(_instant(schedule))}), '
        f'"to": $fromMillis($end, {literal(_instant(schedule))}), '
        '"day": $fromMillis($start, "[Y0001]-[M01]-[D01]"), '
        '"hour": $fromMillis($start, "[H01]"), '
        '"days": "\'" & $join($days, "\',\'") & "\'"'
        f"{paths} }} )"
    )


def _instant(schedule: ArchiveSchedule) -> str:
    return "[Y0001]-[M01]-[D01]T[H01]" if schedule.is_hourly else "[Y0001]-[M01]-[D01]"


def metric_data_code(archive: str, source: str, *, rated: bool) -> str:
    """Return JSONata for PutMetricData's list: what alarms need, and what dashboards need stamped with the window."""

    def datum(name: str, value: str, unit: str = "Count", *, stamped: bool = False) -> str:
        stamp = ', "Timestamp": $window.start' if stamped else ""
        return f'{{"MetricName": "{name}", "Value": {value}, "Unit": "{unit}", "Dimensions": $dimensions{stamp}}}'

    now = [datum(metrics.COMPLETED_RUNS, "1"), datum(metrics.UNPARSED_LINES, "$unparsed")]
    stamped = [
        datum(metrics.ARCHIVED_RECORDS, "$archived", stamped=True),
        datum(metrics.UNPARSED_RECORDS, "$unparsed", stamped=True),
    ]
    rate = "[]"
    if rated:
        now.append(datum(metrics.MEASURED_REQUESTS, "$requests"))
        now.append(datum(metrics.MEASURED_RECORDS, "$matched"))
        stamped.append(datum(metrics.WINDOW_REQUESTS, "$requests", stamped=True))
        stamped.append(datum(metrics.MATCHED_RECORDS, "$matched", stamped=True))
        rate = f"$requests > 0 ? [{datum(metrics.SUCCESS_RATE, '$matched / $requests', 'None')}] : []"
    delivered = datum(metrics.DELIVERED_RECORDS, "$delivered", stamped=True)
    dimensions = ", ".join(
        f'{{"Name": "{name}", "Value": {value}}}'
        for name, value in (("Archive", literal(archive)), ("Source", literal(source)), ("Run", "$run"))
    )
    return (
        f"( $dimensions := [{dimensions}]; "
        f"$now := [{', '.join(now)}]; "
        f"$stamped := [{', '.join(stamped)}]; "
        f"$rate := {rate}; "
        f"$delivery := $delivered = {archive_sql.NOT_COUNTED} ? [] : [{delivered}]; "
        "$age := $toMillis($states.context.State.EnteredTime) - $toMillis($window.start); "
        f"$append($append($now, $rate), $age < {_FRESH_MS} ? $append($stamped, $delivery) : []) )"
    )
