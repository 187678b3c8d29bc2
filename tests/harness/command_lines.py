"""Checks the command lines that pages show: their programs, targets, extras and options exist."""

from __future__ import annotations

import argparse
import contextlib
import functools
import importlib.util
import io
import re
import shlex
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import botocore.session
from botocore import xform_name
from packaging.requirements import Requirement

from northsouth.cli.main import parser

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
TARGETS = frozenset(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
OTHERS = frozenset({"apt-get", "cd", "cp", "curl", "dig", "dpkg-deb", "echo", "git", "gzip", "perl", "read", "test"})
"""Programs of others whose options are not checked."""

_SUBCOMMANDS = {
    "cdktf": {"deploy", "destroy", "diff", "synth"},
    "terraform": {"apply", "import", "init", "plan", "show"},
}
_LOCAL = re.compile(r"(?P<path>\./\S*?|\S+\.whl|\.)(?:\[(?P<extras>[\w,]+)\])?")
"""What pip installs from this machine: a clone or a wheel."""
_ASSIGNMENT = re.compile(r"(\w+)=")
_KEYWORDS = frozenset({"do", "done", "else", "fi", "if", "then", "while"})
_GLOBAL = frozenset({"--max-items", "--output", "--query", "--region"})
"""Options of every command of `aws`."""
_CONTROL = frozenset(";&|()")
_REDIRECTION = frozenset("<>&")


def check_script(text: str) -> None:
    """Check every command of a shell's text.

    Raises:
        AssertionError: with the command and what is wrong with it.

    """
    for words in simple_commands(text):
        try:
            _check(words)
        except AssertionError as error:
            raise AssertionError(f"{shlex.join(words)}: {error}") from None


def northsouth_lines(text: str) -> list[str]:
    """Return the lines of a script that run ``northsouth``, each joined with its continuation lines."""
    lines = (line.strip() for line in text.replace("\\\n", " ").splitlines())
    return [line for line in lines if line.startswith("northsouth ")]


def simple_commands(text: str) -> Iterator[list[str]]:
    """Yield the words of each simple command, without comments and redirections."""
    for line in text.replace("\\\n", " ").splitlines():
        lexer = shlex.shlex(line, posix=True, punctuation_chars=True)
        lexer.whitespace_split = True
        words: list[str] = []
        tokens = iter(lexer)
        for token in tokens:
            if set(token) <= _REDIRECTION and set(token) & {"<", ">"}:
                next(tokens)
                if words and words[-1].isdecimal():
                    words.pop()  # the descriptor of `2>&1`
            elif set(token) <= _CONTROL:
                yield from [words] if words else []
                words = []
            else:
                words.append(token)
        yield from [words] if words else []


def options_of(arguments: Sequence[str]) -> set[str] | None:
    """Return the options that a command of ``northsouth`` takes, or ``None`` if there is no such command."""
    known, options = _parser(), set[str]()
    for word in arguments:
        options |= known._option_string_actions.keys()
        commands = [each for each in known._actions if isinstance(each, argparse._SubParsersAction)]
        if not commands:
            break
        if word not in commands[0].choices:
            return None
        known = commands[0].choices[word]
    return options | known._option_string_actions.keys()


@functools.cache
def _parser() -> argparse.ArgumentParser:
    return parser()


def _check(words: list[str]) -> None:
    while words and words[0] in _KEYWORDS:
        words = words[1:]
    while words and (assignment := _ASSIGNMENT.match(words[0])):
        _check_variable(assignment[1])
        words = words[1:]
    if not words or words == ["$"]:
        return
    program, *arguments = words[1:] if words[0] == "npx" else words
    check = _CHECKS.get(program)
    if check is not None:
        check(arguments)
    elif program in _SUBCOMMANDS:
        assert arguments[0] in _SUBCOMMANDS[program], f"no such subcommand of {program}"
    else:
        assert program in OTHERS, "a program that this test does not know"


def _check_variable(name: str) -> None:
    if name.startswith("NORTHSOUTH_"):
        sources = (path for root in ("constructs", "stacks") for path in (ROOT / root).rglob("*.py"))
        assert any(name in path.read_text(encoding="utf-8") for path in sources), f"nothing reads {name}"


def _northsouth(arguments: Sequence[str]) -> None:
    with contextlib.redirect_stderr(io.StringIO()) as refusal:
        try:
            assert callable(_parser().parse_args(arguments).run)
        except SystemExit:
            raise AssertionError(refusal.getvalue().strip().splitlines()[-1]) from None


def _pip(arguments: Sequence[str]) -> None:
    assert arguments[0] == "install"
    extras = PROJECT["optional-dependencies"].keys()
    known = {Requirement(each).name for group in PROJECT["optional-dependencies"].values() for each in group}
    for argument in (each for each in arguments[1:] if not each.startswith("-")):
        local = _LOCAL.fullmatch(argument)
        if local:
            assert not local["path"].endswith(".whl") or f"-{PROJECT['version']}-" in local["path"] or "*" in argument
            wanted = set((local["extras"] or "").split(",")) - {""}
        else:
            requirement = Requirement(argument)
            ours = requirement.name == "northsouth"
            assert ours or requirement.name in {*known, "idna", "jsii"}, f"no dependency: {argument}"
            wanted = requirement.extras if ours else set()
        assert wanted <= extras, f"no such extra: {', '.join(sorted(wanted - extras))}"


def _make(arguments: Sequence[str]) -> None:
    for target in (each for each in arguments if "=" not in each):
        assert target in TARGETS, f"no such target: {target}"


def _python(arguments: Sequence[str]) -> None:
    if arguments[0] == "-m":
        assert arguments[1] in {"pip", "venv"} or importlib.util.find_spec(arguments[1]), "no such module"
    else:
        assert (ROOT / arguments[0]).is_file(), "no such file"


def _pytest(arguments: Sequence[str]) -> None:
    for argument in arguments:
        assert argument == "--snapshot-update" or (ROOT / argument).exists(), f"no such option or folder: {argument}"


def _export(arguments: Sequence[str]) -> None:
    for argument in arguments:
        _check_variable(argument.partition("=")[0])


def _aws(arguments: Sequence[str]) -> None:
    """Check an operation and its parameters against the service's model; ``aws s3`` is not made from one."""
    service, command, *rest = arguments
    if service == "s3":
        assert command in {"cp", "ls", "sync"}
        return
    model = botocore.session.get_session().get_service_model("s3" if service == "s3api" else service)
    operations = {xform_name(name, "-"): name for name in model.operation_names}
    assert command in operations, f"no such operation of {service}"
    shape = model.operation_model(operations[command]).input_shape
    known = {f"--{xform_name(name, '-')}" for name in (shape.members if shape else ())} | _GLOBAL
    unknown = {each for each in rest if each.startswith("--")} - known
    assert not unknown, f"no such parameter: {', '.join(sorted(unknown))}"


_CHECKS: Mapping[str, Callable[[Sequence[str]], None]] = {
    "northsouth": _northsouth,
    "pip": _pip,
    "make": _make,
    "python": _python,
    "pytest": _pytest,
    "export": _export,
    "aws": _aws,
}
