"""Memory and processor time of reading one metric out of a file of many: ours, by the file's size, and polars.

``python -m benchmarks.reading --rows 2000000 --times 8`` writes a CSV file of rows and one that is eight times as long,
both of ``SERIES`` metrics, and reads one metric from each, each in a process of its own. A file can be larger than
memory if the peak does not follow its size: the first ratio says so. The longer file has eight times the points of the
metric as well; they are the result, and count. The dependency group is ``bench``.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

SERIES = 500
START = 1_600_000_000 // 60 * 60
PEAK_RATIO = 2.0
"""The most that the peak may grow where the file grows eightfold."""
PEER_RATIO = 0.5
"""The most that our peak may be of polars' on the longer file."""
READERS: Mapping[str, str] = {
    "northsouth": """
from northsouth.alerts.replay.files import read
(series,) = read([path], ["m7 = Sum of Bench/Bytes"]).history.values()
points = len(series)
""",
    "polars": """
import polars
points = polars.read_csv(path).filter(polars.col("series") == "m7").sort("time").height
""",
    "imports": """
import duckdb, numpy
from northsouth.alerts.replay.files import read
points = 0
""",
}
_REPORT = """
import json, resource
used = resource.getrusage(resource.RUSAGE_SELF)
print(json.dumps({"points": points, "peak": used.ru_maxrss / 1024, "processor": used.ru_utime + used.ru_stime}))
"""


def write(path: Path, rows: int) -> None:
    """Write rows of all series, minute after minute."""
    with path.open("w", encoding="utf-8") as out:
        out.write("time,series,value\n")
        for minute in range(rows // SERIES):
            time = START + 60 * minute
            out.write("".join(f"{time},m{series},{series * minute % 9973}.25\n" for series in range(SERIES)))


def measured(reader: str, path: Path) -> dict[str, float]:
    """Return what a process of its own needs to read a file."""
    program = f"path = {str(path)!r}\n{READERS[reader]}{_REPORT}"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    figures: dict[str, float] = json.loads(done.stdout)
    return figures


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=2_000_000)
    parser.add_argument("--times", type=int, default=8)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        short, long = Path(folder, "short.csv"), Path(folder, "long.csv")
        write(short, options.rows)
        write(long, options.rows * options.times)
        figures = {
            ("northsouth", "short"): measured("northsouth", short),
            ("northsouth", "long"): measured("northsouth", long),
            ("polars", "long"): measured("polars", long),
            ("imports", "none"): measured("imports", short),
        }
        size = long.stat().st_size / 1024**2
    for (reader, which), each in figures.items():
        print(
            f"{reader:10} {which:5}: {each['points']:7,.0f} points, peak {each['peak']:6,.0f} MiB,"
            f" processor {each['processor']:5.1f} s"
        )
    ours, theirs = figures["northsouth", "long"], figures["polars", "long"]
    peak = ours["peak"] / figures["northsouth", "short"]["peak"]
    peer = ours["peak"] / theirs["peak"]
    print(f"the longer file has {size:,.0f} MiB")
    print(f"peak, {options.times} times as long / short: {peak:.2f} (at most {PEAK_RATIO})")
    print(f"peak, northsouth / polars: {peer:.2f} (at most {PEER_RATIO})")
    print(f"processor, northsouth / polars: {ours['processor'] / theirs['processor']:.2f}")
    return int(ours["points"] != theirs["points"] or peak > PEAK_RATIO or peer > PEER_RATIO)


if __name__ == "__main__":
    sys.exit(main())
