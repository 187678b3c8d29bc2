"""What came of the day, for readers: a table of the incidents, and the picture of their alarms; pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from typing import TYPE_CHECKING

from northsouth.alerts.replay import State
from northsouth.report.chart import Chart, Lane, Span, lanes_svg, text
from northsouth.report.document import own
from tests.day.receipts import PREFIX, Receipt
from tests.day.script import BEGIN, INCIDENTS, MINUTES, Incident, moment

if TYPE_CHECKING:
    from tests.day.lived import Day

States = Sequence[tuple[int, State]]
"""Changes of an alarm, oldest first: moments in seconds since 1970 UTC, and the states from then on."""
COLUMNS = ("incident", "alarm", "fired", "resolved", "received by", "replay said", "agree")
NOTHING = "-"


@dataclass(frozen=True, slots=True)
class Row:
    """One time for which an alarm was raised.

    Attributes:
        incident: what people call the incident; empty if none explains the alarm.
        alarm: the alarm's name, without what all names begin with.
        lived: when it fired and was resolved on the emulator; empty if it did not fire.
        replayed: the same, as the replay says it.
        received: who was notified that it fires, and that it is over.
        expected: the same, as the replay says it.

    """

    incident: str
    alarm: str
    lived: tuple[int, ...]
    replayed: tuple[int, ...]
    received: Counter[Receipt]
    expected: Counter[Receipt]

    @property
    def fired(self) -> int:
        """When it fired, or should have."""
        return (self.lived or self.replayed)[0]

    def covers(self, time: float) -> bool:
        """Whether the alarm was raised at a moment on the emulator."""
        return bool(self.lived) and self.lived[0] <= time and (len(self.lived) == 1 or time < self.lived[1])

    @property
    def agrees(self) -> bool:
        """Whether people would have received what the replay says, at the same moments."""
        return self.lived == self.replayed and self.received == self.expected

    @property
    def notifies(self) -> bool:
        """Whether anybody was notified, or should have been."""
        return bool(self.received or self.expected)


def rows(day: Day) -> list[Row]:
    """Return a row for each time for which an alarm was raised, oldest first."""
    found = [row for name in day.replayed for row in _of(name, day)]
    return sorted(found, key=lambda row: (row.fired, row.alarm))


def _of(alarm: str, day: Day) -> Iterator[Row]:
    lived = {raised[0]: raised for raised in raised_times(day.lived[alarm])}
    replayed = {raised[0]: raised for raised in raised_times(day.replayed[alarm].states)}
    name = alarm.removeprefix(PREFIX)
    starts = sorted({*lived, *replayed})
    for fired, following in pairwise([*starts, int(moment(MINUTES).timestamp()) + 1]):
        of_it = [
            Counter({each: number for each, number in messages.items() if _is_of(each, name, fired, following)})
            for messages in (day.received, day.expected)
        ]
        yield Row(cause(name, fired), name, lived.get(fired, ()), replayed.get(fired, ()), *of_it)


def _is_of(receipt: Receipt, alarm: str, fired: int, following: int) -> bool:
    return receipt.alarm == alarm and fired <= receipt.time < following


def raised_times(states: States) -> list[tuple[int, ...]]:
    """Return when an alarm fired and was resolved; one that is still raised has no second moment."""
    raised: list[tuple[int, ...]] = []
    for time, state in states:
        still = bool(raised) and len(raised[-1]) == 1
        if state is State.ALARM and not still:
            raised.append((time,))
        elif state is not State.ALARM and still:
            raised[-1] += (time,)
    return raised


def cause(alarm: str, fired: int) -> str:
    """Return the title of the incident that explains an alarm: the last one of its pack that had begun."""
    begun = [each for each in INCIDENTS if alarm.startswith(each.alarms) and moment(each.at).timestamp() <= fired]
    return max(begun, key=lambda each: each.at).title if begun else ""


def differences(day: Day) -> list[str]:
    """Return everything that was not as it should be, one sentence each."""
    raised = rows(day)
    found = [
        f"{clock(row.lived or row.replayed)}: {row.alarm} differs: {_seen(row)}" for row in raised if not row.agrees
    ]
    found += [f"{row.alarm} fired at {clock(row.lived)} without an incident" for row in raised if not row.incident]
    found += [f"{title}: {alarm} should have fired, and did not" for title, alarm in _silent(raised)]
    shown = Counter(receipt for row in raised for receipt in row.received.elements())
    wanted = Counter(receipt for row in raised for receipt in row.expected.elements())
    for word, messages in (
        ("too much", (day.received - shown) - (day.expected - wanted)),
        ("missing", (day.expected - wanted) - (day.received - shown)),
    ):
        found += [
            f"{word}: {_at(each.time)} {each.receiver}: {each.alarm} {_word(each)}" for each in messages.elements()
        ]
    if day.page != day.page_expected:
        found.append(f"the status page showed {_shown(day.page)}, by the replay {_shown(day.page_expected)}")
    if day.component != day.component_expected:
        found.append(f"Statuspage was sent {day.component}, by the replay {day.component_expected}")
    return [*found, *day.faults]


def _word(receipt: Receipt) -> str:
    return "fires" if receipt.firing else "is over"


def _silent(raised: Sequence[Row]) -> Iterator[tuple[str, str]]:
    """Yield what the packs' own timelines say should fire, and neither did nor was raised already."""
    for incident in INCIDENTS:
        begin = moment(incident.at).timestamp()
        fired = {row.alarm for row in raised if row.lived and (row.incident == incident.title or row.covers(begin))}
        for alarm in incident.fires:
            if incident.alarms + alarm not in fired:
                yield incident.title, incident.alarms + alarm


def _seen(row: Row) -> str:
    missing = sorted({each.receiver for each in row.expected - row.received})
    extra = sorted({each.receiver for each in row.received - row.expected})
    parts = [f"raised {clock(row.lived)}, by the replay {clock(row.replayed)}"] if row.lived != row.replayed else []
    parts += [f"{', '.join(missing)} got less than the replay says"] if missing else []
    parts += [f"{', '.join(extra)} got more than the replay says"] if extra else []
    return "; ".join(parts)


def clock(times: Iterable[int]) -> str:
    """Return moments of the day for readers."""
    return " to ".join(_at(time) for time in times) or NOTHING


def _at(time: int) -> str:
    return f"{datetime.fromtimestamp(time, UTC):%H:%M}"


def _shown(states: Iterable[tuple[int, str]]) -> str:
    return ", ".join(f"{_at(time)} {state}" for time, state in states) or "nothing"


def receivers(messages: Mapping[Receipt, int]) -> str:
    """Return who was notified; with the word for those who heard only that it fires, or only that it is over."""
    firing = {each.receiver for each in messages if each.firing}
    over = {each.receiver for each in messages if not each.firing}
    words = {
        "": firing & over,
        " (fired only)": firing - over,
        " (over only)": over - firing,
    }
    return ", ".join(f"{', '.join(sorted(names))}{word}" for word, names in words.items() if names) or NOTHING


def cells(row: Row) -> tuple[str, ...]:
    """Return a row of the table."""
    said = clock(row.replayed) + (f": {receivers(row.expected)}" if row.expected != row.received else "")
    return (
        row.incident or NOTHING,
        row.alarm,
        clock(row.lived[:1]),
        clock(row.lived[1:]),
        receivers(row.received),
        said,
        "yes" if row.agrees else "NO",
    )


def table(day: Day) -> str:
    """Return the summary for a terminal: each incident with its alarms, and what else was compared."""
    notifying = [row for row in rows(day) if row.notifies]
    others = [row for row in rows(day) if not row.notifies]
    head = COLUMNS[1:]
    body = [(row.incident, cells(row)[1:]) for row in notifying]
    widths = [max(len(each) for each in column) for column in zip(head, *(line for _, line in body), strict=True)]

    def line(values: Sequence[str]) -> str:
        return "  " + "  ".join(f"{value:<{width}}" for value, width in zip(values, widths, strict=True)).rstrip()

    lines = [line(head)]
    for incident in [*INCIDENTS, None]:
        title = incident.title if incident else ""
        own_lines = [line(values) for name, values in body if name == title]
        if incident:
            until = clock(int(moment(minute).timestamp()) for minute in (incident.at, incident.at + incident.minutes))
            lines += ["", f"{until}  {title}", *(own_lines or ["  nobody is notified"])]
        elif own_lines:
            lines += ["", "no incident", *own_lines]
    agreeing = sum(row.agrees for row in others)
    lines += [
        "",
        f"{len(others)} times an alarm without receivers was raised, the parts of composites: {agreeing} agree",
        f"messages: {sum(day.received.values())} received, {sum(day.expected.values())} by the replay",
        f"status page: {_shown(day.page)}; by the replay: {_shown(day.page_expected)}",
        f"Statuspage was sent: {', '.join(day.component)}; by the replay: {', '.join(day.component_expected)}",
        ", ".join(f"{number:,} {what}" for what, number in sorted(day.counts.items())),
    ]
    return "\n".join(lines)


def page(day: Day) -> str:
    """Return the day as an HTML page: the picture of the timeline, and the table."""
    notifying = [row for row in rows(day) if row.notifies]
    shown = "".join(f"<tr>{''.join(f'<td>{text(cell)}</td>' for cell in cells(row))}</tr>\n" for row in notifying)
    head = "".join(f'<th scope="col">{column}</th>' for column in COLUMNS)
    wrong = "".join(f"<li>{text(each)}</li>\n" for each in differences(day))
    title = f"A day of the example, {BEGIN:%Y-%m-%d}"
    verdict = f"<ul>\n{wrong}</ul>" if wrong else "<p>Everything that people received is what the replay said.</p>"
    legend = (
        "Thin line: OK. Block: ALARM. Hollow box: no data. Dotted frames: incidents. "
        "Triangle: the replay said something else. Times are UTC."
    )
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>{title}</title>
<style>{own("page.css")}</style>
</head>
<body>
<main>
<h1>{title}</h1>
{verdict}
<figure class="scroll" tabindex="0">{picture(day, notifying)}</figure>
<p class="legend">{legend}</p>
<div class="scroll" tabindex="0"><table>
<thead><tr>{head}</tr></thead>
<tbody>
{shown}</tbody></table></div>
</main>
</body>
</html>
"""


def picture(day: Day, notifying: Sequence[Row]) -> str:
    """Return the alarms of the incidents on one axis of time, as an ``svg`` element."""
    start, end = int(BEGIN.timestamp()), int(moment(MINUTES).timestamp())
    lanes = [
        Lane(
            f"{incident}: {alarm}" if incident else alarm,
            spans([(replayed.start, replayed.initial), *day.lived[replayed.alarm]], end),
            [_frame(each) for each in INCIDENTS if alarm.startswith(each.alarms)],
            [row.fired for row in notifying if row.alarm == alarm and not row.agrees],
        )
        for alarm, incident in _in_order(notifying)
        for replayed in [day.replayed[PREFIX + alarm]]
    ]
    about = f"{len(lanes)} alarms, and the incidents that they are for. The table below lists the changes."
    return lanes_svg(Chart("Alarms of the day", about, start, end), lanes, "day")


def _in_order(notifying: Sequence[Row]) -> Iterator[tuple[str, str]]:
    """Yield each alarm once, with the first incident that raised it."""
    first: dict[str, str] = {}
    for row in notifying:
        first.setdefault(row.alarm, row.incident)
    yield from first.items()


def spans(states: States, end: int) -> list[Span]:
    """Return changes as the stretches between them; what was before the first is not drawn."""
    moments = [*(time for time, _ in states), end]
    return [Span(time, until, state.value) for (time, state), until in zip(states, moments[1:], strict=True)]


def _frame(incident: Incident) -> Span:
    begin, over = (int(moment(minute).timestamp()) for minute in (incident.at, incident.at + incident.minutes))
    return Span(begin, over, incident.title)
