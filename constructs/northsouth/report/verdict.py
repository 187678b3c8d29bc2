"""The verdict: what a change means, in five lines; pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Literal

Level = Literal["good", "change", "bad", "unsure"]
Line = dict[str, str]
_LOSSES = ("destroyed", "replaced", "unreadable")
_NAMED = 3
"""Most examples that a line names."""


def verdict(model: Mapping[str, Any]) -> list[Line]:
    """Return the five lines; each has an ``id``, a ``level`` and a ``text``."""
    return [
        _changes(model["changes"]),
        _names(model),
        _alarms(model),
        _money(model["money"], model["flows"]),
        _not_judged(model["not_judged"]),
    ]


def _line(name: str, level: Level, text: str) -> Line:
    return {"id": name, "level": level, "text": text}


def _changes(changes: Mapping[str, Any] | None) -> Line:
    if changes is None:
        return _line("changes", "unsure", "What is destroyed or replaced was not judged.")
    destroyed, possible = changes["destructive"], changes["possible"]
    other_counts = {key: count for key, count in changes["counts"].items() if key not in _LOSSES}
    rest = f" Besides: {_counts(other_counts)}." if other_counts else ""
    if destroyed:
        counts = {key: changes["counts"][key] for key in _LOSSES if key in changes["counts"]}
        return _line("changes", "bad", f"{_counts(counts)}: {_few(destroyed)}.{rest}")
    if possible:
        return _line("changes", "unsure", f"{len(possible)} may be replaced: {_few(possible)}. A plan decides.{rest}")
    return _line("changes", "good", f"Nothing is destroyed or replaced.{rest}")


def _names(model: Mapping[str, Any]) -> Line:
    rows = model["names"]["names"]
    broken = [
        finding["message"]
        for finding in model["names"]["findings"]
        if finding["new"] and finding["severity"] == "error"
    ]
    fault = f" New: {_few(broken, 1)}" if broken else ""
    if model["paths"]["before"] is None:
        return _line("names", "bad" if broken else "unsure", f"{len(rows)} names have rules; not compared.{fault}")
    changed = [row for row in rows if row["changed"]]
    if not changed:
        return _line("names", "bad" if broken else "good", f"No name resolves elsewhere, of {len(rows)} judged.{fault}")
    changes = (f"{_bare(row['name'])} ({answered(row['before'])} → {answered(row['after'])})" for row in changed)
    word = "name resolves" if len(changed) == 1 else "names resolve"
    text = f"{len(changed)} {word} elsewhere: {_few(changes)}.{fault}"
    return _line("names", "bad" if broken else "change", text)


def answered(answer: Mapping[str, Any]) -> str:
    """Return what a client is answered, in a few words."""
    match answer["verdict"]:
        case "overridden":
            return _bare(answer["to"] or "a name known after apply")
        case "passed" | "allowed" | "alerted":
            addresses = answer["addresses"]
            return f"as usual, {', '.join(addresses)}" if addresses else "as usual"
        case other:
            return str(other)


def _alarms(model: Mapping[str, Any]) -> Line:
    section = model["alarms"]
    if section is None:
        return _line("alarms", "unsure", "What alarms would have done was not judged.")
    alarms = section["alarms"]
    if not section["compared"]:
        fired = [alarm["name"] for alarm in alarms if alarm["after"] and alarm["after"]["fired"]]
        return _line("alarms", "unsure", f"{len(fired)} of {len(alarms)} alarms would have fired; not compared.")
    if not alarms:
        return _line("alarms", "unsure", "No alarm could be replayed on the history.")
    changed = [alarm for alarm in alarms if alarm["changed"]]
    if not changed:
        return _line("alarms", "good", f"No alarm would have fired differently, of {len(alarms)} replayed.")
    changes = (f"{alarm['name']} {_fired(alarm['before'])} → {_fired(alarm['after'])} times" for alarm in changed)
    word = "alarm" if len(changed) == 1 else "alarms"
    return _line("alarms", "change", f"{len(changed)} {word} would have fired differently: {_few(changes)}.")


def _fired(view: Mapping[str, Any] | None) -> str:
    return "not there" if view is None else str(view["fired"])


def _money(money: Mapping[str, Any], flows: Mapping[str, Any] | None) -> Line:
    scope = "" if money["usage"] else ", without what GB cost"
    after = f"{money['after']:,.2f} USD a month{scope}"
    saved = "" if flows is None else _avoidable(flows)
    if money["before"] is None:
        return _line("money", "unsure", f"{after}; not compared.{saved}")
    difference = money["after"] - money["before"]
    if abs(difference) < 0.005:
        return _line("money", "good", f"Costs stay at {after}.{saved}")
    parts = (
        f"{path['path']} {signed(path['after'] - path['before'])}"
        for path in money["paths"]
        if abs(path["after"] - path["before"]) >= 0.005
    )
    level: Level = "change" if difference > 0 else "good"
    rest = f"{money['after']:,.2f} in all.{saved}"
    return _line("money", level, f"{signed(difference)} USD a month{scope}: {_few(parts)}. {rest}")


def _avoidable(flows: Mapping[str, Any]) -> str:
    total = flows["total"]["usd_per_day"]
    return f" NAT carried {total:,.2f} USD a day, {flows['avoidable_usd_per_day']:,.2f} of it avoidable."


def signed(value: float) -> str:
    """Return an amount with its sign."""
    return f"{value:+,.2f}"


def _not_judged(reasons: Iterable[Mapping[str, str]]) -> Line:
    listed = [f"{reason['what']} ({reason['why'].rstrip('.')})" for reason in reasons]
    if not listed:
        return _line("not_judged", "good", "Everything was judged.")
    return _line("not_judged", "unsure", f"Not judged: {_few(listed)}.")


def _counts(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{count} {key.replace('-', ' ')}" for key, count in counts.items())


def _few(items: Iterable[str], most: int = _NAMED) -> str:
    listed = list(items)
    more = f" and {len(listed) - most} more" if len(listed) > most else ""
    return f"{', '.join(listed[:most])}{more}"


def _bare(name: str) -> str:
    return name.rstrip(".")
