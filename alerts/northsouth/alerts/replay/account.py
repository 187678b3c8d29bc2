"""The history that CloudWatch keeps of alarms: answers of ``aws cloudwatch describe-alarm-history``; pure.

Source: API_DescribeAlarmHistory, and the HistoryData of the alarm-actions page.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from northsouth.alerts.replay.files.documents import Json
from northsouth.alerts.replay.files.stamps import StampError
from northsouth.alerts.replay.incidents import moment
from northsouth.alerts.replay.timeline import State, Transition
from northsouth.errors import ConfigurationError, Problem
from northsouth.errors.reading import fault

_COMMAND = "aws cloudwatch describe-alarm-history --alarm-types MetricAlarm CompositeAlarm > history.json"


@dataclass(frozen=True, slots=True)
class Data:
    """What one evaluation read (``stateReasonData``).

    Attributes:
        asked: the moment of the evaluation (``queryDate``), in seconds since 1970 UTC.
        start: the start of the oldest point that was judged (``startDate``); ``None`` if it does not say.
        period: seconds of one point.
        points: when each point that was evaluated begins, and its value; ``None`` where it is missing.

    """

    asked: int
    start: int | None
    period: int
    points: tuple[tuple[int, float | None], ...] = ()

    @property
    def lag(self) -> int | None:
        """Seconds from the end of the newest point to the evaluation; ``None`` if there is no point."""
        times = [time for time, value in self.points if value is not None]
        return self.asked - max(times) - self.period if times else None

    @property
    def loaded(self) -> int:
        """How many periods lie between the oldest point and the newest, both counted; 0 if there is no point."""
        times = [time for time, _ in self.points]
        return (max(times) - min(times)) // self.period + 1 if times else 0


@dataclass(frozen=True, slots=True)
class Change:
    """One change of state.

    Attributes:
        time: its moment, in seconds since 1970 UTC.
        before: the state before.
        after: the state from then on.
        reason: AWS's reason.
        data: what was read; ``None`` if the history does not say.

    """

    time: int
    before: State
    after: State
    reason: str = ""
    data: Data | None = None

    @property
    def transition(self) -> Transition:
        """The change as one of a timeline."""
        return Transition(self.time, self.after, self.reason)


@dataclass(frozen=True, slots=True)
class AlarmHistory:
    """The history of one alarm.

    Attributes:
        alarm: its name.
        composite: whether it is a composite alarm.
        changes: its changes of state, oldest first.
        actions: how many actions ran.
        contributors: how often a contributor went to ALARM.
        updates: when its configuration changed, oldest first.

    """

    alarm: str
    composite: bool = False
    changes: tuple[Change, ...] = ()
    actions: int = 0
    contributors: int = 0
    updates: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Account:
    """The histories of the alarms of an account.

    Attributes:
        alarms: by name.
        start: the moment of the oldest item, in seconds since 1970 UTC.
        end: the moment of the newest item.
        notes: what limits the history, one sentence each.

    """

    alarms: Mapping[str, AlarmHistory] = field(default_factory=dict)
    start: int = 0
    end: int = 0
    notes: tuple[str, ...] = ()


def read_account(paths: Iterable[str | Path]) -> Account:
    """Return the histories in answers of ``describe-alarm-history``; several files are pages or months of one account.

    Raises:
        ConfigurationError: if a file cannot be read, is cut off, or is something else.

    """
    items: dict[str, Mapping[str, Any]] = {}
    more: list[str] = []
    for path in paths:
        for page in _pages(str(path)):
            listed = page["AlarmHistoryItems"]
            # Pages that overlap repeat items; an item has no id, so all of it is.
            items.update({json.dumps(item, sort_keys=True): item for item in listed})
            if page.get("NextToken"):
                more.append(f"{path}: AWS has more pages than it (NextToken); without them older changes are not seen.")
    rows = sorted((_row(item) for item in items.values()), key=lambda row: row[0])
    if not rows:
        return Account(notes=tuple(more))
    names = sorted({name for _, name, _ in rows})
    alarms = {name: _history(name, [(time, item) for time, owner, item in rows if owner == name]) for name in names}
    if not any(alarm.composite for alarm in alarms.values()):
        more.append("There is no composite alarm; AWS leaves them out unless --alarm-types asks for them.")
    return Account(alarms, rows[0][0], rows[-1][0], tuple(more))


def _pages(path: str) -> Iterator[Mapping[str, Any]]:
    try:
        text = Path(path).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise _unreadable(path, fault(error), "a file that can be read") from error
    if not text.strip():
        raise _unreadable(path, "an empty file", "an answer of describe-alarm-history")
    decoder, place = json.JSONDecoder(), 0
    while place < len(text.rstrip()):
        place += len(text[place:]) - len(text[place:].lstrip())
        try:
            document, place = decoder.raw_decode(text, place)
        except (ValueError, RecursionError) as error:
            raise _unreadable(path, fault(error), "JSON that is whole") from error
        for page in document if isinstance(document, list) and document else [document]:
            if not isinstance(page, dict) or not isinstance(page.get("AlarmHistoryItems"), list):
                raise _unreadable(path, "no AlarmHistoryItems", "an answer of describe-alarm-history")
            yield page


def _unreadable(path: str, given: str, allowed: str) -> ConfigurationError:
    return ConfigurationError("the history of alarms", [Problem(path, given, allowed, f"Fetch it again: {_COMMAND}")])


def _row(item: Json) -> tuple[int, str, Mapping[str, Any]]:
    try:
        return moment(item["Timestamp"], "UTC"), str(item["AlarmName"]), item
    except (KeyError, TypeError, StampError) as error:
        raise _unreadable(
            "AlarmHistoryItems", f"{str(item)[:80]} ({error})", "items with AlarmName and Timestamp"
        ) from error


def _history(name: str, rows: Sequence[tuple[int, Mapping[str, Any]]]) -> AlarmHistory:
    kinds = [(time, str(item.get("HistoryItemType")), item) for time, item in rows]
    updates = [_change(time, item) for time, kind, item in kinds if kind == "StateUpdate"]
    contributors = [_change(time, item) for time, kind, item in kinds if kind == "AlarmContributorStateUpdate"]
    return AlarmHistory(
        name,
        any(item.get("AlarmType") == "CompositeAlarm" for _, item in rows),
        tuple(update for update in updates if update is not None),
        sum(1 for _, kind, _ in kinds if kind in ("Action", "AlarmContributorAction")),
        sum(1 for contributor in contributors if contributor is not None and contributor.after is State.ALARM),
        tuple(time for time, kind, _ in kinds if kind == "ConfigurationUpdate"),
    )


def _change(time: int, item: Mapping[str, Any]) -> Change | None:
    """Return what an item says of a change, or None if it has no data that can be read."""
    try:
        document = json.loads(item.get("HistoryData") or "null")
        before, after = document["oldState"], document["newState"]
        states = State(before["stateValue"]), State(after["stateValue"])
    except (ValueError, KeyError, TypeError) as error:
        data_name = f"the HistoryData of {item.get('AlarmName')!r}"
        raise _unreadable(
            data_name, str(item.get("HistoryData"))[:80], f"an oldState and a newState ({error!r})"
        ) from error
    return Change(time, *states, str(after.get("stateReason", "")), _data(after.get("stateReasonData")))


def _data(document: Json) -> Data | None:
    if isinstance(document, str):
        document = json.loads(document)
    if not isinstance(document, dict) or "queryDate" not in document or "period" not in document:
        return None
    points = document.get("evaluatedDatapoints") or []
    start = document.get("startDate")
    return Data(
        moment(document["queryDate"], "UTC"),
        None if start is None else moment(start, "UTC"),
        int(document["period"]),
        tuple((moment(point["timestamp"], "UTC"), point.get("value")) for point in points),
    )
