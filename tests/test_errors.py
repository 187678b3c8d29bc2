"""The report: every problem, readable, with a path to each."""

import gzip
import json
import pickle
import tomllib
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

from northsouth.errors import ConfigurationError, Problem, refuse
from northsouth.errors.reading import fault

TTL = Problem("ttl", "0", "at least 1 s: the provider never sends 0", "Use 1 or more.", "provider source")


def test_a_problem_says_where_what_the_limit_and_the_fix() -> None:
    assert str(TTL) == "ttl: got 0; at least 1 s: the provider never sends 0 (provider source). Use 1 or more."


@pytest.mark.parametrize(
    ("where", "expected"),
    [("ttl", "hub.ttl"), ("[2]", "hub[2]"), ("", "hub"), ("names[0].target", "hub.names[0].target")],
)
def test_within_goes_one_level_up(where: str, expected: str) -> None:
    assert Problem(where, "x", "y", "z").within("hub").where == expected


def test_refuse_reports_all_groups_at_once() -> None:
    with pytest.raises(ConfigurationError) as caught:
        refuse("DnsOverrides 'hub'", [TTL], [], [TTL.within("set")])
    assert str(caught.value).splitlines()[0] == "2 problems in DnsOverrides 'hub':"
    assert [problem.where for problem in caught.value.problems] == ["ttl", "set.ttl"]
    assert isinstance(caught.value, ValueError)


def test_refuse_is_silent_without_problems() -> None:
    refuse("anything", [], ())


def test_the_error_survives_another_process() -> None:
    error = ConfigurationError("x", [TTL])
    again = pickle.loads(pickle.dumps(error))
    assert again.problems == error.problems
    assert str(again) == str(error)


@pytest.mark.parametrize(
    ("read", "words"),
    [
        (
            lambda: json.loads("{\n x"),
            "not JSON: Expecting property name enclosed in double quotes at line 2, column 2",
        ),
        (lambda: json.loads(" \n"), "an empty file"),
        (lambda: json.loads("9" * 5000), "a number with too many digits"),
        (lambda: json.loads("[" * 100_000), "nested too deeply"),
        (b"a\xff".decode, "bytes that are not UTF-8 (0xff at offset 1)"),
        (lambda: Path("none.json").read_text(encoding="utf-8"), "No such file or directory"),
        (lambda: gzip.decompress(gzip.compress(b"text")[:-9]), "gzip data that is cut off"),
        (lambda: gzip.decompress(b"text"), "gzip data that is damaged"),
        (lambda: gzip.decompress(gzip.compress(b"text")[:10] + b"\xff" * 20), "gzip data that is damaged"),
        (lambda: tomllib.loads("[a.b]\n[a.b]"), "the table [a.b] twice (at line 2, column 5)"),
        (lambda: int("x"), "invalid literal for int() with base 10: 'x'"),
    ],
)
def test_why_a_file_cannot_be_read_is_said_in_plain_words(read: Callable[[], object], words: str) -> None:
    with pytest.raises((OSError, ValueError, RecursionError, EOFError, zlib.error)) as caught:
        read()
    assert fault(caught.value) == words
