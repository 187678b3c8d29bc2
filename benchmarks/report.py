"""The figures of a run as a table, as JSON and as a chart."""

from __future__ import annotations

import json
import os
import platform
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from html import escape
from pathlib import Path

from benchmarks.cases import Case
from benchmarks.measure import Runs, Spread

BAR, ROW, LEFT, WIDTH = 16, 24, 250, 900
OURS_COLOUR, PEER_COLOUR, BEHIND_COLOUR = "#0b6e4f", "#9aa5b1", "#c8553d"


@dataclass(frozen=True)
class Line:
    """One program of a case, and how ours compares with it."""

    case: str
    program: str
    unit: str
    value: Spread
    ratio: Spread | None = None
    target: float | None = None

    @property
    def verdict(self) -> str:
        if self.ratio is None or self.target is None:
            return ""
        return "met" if self.ratio.median <= self.target else "MISSED"


@dataclass
class Report:
    """All lines of a run, and what went wrong."""

    lines: list[Line] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def add(self, case: Case, runs: Runs, *, unit: str = "s") -> None:
        """Add a case's figures."""
        ours = case.programs[0].name
        for program in case.programs:
            name = program.name
            ratio = runs.ratio(ours, name) if name != ours else None
            self.lines.append(Line(case.title, name, unit, runs.spread(name), ratio, case.targets.get(name)))

    def missed(self) -> list[Line]:
        return [line for line in self.lines if line.verdict == "MISSED"]

    def behind(self) -> list[Line]:
        """Return where ours loses."""
        return [line for line in self.lines if line.ratio and line.ratio.median > 1]

    def as_json(self) -> dict[str, object]:
        return {"machine": machine(), "lines": [asdict(line) for line in self.lines], "problems": self.problems}


def kept_lines(file: Path) -> list[Line]:
    """Return the lines of a report that was kept as JSON.

    Raises:
        SystemExit: they are of another machine, so no table may hold them beside this one's.

    """
    kept = json.loads(file.read_text())
    if kept["machine"] != machine():
        raise SystemExit(f"{file} has the figures of another machine: measure every case")
    return [
        Line(**{**line, "value": Spread(**line["value"]), "ratio": line["ratio"] and Spread(**line["ratio"])})
        for line in kept["lines"]
    ]


def renewed(kept: Sequence[Line], measured: Sequence[Line]) -> list[Line]:
    """Return the kept lines, of which those of a case that was measured again give way; cases stay in their order."""
    cases = dict.fromkeys(line.case for line in [*kept, *measured])
    again = {line.case for line in measured}
    return [line for case in cases for line in (measured if case in again else kept) if line.case == case]


def table(lines: Sequence[Line]) -> str:
    """Return Markdown, one table for each case."""
    parts = []
    for case in dict.fromkeys(line.case for line in lines):
        rows = [line for line in lines if line.case == case]
        parts.append(f"### {case}\n")
        parts.append(f"| program | {rows[0].unit}: median (least-most) | ours / this | target | |")
        parts.append("|---|---|---|---|---|")
        digits = ".0f" if rows[0].unit == "MiB" else ".3g" if rows[0].unit != "s" else ".2f"
        for line in rows:
            ratio = f"{line.ratio:.3f}" if line.ratio else ""
            target = f"≤ {line.target:.2f}" if line.target is not None else ""
            parts.append(f"| {line.program} | {format(line.value, digits)} | {ratio} | {target} | {line.verdict} |")
        parts.append("")
    return "\n".join(parts)


def machine() -> dict[str, str]:
    """Return what the figures depend on."""
    cpu = next(
        (
            line.partition(":")[2].strip()
            for line in _text("/proc/cpuinfo").splitlines()
            if line.startswith("model name")
        ),
        platform.processor() or platform.machine(),
    )
    node = subprocess.run(["node", "--version"], capture_output=True, text=True, check=True).stdout.strip()
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return {
        "processor": f"{os.cpu_count()} x {cpu}",
        "memory": f"{memory:.0f} GiB",
        "system": f"{platform.system()} {platform.release().split('-')[0]}",
        "python": platform.python_version(),
        "node": node,
    }


def _text(path: str) -> str:
    file = Path(path)
    return file.read_text() if file.exists() else ""


def chart(lines: Sequence[Line]) -> str:
    """Return an SVG of the wall times: a group of bars for each case, each group to its own scale."""
    parts: list[str] = []
    top = 60
    cases = dict.fromkeys(line.case for line in lines if line.unit in ("s", "MiB"))
    for case in cases:
        rows = [line for line in lines if line.case == case]
        ours = rows[0].value.median
        most = max(line.value.median for line in rows)
        parts.append(f'<text x="20" y="{top}" class="title">{escape(case)}</text>')
        top += 12
        for row in sorted(rows, key=lambda line: line.value.median):
            length = max(2.0, (WIDTH - LEFT - 180) * row.value.median / most)
            colour = OURS_COLOUR if row is rows[0] else BEHIND_COLOUR if row.value.median < ours else PEER_COLOUR
            times = "" if row is rows[0] else f"  ({row.value.median / ours:.2g} x ours)"
            digits = ",.0f" if row.value.median >= 100 else ".3g"
            label = f"{row.value.median:{digits}} {row.unit}{times}"
            parts.append(f'<text x="{LEFT - 10}" y="{top + BAR - 3}" class="name">{escape(row.program)}</text>')
            parts.append(f'<rect x="{LEFT}" y="{top}" width="{length:.1f}" height="{BAR}" fill="{colour}"/>')
            parts.append(f'<text x="{LEFT + length + 8:.1f}" y="{top + BAR - 3}">{escape(label)}</text>')
            top += ROW
        top += 26
    style = (
        "text{font:13px system-ui,sans-serif;fill:#1f2933}.title{font-weight:600;font-size:15px}"
        ".name{text-anchor:end}.head{font-size:18px;font-weight:600}.key{fill:#52606d}"
    )
    head = '<text x="20" y="28" class="head">Whole processes, median; less is better</text>'
    key = f'<text x="{WIDTH - 20}" y="28" class="key" text-anchor="end">green: northsouth. red: faster than it.</text>'
    body = "\n".join([head, key, *parts])
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {top}" width="{WIDTH}" height="{top}">\n'
        f'<style>{style}</style>\n<rect width="100%" height="100%" fill="#ffffff"/>\n{body}\n</svg>\n'
    )


def put_between(text: str, mark: str, content: str) -> str:
    """Replace what is between ``<!-- mark -->`` and ``<!-- /mark -->``.

    Raises:
        ValueError: the marks are not there.

    """
    begin, end = f"<!-- {mark} -->", f"<!-- /{mark} -->"
    if begin not in text or end not in text:
        raise ValueError(f"no {begin} … {end}")
    before, _, rest = text.partition(begin)
    return f"{before}{begin}\n{content}\n{end}{rest.partition(end)[2]}"


def sentence(values: Mapping[str, str]) -> str:
    return ", ".join(f"{name} {value}" for name, value in values.items())
