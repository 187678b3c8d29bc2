"""The reference of the API, from signatures and docstrings, which griffe reads without importing anything."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import griffe

ROOTS = ("constructs", "alerts", "stacks")
PACKAGES = (
    "northsouth.egress",
    "northsouth.dns",
    "northsouth.logs",
    "northsouth.metrics",
    "northsouth.metrics.units",
    "northsouth.alerts",
    "northsouth.alerts.packs",
    "northsouth.alerts.quiet",
    "northsouth.alerts.mutes",
    "northsouth.alerts.routes",
    "northsouth.alerts.routes.receivers",
    "northsouth.alerts.dashboards",
    "northsouth.alerts.status",
    "northsouth.alerts.prometheus",
    "northsouth.alerts.prometheus.packs",
    "northsouth.alerts.alertmanager",
    "northsouth.alerts.history",
    "northsouth.alerts.replay",
    "northsouth.alerts.replay.files",
    "northsouth.template",
    "northsouth.comparison",
    "northsouth.testing",
    "northsouth.emulator",
    "northsouth.bindings",
    "northsouth.errors",
    "northsouth.moves",
    "northsouth.adoption",
)
"""The packages and modules that users import from."""
ALSO = {"northsouth.alerts.routes": "It also has each [kind of receiver](northsouth.alerts.routes.receivers.md)."}
"""What a package has besides its own names."""
_ROLE = re.compile(r":\w+:`~?(?:[\w.]+\.)?([\w ]+?)`")
_TABLES = (griffe.DocstringSectionKind.parameters, griffe.DocstringSectionKind.attributes)
_DOUBLE = re.compile(r"``([^`]*)``")


def api_pages(root: Path) -> Mapping[str, str]:
    """Return the pages by file name."""
    loader = griffe.GriffeLoader(
        search_paths=[root / each for each in ROOTS], docstring_parser=griffe.Parser.google, allow_inspection=False
    )
    loader.load("northsouth")
    loader.resolve_aliases(implicit=True, external=False)
    collection = loader.modules_collection
    pages = {f"api/{name}.md": _page(name, collection[name]) for name in PACKAGES}
    listed = "\n".join(PACKAGES)
    pages["api/index.md"] = f"# API\n\nWhat you import, by package.\n\n```{{toctree}}\n:maxdepth: 1\n\n{listed}\n```\n"
    return pages


def _page(name: str, package: griffe.Object | griffe.Alias) -> str:
    lines = [f"# {name}", "", *_docstring(package), ""]
    if name in ALSO:
        lines += [ALSO[name], ""]
    for member in sorted(_public(package), key=str.lower):
        lines += _entry(member, package[member])
    return "\n".join(lines)


def _public(package: griffe.Object | griffe.Alias) -> Sequence[str]:
    if package.exports:
        return [name for name in map(str, package.exports) if name in package.members and name != "__all__"]
    own = (each for each in package.members.values() if each.is_public and not each.is_alias and not each.is_module)
    return [each.name for each in own if each.docstring]


def _entry(name: str, documented: griffe.Object | griffe.Alias) -> Iterator[str]:
    yield f"## {name}"
    yield ""
    if documented.is_class:
        # A dataclass, or a class with its own constructor.
        yield from _code(f"class {name}({_parameters(documented.parameters)})")
    elif documented.is_function:
        yield from _code(f"def {name}({_parameters(documented.parameters)}) -> {documented.returns}")
    elif documented.is_attribute:
        value = str(documented.value)
        yield from _code(f"{name} = {value}" if len(value) < 200 else f"{name}: {documented.annotation}")
    yield from _docstring(documented)
    if not documented.is_class:
        return
    constructor = documented.members.get("__init__")
    if constructor is not None and constructor.docstring:
        yield from _docstring(constructor)
    yield from _inherited(documented)
    for each in documented.members.values():
        if each.is_public and not each.is_alias and each.docstring and (each.is_function or "property" in each.labels):
            yield f"### {name}.{each.name}"
            yield ""
            if each.is_function:
                yield from _code(f"def {each.name}({_parameters(each.parameters)}) -> {each.returns}")
            yield from _docstring(each)


def _inherited(documented: griffe.Object | griffe.Alias) -> Iterator[str]:
    """Yield a table of the parameters that only a base class describes."""
    wanted = {each.name for each in documented.parameters} - {row.name for row in _rows(documented)}
    rows = {row.name: row for base in reversed(documented.mro()) for row in _rows(base) if row.name in wanted}
    if rows:
        yield "| name | meaning |"
        yield "|---|---|"
        yield from (f"| `{row.name}` | {_cell(row.description)} |" for row in rows.values())
        yield ""


def _rows(documented: griffe.Object | griffe.Alias) -> Iterator[griffe.DocstringNamedElement]:
    """Yield what a class, or its constructor, says of its parameters."""
    for holder in (documented, documented.members.get("__init__")):
        if holder is not None and holder.docstring:
            for section in holder.docstring.parse("google", warnings=False):
                if section.kind in _TABLES:
                    yield from section.value


def _parameters(parameters: griffe.Parameters) -> str:
    shown: list[str] = []
    keyword_only = False
    for each in parameters:
        if each.name in ("self", "cls"):
            continue
        if each.kind is griffe.ParameterKind.keyword_only and not keyword_only:
            keyword_only = True
            if not any(parameter.kind is griffe.ParameterKind.var_positional for parameter in parameters):
                shown.append("*")
        star = {griffe.ParameterKind.var_positional: "*", griffe.ParameterKind.var_keyword: "**"}.get(each.kind, "")
        annotation = f": {each.annotation}" if each.annotation is not None else ""
        default = f" = {each.default}" if each.default is not None and not star else ""
        shown.append(f"{star}{each.name}{annotation}{default}")
    if sum(map(len, shown)) <= 80:
        return ", ".join(shown)
    listed = ",\n    ".join(shown)
    return f"\n    {listed},\n"


def _code(text: str) -> Iterator[str]:
    yield from ("```python", text, "```", "")


def _docstring(documented: griffe.Object | griffe.Alias) -> Iterator[str]:
    if documented.docstring is None:
        return
    for section in documented.docstring.parse("google", warnings=False):
        yield from _section(section)
        yield ""


def _section(section: griffe.DocstringSection) -> Iterator[str]:
    kind = section.kind
    if kind is griffe.DocstringSectionKind.text:
        yield _text(section.value)
    elif kind in _TABLES:
        yield "| name | meaning |"
        yield "|---|---|"
        yield from (f"| `{each.name}` | {_cell(each.description)} |" for each in section.value)
    elif kind is griffe.DocstringSectionKind.raises:
        yield from (f"Raises `{each.annotation}` {_cell(each.description)}" for each in section.value)
    elif kind in (griffe.DocstringSectionKind.returns, griffe.DocstringSectionKind.yields):
        # The parser takes each line that does not begin with spaces for a value of its own.
        yield f"Returns: {_inline(' '.join(each.description for each in section.value))}"
    elif kind is griffe.DocstringSectionKind.admonition:
        yield "\n".join([section.title or "", "", *_block(str(section.value.description).splitlines())])
    elif kind is griffe.DocstringSectionKind.examples:
        for part, text in section.value:
            yield _text(text) if part is griffe.DocstringSectionKind.text else f"```python\n{text}\n```"


def _text(text: str) -> str:
    """Return a docstring's prose as Markdown: roles and double backquotes as code, ``::`` as a block of code."""
    lines: list[str] = []
    block: list[str] | None = None
    for line in [*text.splitlines(), "."]:
        if block is not None and line and not line.startswith(" "):
            lines += [*_block(block), ""]
            block = None
        if block is not None:
            block.append(line.removeprefix("    "))
        elif line.rstrip().endswith("::"):
            lines += [_inline(line.rstrip().removesuffix("::") + (":" if line.strip() != "::" else "")), ""]
            block = []
        else:
            lines.append(_inline(line))
    return "\n".join(lines[:-1])


def _block(lines: Sequence[str]) -> Sequence[str]:
    """Return a block of code; what is no Python is text."""
    code = "\n".join(lines).strip("\n")
    try:
        ast.parse(code)
    except SyntaxError:
        return ("```text", code, "```")
    return ("```python", code, "```")


def _inline(text: str) -> str:
    return _DOUBLE.sub(r"`\1`", _ROLE.sub(r"`\1`", text)).replace("<", "&lt;")


def _cell(text: str) -> str:
    return _inline(" ".join(text.split())).replace("|", "\\|")
