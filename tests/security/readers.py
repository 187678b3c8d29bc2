"""Gives every reader of files hostile ones: ``python readers.py FOLDER``. Prints what came of each, one JSON line each.

Run in a process of its own, whose memory and processor time the kernel bounds.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from northsouth import template
from northsouth.cli import rules_source
from northsouth.cli.options import UsageError
from northsouth.comparison import compare, declared_state
from northsouth.egress.endpoint_policy import EndpointPolicy, check_endpoint_policy
from northsouth.errors import ConfigurationError, refuse
from northsouth.stacks.loading import read_environment
from northsouth.template import TemplateError

CLEAR = (TemplateError, ConfigurationError, UsageError)
"""Errors that a user reads as a message; the rest would be a stack trace."""
LINKS = 20_000


def vpcs(**blocks: object) -> str:
    return json.dumps({"resource": {"aws_vpc": blocks}})


def documents() -> Iterator[tuple[str, str | bytes]]:
    """Yield Terraform JSON that nobody would write."""
    yield "nothing", ""
    yield "no object", "[]"
    yield "no text", b"\xff\xfe\x00{"
    yield "no number", '{"resource": NaN}'
    yield "a huge number", vpcs(x={"y": 0}).replace("0", "9" * 50_000)
    yield "deep lists", "[" * 200_000 + "]" * 200_000
    yield "deep objects", '{"resource":' + '{"a":' * 100_000 + "1" + "}" * 100_000 + "}"
    yield "other types", json.dumps({"resource": {"aws_vpc": [1, 2], "aws_eip": "x"}})
    yield (
        "locals in a circle",
        json.dumps(
            {"locals": {"a": "${local.b}", "b": "${local.a}"}, **json.loads(vpcs(x={"cidr_block": "${local.a}"}))}
        ),
    )
    yield "itself", vpcs(x={"cidr_block": "${aws_vpc.x.cidr_block}"})
    chain = {f"x{at}": {"cidr_block": f"${{aws_vpc.x{at + 1}.cidr_block}}"} for at in range(LINKS)}
    yield "a long chain", vpcs(**chain)
    doubling = {f"l{at}": "".join(f"${{local.l{at + 1}}}" for _ in range(10)) for at in range(30)}
    yield (
        "a value that multiplies",
        json.dumps({"locals": {**doubling, "l30": "x"}, **json.loads(vpcs(x={"cidr_block": "${local.l0}"}))}),
    )
    yield "a huge count", vpcs(x={"count": 10**12})
    yield "many braces", vpcs(x={"cidr_block": "${" * 50_000})
    yield "a deep text", vpcs(x={"policy": "[" * 200_000})
    yield "hostile names", vpcs(**{'a"b\\c\n${x}\u202e': {"cidr_block": "\u0000"}})


def tables() -> Iterator[tuple[str, str | bytes]]:
    """Yield TOML that nobody would write."""
    yield "nothing", ""
    yield "no text", b"\xff\xfe"
    yield "no table", "a ="
    yield "deep lists", "environment = " + "[" * 100_000 + "]" * 100_000
    yield "deep tables", "environment = " + "{a = " * 50_000 + "1" + "}" * 50_000
    yield "a long key", f"[{'a.' * 20_000}b]\nc = 1"
    yield "many keys", "\n".join(f"k{number} = 1" for number in range(20_000))
    yield "a huge number", f"[environment]\nname = {'9' * 50_000}"
    yield "a long name", f'[environment]\nname = "{"x" * 1_000_000}"\nregion = "us-east-1"'
    yield "hostile names", '[environment]\nname = "a\\"b\\u202e${x}"\nregion = "; rm -rf"\n["\\u0000"]\n"" = 1'
    yield "deep packs", "[prometheus.packs.targets]\njobs = " + "[" * 100_000 + "]" * 100_000


def read_values(path: Path) -> None:
    found = template.read(path)
    for resource in found.of_type("aws_vpc"):
        found.value(resource)


def read_states(path: Path) -> None:
    try:
        state = declared_state(path.read_bytes())
    except ValueError as error:  # what its docstring promises
        raise UsageError(str(error)) from error
    compare(state, state)


def policy(path: Path) -> None:
    given = EndpointPolicy.of(path.read_text(encoding="utf-8", errors="replace"))
    refuse(str(path), check_endpoint_policy(given))


def environment(path: Path) -> None:
    _, problems = read_environment(path)
    refuse(str(path), problems)


READERS: dict[str, tuple[Callable[[Path], object], Callable[[], Iterator[tuple[str, str | bytes]]]]] = {
    "template": (read_values, documents),
    "declared state": (read_states, documents),
    "endpoint policy": (policy, documents),
    "environment": (environment, tables),
    "rules": (lambda path: rules_source.load(str(path.rename(path.with_suffix(".toml")))), tables),
}


def outcome(read: Callable[[Path], object], path: Path) -> str:
    try:
        read(path)
    except CLEAR as error:
        return f"refused: {str(error)[:200]}"
    return "read"


def main(folder: Path) -> None:
    for reader, (read, inputs) in READERS.items():
        for name, content in inputs():
            path = folder / "input"
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
            try:
                came = outcome(read, path)
            except BaseException as error:
                came = f"{type(error).__name__}: {str(error)[:200]}"
            sys.stdout.write(json.dumps([reader, name, came]) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
