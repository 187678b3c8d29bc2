"""Time of explaining flow logs: Parquet against DuckDB's plain sum by source, text against ``zcat | awk``.

``python -m benchmarks.flows --rows 5000000`` writes a day of one NAT gateway's records: 2,000 senders with 25
destinations each, four records for each flow. Each program runs in a process of its own, so imports and translation
count. The ratios are of processor time, of the least of ``--rounds`` runs in turns. The dependency group is ``bench``,
the extra is ``egress``.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import duckdb

PARQUET_RATIO = 4.0
"""The most that explaining may take of a plain sum by source over the same Parquet file."""
GATEWAY, OWN = "eni-0a00000000000aaaa", "10.0.0.200"
HEADER = (
    "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status"
    " vpc-id subnet-id instance-id pkt-srcaddr pkt-dstaddr az-id pkt-src-aws-service pkt-dst-aws-service flow-direction"
    " traffic-path"
)
SUM = "import duckdb; print(len(duckdb.sql(\"SELECT pkt_srcaddr, sum(bytes) FROM '{path}' GROUP BY 1\").fetchall()))"


def write(folder: Path, rows: int) -> tuple[Path, Path]:
    """Write the same records as Parquet and as compressed text."""
    parquet, text = folder / "flows.parquet", folder / "flows.log"
    flow = f"""
        SELECT i % 4 AS k, 1790812800 + i * 86400 // {rows} AS start, hash(i // 4) % 1000000 AS bytes,
          '10.0.' || (1 + h % 8) || '.' || (h // 8 % 250) AS a,
          '52.216.' || ((h % 2000 * 7 + h // 2000 % 25 * 3) % 20) || '.'
            || ((h % 2000 * 13 + h // 2000 % 25) % 250) AS b
        FROM (SELECT i, hash(i // 4) AS h FROM range({rows}) t(i))
    """
    record = f"""
        SELECT 5 AS version, '111122223333' AS account_id, '{GATEWAY}' AS interface_id,
          CASE k WHEN 0 THEN a WHEN 2 THEN b ELSE '{OWN}' END AS srcaddr,
          CASE k WHEN 1 THEN b WHEN 3 THEN a ELSE '{OWN}' END AS dstaddr,
          40000 AS srcport, 443 AS dstport, 6 AS protocol, 10::BIGINT AS packets, bytes::BIGINT AS bytes,
          start::BIGINT AS start, (start + 60)::BIGINT AS "end", 'ACCEPT' AS action, 'OK' AS log_status,
          'vpc-1' AS vpc_id, 'subnet-1' AS subnet_id, '-' AS instance_id,
          CASE k WHEN 0 THEN a WHEN 1 THEN '{OWN}' ELSE b END AS pkt_srcaddr,
          CASE k WHEN 0 THEN b WHEN 1 THEN b WHEN 2 THEN '{OWN}' ELSE a END AS pkt_dstaddr,
          'use1-az1' AS az_id, CASE WHEN k > 1 THEN 'S3' ELSE '-' END AS pkt_src_aws_service,
          CASE WHEN k < 2 THEN 'S3' ELSE '-' END AS pkt_dst_aws_service,
          CASE WHEN k % 2 = 0 THEN 'ingress' ELSE 'egress' END AS flow_direction, '-' AS traffic_path
        FROM ({flow})
    """
    duckdb.execute(f"COPY ({record}) TO '{parquet}' (FORMAT parquet, COMPRESSION gzip)")
    duckdb.execute(f"COPY (FROM '{parquet}') TO '{text}' (FORMAT csv, DELIMITER ' ', HEADER false)")
    compressed = folder / "flows.log.gz"
    with compressed.open("wb") as out:
        subprocess.run(f"(echo '{HEADER}'; cat {text}) | gzip -6", shell=True, stdout=out, check=True)
    text.unlink()
    return parquet, compressed


def taken(command: Sequence[str]) -> tuple[float, float]:
    """Return the processor and the wall time of a command, in seconds."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    wall, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, wall


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=5_000_000)
    parser.add_argument("--text-rows", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "parquet").mkdir()
        (folder / "text").mkdir()
        parquet, _ = write(folder / "parquet", options.rows)
        _, text = write(folder / "text", options.text_rows)
        ours = [sys.executable, "-m", "northsouth.cli.main", "egress", "explain", "--vpc-cidr", "10.0.0.0/16"]
        ours += ["--nat", f"{GATEWAY}={OWN}"]
        awk = f"zcat {text} | awk 'NR > 1 {{ sum[$18] += $10 }} END {{ for (a in sum) print a, sum[a] }}'"
        commands = {
            "Parquet, northsouth": [*ours, str(parquet)],
            "Parquet, DuckDB's sum": [sys.executable, "-c", SUM.format(path=parquet)],
            "text, northsouth": [*ours, str(text)],
            "text, zcat | awk": ["sh", "-c", awk],
        }
        best = dict.fromkeys(commands, (float("inf"), float("inf")))
        for _ in range(options.rounds):
            for each, command in commands.items():
                best[each] = min(best[each], taken(command))
    print(f"{options.rows:,} rows of Parquet, {options.text_rows:,} lines of text, {os.cpu_count()} processors")
    for each, (processor, wall) in best.items():
        print(f"{each:22} processor {processor:6.2f} s, wall {wall:6.2f} s")
    ratio = best["Parquet, northsouth"][0] / best["Parquet, DuckDB's sum"][0]
    peer = best["text, northsouth"][0] / best["text, zcat | awk"][0]
    print(f"processor, northsouth / DuckDB's sum: {ratio:.2f} (at most {PARQUET_RATIO})")
    print(f"processor, northsouth / zcat | awk: {peer:.2f}")
    return int(ratio > PARQUET_RATIO)


if __name__ == "__main__":
    sys.exit(main())
