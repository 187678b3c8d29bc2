"""The reviewers' page of the example, against a change that moves the hub off its private path: ``make report``.

Writes ``report.html`` and ``report.md`` to the folder that is named, by default ``build/report``.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import random
import shutil
import sys
from pathlib import Path

from northsouth.cli.main import main as northsouth
from northsouth.stacks.app import synthesize
from northsouth.stacks.loading import load_environments

ROOT = Path(__file__).parents[2]
START = 1_793_577_600  # 2026-11-02T00:00:00Z
MINUTES = 15 * 24 * 60
CHANGE = (
    ('"hub.example.com" = "hub.internal.example.com"\n', ""),
    ('names = ["hub.example.com"]', 'names = ["registry.example.com"]'),
    ('throughput = { over = "2 Gbit/s"', 'throughput = { over = "4 Gbit/s"'),
    ('gateway = ["s3"]\n', "gateway = []\n"),
)
"""What the change writes in the environment file in place of what."""
INCIDENTS = ((10_000, 10_250, "leak"), (15_000, 15_150, "backup in the wrong subnet"))
METRICS = ("BytesOutToDestination", "BytesInFromDestination")


def build(folder: Path) -> None:
    """Write both stacks, the history and the report."""
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "history").mkdir(parents=True)
    before = (ROOT / "environments" / "example.toml").read_text(encoding="utf-8")
    after = before
    for old, new in CHANGE:
        if old not in after:
            raise SystemExit(f"environments/example.toml has no longer: {old.strip()}")
        after = after.replace(old, new)
    for side, text in (("before", before), ("after", after)):
        (folder / side).mkdir()
        file = folder / side / "example.toml"
        file.write_text(text, encoding="utf-8")
        synthesize(load_environments([file]), outdir=str(folder / side / "out"))
    mapping = history(folder)
    page = folder / "report.html"
    summary = io.StringIO()
    with contextlib.redirect_stdout(summary):
        code = northsouth(
            [
                "report",
                *("--before", str(folder / "before" / "out")),
                *("--after", str(folder / "after" / "out")),
                *("--metrics", str(folder / "history" / "nat.csv")),
                *("--map", str(mapping)),
                *("--incidents", str(folder / "history" / "incidents.csv")),
                *("--title", "example: the hub off its private path"),
                *("--html", str(page)),
            ]
        )
    if code:
        raise SystemExit(code)
    (folder / "report.md").write_text(summary.getvalue(), encoding="utf-8")
    sys.stdout.write(f"{summary.getvalue()}\n{page}\n")


def history(folder: Path) -> Path:
    """Write 15 days of minutes of the example's NAT gateways, with two incidents, and return the mapping."""
    stack = json.loads((folder / "before" / "out" / "stacks" / "example" / "cdk.tf.json").read_text(encoding="utf-8"))
    gateways = sorted(stack["resource"]["aws_nat_gateway"])
    names = [f"{metric} {place}" for place in range(len(gateways)) for metric in METRICS]
    source = random.Random(7)  # noqa: S311 - the same numbers each time
    rows = [f"time,{','.join(names)}"]
    for minute in range(MINUTES):
        bad = any(first <= minute < last for first, last, _ in INCIDENTS)
        gigabits = source.uniform(2.6, 3.4) if bad else source.uniform(0.4, 0.9)
        value = gigabits * 1e9 / 8 * 60 / len(names)
        rows.append(f"{START + 60 * minute},{','.join([f'{value:.0f}'] * len(names))}")
    (folder / "history" / "nat.csv").write_text("\n".join([*rows, ""]), encoding="utf-8")
    marked = [f"{START + 60 * first},{START + 60 * last},{label}" for first, last, label in INCIDENTS]
    (folder / "history" / "incidents.csv").write_text("\n".join(["start,end,label", *marked, ""]), encoding="utf-8")
    mapping = folder / "history" / "map.txt"
    lines = [
        f"{metric} {place} = Sum of AWS/NATGateway/{metric}{{NatGatewayId=${{aws_nat_gateway.{gateway}.id}}}}"
        for place, gateway in enumerate(gateways)
        for metric in METRICS
    ]
    mapping.write_text("\n".join([*lines, ""]), encoding="utf-8")
    return mapping


def main() -> None:
    """Read the arguments and build."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", nargs="?", type=Path, default=ROOT / "build" / "report")
    build(parser.parse_args().folder.resolve())


if __name__ == "__main__":
    main()
