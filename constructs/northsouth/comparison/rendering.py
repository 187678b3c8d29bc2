"""Writes a comparison in the manner of Terraform's plan: one line for a change, what is destroyed first."""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import unified_diff
from itertools import accumulate, islice

from northsouth.comparison.changes import Action, Change, Comparison, thawed
from northsouth.comparison.difference import Difference, decoded, empty
from northsouth.comparison.warnings import warnings
from northsouth.template import Value

WIDTH = 100
"""Longest text of a value on one line; of longer ones the part that differs is shown."""

LINES = 40
"""Most lines that are shown of the difference of two texts of several lines."""

MOST_MARKDOWN = 60_000
"""Most characters of Markdown: GitHub takes a comment of 65,536."""

_BACKTICKS = re.compile("`+")

_MARKS = {
    Action.DESTROYED: "-",
    Action.REPLACED: "-/+",
    Action.UNREADABLE: "!",
    Action.MAY_REPLACE: "?",
    Action.DEPOSED: "-",
    Action.FORGOTTEN: ".",
    Action.REMOVED: "-",
    Action.CHANGED: "~",
    Action.MOVED: ">",
    Action.IMPORTED: "<",
    Action.CREATED: "+",
    Action.ADDED: "+",
}
_COLOURS = {"-": "31", "-/+": "31;1", "!": "31;1", "?": "31", "<": "36", ".": "33", "~": "33", ">": "36", "+": "32"}
_WORDS = {
    Action.DESTROYED: "to destroy",
    Action.REPLACED: "to replace",
    Action.UNREADABLE: "to make unreadable",
    Action.MAY_REPLACE: "that may be replaced",
    Action.DEPOSED: "deposed to destroy",
    Action.FORGOTTEN: "to forget",
    Action.REMOVED: "removed",
    Action.CHANGED: "to change",
    Action.MOVED: "to move",
    Action.IMPORTED: "to import",
    Action.CREATED: "to create",
    Action.ADDED: "added",
}
_REFERENCE = re.compile(r"\$\{([^{}]*)\}")


def render(comparison: Comparison, *, colour: bool = False) -> str:
    """Return a comparison as text, without a line break at its end.

    ::

        -/+ aws_vpc.main cidr_block: "10.0.0.0/16" → "10.1.0.0/16" (forces replacement)
        ~ aws_cloudwatch_metric_alarm.nat threshold: 5 → 6
        1 to replace, 1 to change.

    Args:
        comparison: what to write.
        colour: whether to mark the lines with a terminal's colours.

    """
    if not comparison and not comparison.left_out:
        return "Nothing changes in what is declared."
    lines = [line for change in comparison for line in _painted(change, colour=colour)]
    lines += _moved_blocks(comparison)
    lines += warnings((*comparison.changes, *comparison.left_out))
    lines.append(f"{_counts(comparison.changes) or 'Nothing of what was asked for'}.")
    if comparison.left_out:
        lines.append(f"Left out: {_counts(comparison.left_out)}.")
    return "\n".join(lines)


def _counts(changes: Sequence[Change]) -> str:
    numbers = Counter(change.action for change in changes)
    return ", ".join(f"{numbers[action]} {_WORDS[action]}" for action in Action if numbers[action])


def _moved_blocks(comparison: Comparison) -> Iterator[str]:
    """Yield the ``moved`` blocks for what looks renamed, ready to be put into a file or an override."""
    blocks = comparison.moved_blocks
    if blocks:
        yield 'To keep what was only renamed, add these to moved.tf.json, or with stack.add_override("moved", [...]):'
        yield '  {"moved": ['
        for position, block in enumerate(blocks, 1):
            yield f"    {json.dumps(block)}{',' if position < len(blocks) else ''}"
        yield "  ]}"


def markdown(heading: str, sections: Iterable[tuple[str, Sequence[str]]]) -> str:
    """Return reports as Markdown for a comment on a pull request: a heading, and a block of lines for each section.

    Args:
        heading: the heading.
        sections: pairs of a title, which may hold Markdown, and lines of plain text.

    """
    parts = [f"### {heading}"]
    left = MOST_MARKDOWN
    for title, lines in sections:
        sizes = list(accumulate(len(line) + 1 for line in lines))
        count = bisect_right(sizes, left)
        left -= sizes[count - 1] if count else 0
        cut = [f"… and {counted(len(lines) - count, 'more line')}"] if count < len(lines) else []
        text = "\n".join([*lines[:count], *cut])
        fence = "`" * max(3, 1 + max(map(len, _BACKTICKS.findall(text)), default=0))
        parts.append(f"**{title}**\n\n{fence}diff\n{text}\n{fence}")
    return "\n\n".join(parts) + "\n"


def counted(number: int, noun: str) -> str:
    """Return a number with what it counts: ``1 resource``, ``2 resources``."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _painted(change: Change, *, colour: bool) -> Iterator[str]:
    mark = _MARKS[change.action]
    for line in _lines(change, mark):
        yield f"\x1b[{_COLOURS[mark]}m{line}\x1b[0m" if colour else line


def _lines(change: Change, mark: str) -> Iterator[str]:
    head = f"{mark} {printable(change.address)}"
    notes = list(_notes(change))
    differences = [
        difference_lines(
            difference, " (forces replacement)" if change.destructive and difference.top in change.forced_by else ""
        )
        for difference in change.differences
    ]
    if not notes and len(differences) == 1 and len(differences[0]) == 1:
        yield f"{head} {differences[0][0]}"
        return
    yield f"{head}{': ' if notes else ''}{'; '.join(notes)}"
    for lines in differences:
        yield from (f"    {line}" for line in lines)


def _notes(change: Change) -> Iterator[str]:
    if change.renamed:
        yield f"renamed from {printable(change.previous)}, which destroys it; a moved block would keep it"
    elif change.previous:
        yield f"moved from {printable(change.previous)}"
    elif change.resembles and change.action is Action.DESTROYED:
        yield f"if it is now {printable(change.resembles)}, renamed and changed, a moved block keeps it"
    if change.import_id:
        yield f"imported, id {printable(change.import_id)}"
    if change.action in _STANDING:
        yield _STANDING[change.action]
    if change.unreadable:
        yield f"rows that are stored cannot be read any more (type of {', '.join(map(printable, change.unreadable))})"
    yield from _forced(change)
    if change.planned:
        yield "says the plan; the declarations do not differ here"


_STANDING = {
    Action.FORGOTTEN: "left alone from now on, not destroyed",
    Action.DEPOSED: "left behind by a failed create_before_destroy; the next apply destroys it",
}


def _forced(change: Change) -> Iterator[str]:
    """Yield why something is, or may be, replaced, as far as the differences do not show it."""
    shown_arguments = {difference.top for difference in change.differences}
    hidden = ", ".join(argument for argument in change.forced_by if argument not in shown_arguments)
    if change.action is Action.MAY_REPLACE:
        if shown_arguments & {*change.forced_by}:
            yield _unknown(change)
        if hidden:
            yield f"may replace (what it refers to in {hidden} may change)"
    elif hidden:
        yield f"replaced because of {'' if change.planned else 'what it refers to in '}{hidden}"


def _unknown(change: Change) -> str:
    if change.address.startswith("module."):
        return "may replace what is in the module"
    instances = ", ".join(sorted({"count", "for_each"} & {*change.forced_by}))
    return f"may destroy instances ({instances} changes)" if instances else "may replace (type unknown)"


def difference_lines(difference: Difference, note: str = "") -> list[str]:
    """Return a difference as one line, or as several if it is long.

    Args:
        difference: what to write.
        note: text to put at the end of the first line.

    """
    path = printable(difference.path)
    label = f"{path}: " if path else ""
    if difference.reordered:
        return [f"{label}the same members in another order{note}"]
    before, after = difference.before, difference.after
    if before is None or after is None:
        sign, value = ("+", after) if before is None else ("-", before)
        first, *more = _value_lines(value)
        return [f"{label}{sign} {first}{note}", *(f"  {line}" for line in more)]
    if isinstance(before, str) and isinstance(after, str) and "\n" in before and "\n" in after:
        return [f"{label.rstrip()}{note}", *_text_lines(before, after)]
    return [f"{label}{' → '.join(_around(text(before), text(after)))}{note}"]


def _value_lines(value: Value) -> list[str]:
    """Return a value on one line if it is short, else an object or array with a line for each member that has one."""
    line = text(value)
    if isinstance(value, str) and len(line) > WIDTH:
        value = decoded(value) or value
    if len(line) <= WIDTH or not isinstance(value, Mapping | tuple):
        return [_short(line)]
    if isinstance(value, Mapping):
        members = [f"{printable(key)}: {_short(text(item))}" for key, item in value.items() if not empty(item)]
    else:
        members = [_short(text(item)) for item in value]
    left = len(members) - LINES
    brackets = "{}" if isinstance(value, Mapping) else "[]"
    more = [f"  … and {left} more"] if left > 0 else []
    return [brackets[0], *(f"  {member}" for member in members[:LINES]), *more, brackets[1]]


def text(value: Value) -> str:
    """Return a value as Terraform would write it: an expression bare, all else as JSON."""
    if value is None:
        return "nothing"
    if isinstance(value, str) and (alone := _REFERENCE.fullmatch(value)):
        return printable(alone.group(1))
    return printable(json.dumps(thawed(value), ensure_ascii=False))


def printable(value: str) -> str:
    """Return text in which characters that control a terminal, or are invisible, are written as escapes."""
    return "".join(
        character if character.isprintable() else character.encode("unicode_escape").decode() for character in value
    )


def _short(value: str) -> str:
    return value if len(value) <= WIDTH else f"{value[: WIDTH - 1]}…"


def _around(before: str, after: str) -> tuple[str, str]:
    """Return both texts, or of long ones the part that differs with a little of what surrounds it."""
    if len(before) <= WIDTH and len(after) <= WIDTH:
        return before, after
    pairs = enumerate(zip(before, after, strict=False))
    start = next((at for at, (a, b) in pairs if a != b), min(len(before), len(after)))
    begin = max(0, start - WIDTH // 4)
    return _cut(before, begin), _cut(after, begin)


def _cut(value: str, begin: int) -> str:
    head = "…" if begin else ""
    part = value[begin : begin + WIDTH]
    return f"{head}{part}{'…' if begin + WIDTH < len(value) else ''}"


def _text_lines(before: str, after: str) -> Iterator[str]:
    compared = unified_diff(before.splitlines(), after.splitlines(), n=1)
    lines = [f"  {printable(line)}" for line in islice(compared, 2, None) if not line.startswith("@@")]
    yield from lines[:LINES]
    if len(lines) > LINES:
        yield f"  … and {len(lines) - LINES} more"
