"""What is new names the places that it lacks, all at once: in the example file, the docs' tables and the incidents."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import UnionType
from typing import Any, get_args, get_origin, get_type_hints

from northsouth.alerts import packs
from northsouth.alerts.routes import receivers
from northsouth.stacks.alarm_tables import ALARM_TABLES, AlertsSection, LogEventsTable, mute_keys
from northsouth.stacks.routes import TopicNames, receiver_keys
from northsouth.stacks.settings import Environment
from tests.alerts.packs.example import alarms_of
from tests.alerts.packs.timelines import CASES, PACKS

ROOT = Path(__file__).parents[2]
EXAMPLE = (ROOT / "environments" / "example.toml").read_text(encoding="utf-8")
ALERTS_PAGE = (ROOT / "docs" / "alerts.md").read_text(encoding="utf-8")

ALARM_IDS = {"not_completed": "unfinished"}
"""The beginning of an alarm's id, if it is not its method's name."""
TABLES = "Then write two tables of docs/alerts.md anew: python -m tests.alerts.packs.timelines, and …packs.costs"


def sections() -> dict[str, str]:
    """Return the example's text by section, those of ``[alerts]`` by table, with the comments before its header."""
    parts: dict[str, str] = {}
    name, text = "", ""
    for block in re.split(r"\n\n", EXAMPLE):
        header = re.search(r"(?m)^\[+(alerts\.\w+|\w+)", block)
        if header and header[1] != name:
            name, text = header[1], ""
        text = parts[name] = f"{text}\n\n{block}" if name else block
    return parts


def says(text: str, key: str) -> bool:
    """Whether a text of TOML has a key, or shows it in a comment."""
    return re.search(rf"(?<![\w.-])(?:\w+\.)*{key}(?:\.[\w.-]+)*\s*(?:=|\]|  )|[{{,]\s*{key}\b", text) is not None


def keys_of(model: type[Any]) -> Iterator[str]:
    """Yield the keys of a section and of all tables in it."""
    for name, hint in get_type_hints(model).items():
        yield name
        for inner in tables_in(hint):
            yield from keys_of(inner)


def tables_in(hint: Any) -> Iterator[type[Any]]:
    if dataclasses.is_dataclass(hint) and isinstance(hint, type):
        yield hint
    elif isinstance(hint, UnionType) or get_origin(hint) is not None:
        for each in get_args(hint):
            yield from tables_in(each)


def plain_keys() -> Iterator[tuple[str, str]]:
    for section, hint in get_type_hints(Environment).items():
        models = [] if section == "file" else list(tables_in(hint))
        for model in models:
            yield from ((section, key) for key in (keys_of(model) if model is not AlertsSection else ["runbook"]))


def alert_keys() -> Iterator[tuple[str, str]]:
    yield from (("alerts.routes", field.name) for field in dataclasses.fields(TopicNames))
    yield from (("alerts.handoff", field.name) for field in dataclasses.fields(LogEventsTable))
    for kind in receivers.KINDS:
        yield from (("alerts.routes", key) for key in (kind, *receiver_keys(receivers.kind(kind))))
    yield from (("alerts", key) for key in ("mutes", *mute_keys()))
    for table, spec in ALARM_TABLES.items():
        yield from ((f"alerts.{table}", key) for key in (table, *spec.constructor()))
        for key, (_, known) in spec.alarms().items():
            yield from ((f"alerts.{table}", name) for name in (key, *known) if name != spec.only)


def defaults() -> list[list[str]]:
    """Return the rows of the table of defaults."""
    table = ALERTS_PAGE.partition("### Why these defaults")[2]
    return [row.split(" | ") for row in table.splitlines() if row.startswith("| `")]


def has_incident(pack: str, method: str) -> bool:
    """Return whether an incident of the pack raises an alarm that the method declares."""
    begins = ALARM_IDS.get(method, method.replace("_", "-"))
    raised = {alarm for case in CASES if PACKS[case.pack] == pack and case.is_incident for alarm in case.fires}
    return any(f"{alarm}-".startswith(f"{begins}-") for alarm in raised)


def missing_places() -> Iterator[str]:
    """Yield each place that a key or an alarm lacks, as a line of one report."""
    texts = sections()
    argued = set(re.findall(r"`(\w+)`", " ".join(row[0] for row in defaults())))
    for section, key in dict.fromkeys((*plain_keys(), *alert_keys())):
        # What all alarms may say stands before the first of them.
        text = f"{texts.get(section, '')}\n{texts['alerts'] if section.startswith('alerts.') else ''}"
        if not says(text, key):
            yield f"environments/example.toml: [{section}] neither has the key {key} nor explains it in a comment"
    for name in (name for spec in ALARM_TABLES.values() for name in spec.packs):
        row = re.search(rf"(?m)^\| [^|]*`{name}`[^|]*\|.*$", ALERTS_PAGE)
        if row is None:
            yield f"docs/alerts.md: the table of packs has no row for {name}"
            continue
        for method in alarms_of(getattr(packs, name)):
            if f"`{method}`" not in row[0]:
                yield f"docs/alerts.md: the row of {name} does not name the alarm {method}"
            if method not in argued:
                yield f"docs/alerts.md: the table of defaults has no row for {name}.{method}"
            if not has_incident(name, method):
                yield f"tests/alerts/packs/timelines.py: no incident raises {name}.{method}. {TABLES}"


def test_every_key_and_alarm_is_in_the_example_and_the_docs() -> None:
    missing: Mapping[str, None] = dict.fromkeys(missing_places())
    assert not missing, "\n".join(["add what is new to these places:", *missing])


def test_every_default_has_its_reason_and_what_it_was_tried_on() -> None:
    assert [row[0] for row in defaults() if len(row) != 4 or not all(cell.strip(" |") for cell in row)] == []
