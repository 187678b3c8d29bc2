"""Seventeen real series of CloudWatch, with what is wrong in them."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import pytest

from northsouth.alerts.replay.files import metric_of, read
from northsouth.errors import ConfigurationError

DATA = Path(__file__).parents[1] / "data/nab"
FILES = sorted(DATA.glob("*.csv"))
KEY = metric_of("AWS/EC2/CPUUtilization{InstanceId=i-1}")
LINE = f"value = Average of {KEY}"
REPEATED = {
    "ec2_disk_write_bytes_1ef3de.csv": "11 points of a time that was there already: the first is kept.",
    "ec2_network_in_5abac7.csv": (
        "11 points of a time that was there already, 7 of them with another value: the first is kept."
    ),
}
GAPS = {
    "ec2_cpu_utilization_825cc2.csv": 2,
    "ec2_cpu_utilization_ac20cd.csv": 2,
    "ec2_disk_write_bytes_1ef3de.csv": 2,
    "ec2_network_in_257a54.csv": 2,
    "ec2_network_in_5abac7.csv": 2,
    "elb_request_count_8c0756.csv": 8,
    "rds_cpu_utilization_cc0c53.csv": 1,
}


def test_all_are_there() -> None:
    windows = json.loads((DATA / "windows.json").read_text(encoding="utf-8"))
    assert len(FILES) == 17
    assert {f"realAWSCloudwatch/{file.name}" for file in FILES} == windows.keys()
    assert sum(len(each) for each in windows.values()) == 30
    assert "Permission is hereby granted, free of charge" in (DATA / "LICENSE.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_each_is_read_and_what_was_changed_is_said(file: Path) -> None:
    series = read([file], [LINE], time_zone="UTC").history[KEY]
    assert series.spacing == 300
    assert series.gaps == GAPS.get(file.name, 0)
    rows = [line.split(",") for line in file.read_text(encoding="utf-8").splitlines()[1:]]
    first = datetime.fromisoformat(f"{rows[0][0]}+00:00").timestamp()
    assert (series.start, series.values["Average"][0]) == (first, float(rows[0][1]))
    if file.name in REPEATED:
        assert series.notes == (REPEATED[file.name], "1 point left out: closer than 300 s to the one before.")
        assert len(series) == len(rows) - 12
    else:
        assert series.notes == ()
        assert len(series) == len(rows)


def test_the_zone_has_to_be_said() -> None:
    with pytest.raises(ConfigurationError, match=r"time 2014-02-14 14:30:00.*Say the time zone, such as UTC"):
        read(FILES[:1], [LINE])


def test_files_with_the_same_column_are_told_apart_by_name() -> None:
    keys = [metric_of(f"AWS/EC2/CPUUtilization{{InstanceId=i-{number}}}") for number in range(17)]
    lines = [f"{file.name}:value = Average of {key}" for file, key in zip(FILES, keys, strict=True)]
    reading = read([DATA / file.name for file in FILES], lines, time_zone="UTC")
    assert list(reading.history) == keys
    assert sum(len(series) for series in reading.history.values()) == 67_740 - 24
