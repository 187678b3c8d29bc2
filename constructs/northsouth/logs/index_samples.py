"""Reads sample documents, and says why they do not fit an index template."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from os import PathLike
from pathlib import Path

from northsouth.errors.reading import fault
from northsouth.logs.index_documents import misfits
from northsouth.logs.index_template import IndexTemplate


def document_misfits(
    template: IndexTemplate, documents: str | PathLike[str] | Iterable[Mapping[str, object]]
) -> Iterator[str]:
    """Yield why documents do not fit, each reason with the document's place."""
    named = _in_file(Path(documents)) if isinstance(documents, str | PathLike) else _in_list(documents)
    count = 0
    for place, document in named:
        count += 1
        if isinstance(document, ValueError):
            yield f"{place}: {document}. The index refuses the document."
        else:
            yield from (f"{place}: {misfit}" for misfit in misfits(template, document))
    if not count:
        yield f"there is no document{f' in {documents}' if isinstance(documents, str | PathLike) else ''}"


def _in_list(documents: Iterable[object]) -> Iterator[tuple[str, object]]:
    return ((f"document {place}", document) for place, document in enumerate(documents, 1))


def _in_file(path: Path) -> Iterator[tuple[str, object]]:
    """Yield a file's documents by place; an error stands for a line that is no JSON."""
    for number, line in enumerate(path.read_bytes().split(b"\n"), 1):
        if line.strip():
            yield f"{path}:{number}", _document(line)


def _document(line: bytes) -> object:
    try:
        return json.loads(line.decode("utf-8"), object_pairs_hook=_unique, parse_constant=_no_constant)
    except UnicodeDecodeError:
        return ValueError("is no UTF-8")
    except json.JSONDecodeError as error:
        return ValueError(f"is no JSON: {error.msg} at character {error.pos + 1}")
    except RecursionError:
        return ValueError("is nested too deeply")
    except ValueError as error:  # of `_unique` and `_no_constant`, or a number with too many digits
        text = fault(error)
        return error if text == str(error) else ValueError(f"has {text}")


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    names = [name for name, _ in pairs]
    for name in names:
        if names.count(name) > 1:
            raise ValueError(f"has the field {name!r} twice")
    return dict(pairs)


def _no_constant(text: str) -> float:
    raise ValueError(f"has {text}, which is no JSON")
