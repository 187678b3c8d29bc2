"""Runs the code blocks of a Markdown page, each by its language; Sybil finds them.

A comment ``<!-- invisible-code-block: python`` in a page holds what its blocks take for granted, such as a network.
Python blocks share their names, and ``stack`` is there from the start. After ``<!-- not run: REASON -->`` a block is
compiled only.
"""

from __future__ import annotations

import contextlib
import io
import json
import re
import shlex
import tomllib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml
from cdktf import TerraformStack, Testing
from cdktf_cdktf_provider_aws.provider import AwsProvider
from packaging.requirements import Requirement
from sybil import Document, Example, Region
from sybil.evaluators.python import PythonEvaluator
from sybil.parsers.markdown.lexers import DirectiveInHTMLCommentLexer, FencedCodeBlockLexer

from northsouth.cli.cost import read_prices
from northsouth.cli.index_template import load
from northsouth.cli.main import main
from northsouth.drift.ignoring import read_ignored
from northsouth.egress.usage import check_usage
from northsouth.errors import refuse
from northsouth.stacks.loading import load_environments
from tests.harness import logstash
from tests.harness.command_lines import check_script, northsouth_lines

ROOT = Path(__file__).parents[2]
EXAMPLES = frozenset(path.read_text(encoding="utf-8") for path in ROOT.glob("examples/*.py"))
OUTPUT = ("text", "mermaid")
"""Languages of what is shown and not run: what a command prints, a drawing."""

_ENVIRONMENT = {
    "environment": '[environment]\nname = "edge"\nregion = "us-east-1"\n',
    "network": '[network]\ncidr = "10.0.0.0/16"\nzones = ["us-east-1a"]\n',
}
"""The sections that every environment file needs; a page shows those that it is about."""
_SESSION = re.compile(r"^\$ (.*)\n((?:(?!\$ ).*\n?)*)", re.MULTILINE)
_PRINTED = "__printed__"
_python = PythonEvaluator()


def run_blocks(page: Path) -> str:
    """Run every block of a page in the current folder; return the JSON of what its Python declares, or nothing."""
    document = Document.parse(str(page), _blocks)
    if any(example.region.evaluator is _run_python for example in document):
        stack = TerraformStack(Testing.app(), "stack")
        AwsProvider(stack, "aws", region="us-east-1")
        document.namespace.update(stack=stack, ROOT=ROOT)
    for example in document:
        try:
            example.evaluate()
        except Exception as error:
            error.add_note(f"in the block at {page}:{example.line}")
            raise
    if "stack" not in document.namespace:
        return ""
    declared: str = Testing.synth(document.namespace["stack"], True)
    return declared


def shown(page: Path) -> list[str]:
    """Return the first line of each block that only shows something."""
    blocks = FencedCodeBlockLexer(language="|".join(OUTPUT))(Document(page.read_text(encoding="utf-8"), str(page)))
    return [str(block.lexemes["source"]).splitlines()[0] for block in blocks]


def _blocks(document: Document) -> Iterator[Region]:
    for lexer in (FencedCodeBlockLexer(language=r".*"), DirectiveInHTMLCommentLexer("invisible-code-block", "python")):
        for block in lexer(document):
            language, source = block.lexemes.get("language", "python"), block.lexemes["source"]
            evaluator = EVALUATORS.get(language)
            if evaluator is None:
                where = f"{document.path}, {document.line_column(block.start)}"
                raise ValueError(f"{where}: got the language {language!r}; a block has one of {', '.join(EVALUATORS)}")
            yield Region(block.start, block.end, source, evaluator)


def _run_python(example: Example) -> None:
    if example.parsed in EXAMPLES:
        example.namespace.pop(_PRINTED, None)
        return  # the tests beside the example run it
    before = example.document.text[: example.region.start].rstrip()
    if re.search(r"<!-- not run: \S.* -->$", before):
        compile(example.parsed, example.path, "exec")
        return
    assert not before.endswith(".py -->"), "the block differs from the example that it quotes"
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        _python(example)
    example.namespace[_PRINTED] = printed.getvalue()


def _read_toml(example: Example) -> None:
    document = tomllib.loads(example.parsed)
    file = Path("block.toml")
    file.write_text(example.parsed, encoding="utf-8")
    if "tool" in document:
        for requirement in document["tool"]["uv"]["override-dependencies"]:
            Requirement(requirement)
    elif "ignore" in document:
        assert read_ignored(file)
    elif "index_patterns" in document:
        assert load(str(file)).body
    elif "nat_gateway_hour" in document:
        assert read_prices(file)
    elif any(key.startswith("aws_") for key in document):
        refuse("the usage", check_usage(document, {("edge", address) for address in document}))
    else:
        missing = (text for section, text in _ENVIRONMENT.items() if section not in document)
        file.write_text("\n".join([*missing, example.parsed]), encoding="utf-8")
        assert load_environments([file])


def _read_json(example: Example) -> None:
    assert json.loads(example.parsed)


def _read_yaml(example: Example) -> None:
    document = yaml.safe_load(example.parsed)
    assert document
    for text in _texts(document):
        for line in northsouth_lines(text):
            check_script(line)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _texts(item)


def _check_shell(example: Example) -> None:
    check_script(example.parsed)


def _run_session(example: Example) -> None:
    """Run the commands that end by themselves, and compare what they print."""
    for command, output in _SESSION.findall(example.parsed):
        check_script(command)
        if command.startswith("northsouth ") and not command.endswith("&"):
            printed = io.StringIO()
            with contextlib.redirect_stdout(printed):
                assert main(shlex.split(command)[1:]) != 2, f"{command}: refused"
            assert printed.getvalue() == output, command


def _read_ini(example: Example) -> None:
    assert re.match(r"\[mypy-[\w.]+\]\n\w+ = \w+\n", example.parsed)


def _read_logstash(example: Example) -> None:
    assert logstash.read(example.parsed)


def _show(example: Example) -> None:
    """Compare the block with what the Python block before it printed, if it printed anything."""
    printed = example.namespace.pop(_PRINTED, "")
    assert printed in ("", example.parsed), printed


EVALUATORS: Mapping[str, Callable[[Example], None]] = {
    "python": _run_python,
    "toml": _read_toml,
    "sh": _check_shell,
    "console": _run_session,
    "json": _read_json,
    "yaml": _read_yaml,
    "ini": _read_ini,
    "logstash": _read_logstash,
    **dict.fromkeys(OUTPUT, _show),
}
