import pytest

from northsouth.egress.flow_log_fields import DEFAULT_FORMAT, FIELDS, INTEGER_FIELDS, column, version_of
from northsouth.egress.flows.header import (
    check_answers,
    default_fields,
    fields_of_columns,
    fields_of_format,
    fields_of_line,
)
from northsouth.errors import ConfigurationError

FULL = ("interface-id", "pkt-srcaddr", "pkt-dstaddr", "bytes", "start", "end")


@pytest.mark.parametrize("names", [FULL, FIELDS, DEFAULT_FORMAT])
def test_a_header_is_read_in_either_spelling(names: tuple[str, ...]) -> None:
    assert fields_of_line(" ".join(names), "a.log") == names
    assert fields_of_line(" ".join(map(column, names)), "a.log") == names
    assert fields_of_format(" ".join(f"${{{name}}}" for name in names)) == names
    assert fields_of_columns([column(name) for name in names], "a.parquet") == {name: column(name) for name in names}


@pytest.mark.parametrize(
    "line",
    [
        "2 123456789012 eni-1 10.0.0.1 10.0.0.2 20641 22 6 20 4249 1418530010 1418530070 ACCEPT OK",
        "2 123456789012 eni-1 - - - - - - - 1431280876 1431280934 - NODATA",
        "2 12345678901 eni-1 2001:db8::1 2001:db8::2 34892 22 6 54 8855 1477913708 1477913820 ACCEPT OK",
    ],
)
def test_a_record_is_no_header(line: str) -> None:
    assert fields_of_line(line, "a.log") is None
    assert default_fields(line, "a.log") == DEFAULT_FORMAT


def test_partitions_of_parquet_are_no_fields() -> None:
    assert fields_of_columns(["bytes", "year", "aws-region"], "a.parquet") == {"bytes": "bytes"}


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("version srcaddr srcaddr bytes", "field 3: got 'srcaddr'; a field is there once"),
        ("version pkt-srcadr bytes start", "Write pkt-srcaddr."),
        ("version resource-type tgw-id tgw-attachment-id", "transit gateway"),
        ("3 - 123456789012 tgw-0a12bc34de56f7890 tgw-attach-0123abcd", "transit gateway"),
    ],
)
def test_other_headers_are_refused(line: str, message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        fields_of_line(line, "a.log")


def test_a_file_without_a_header_needs_a_format() -> None:
    with pytest.raises(ConfigurationError, match="--format"):
        default_fields("3 eni-1 10.0.0.1", "a.log")


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        (DEFAULT_FORMAT, "cannot join source and destination: needs pkt-srcaddr, pkt-dstaddr"),
        (tuple(name for name in FULL if name != "end"), "cannot be counted: needs"),
        (FULL[1:], "whose record it is"),
    ],
)
def test_formats_that_cannot_answer_are_named(fields: tuple[str, ...], message: str) -> None:
    [problem] = check_answers(fields)
    assert message in str(problem)


def test_fields_have_types_and_versions() -> None:
    assert not list(check_answers(FULL))
    assert set(INTEGER_FIELDS) <= set(FIELDS)
    assert [version_of(name) for name in ("bytes", "pkt-srcaddr", "az-id", "resource-id", "next-hop-az-id")] == [
        2, 3, 4, 9, 11,
    ]  # fmt: skip
