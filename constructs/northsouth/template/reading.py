"""Tells the documents apart, and reads them within bounds."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import NoReturn

from northsouth.template import configuration, shown
from northsouth.template.model import MAX_BYTES, TemplateError, Value, freeze
from northsouth.template.template import Template


def read(path: str | Path) -> Template:
    """Read a ``cdk.tf.json``, or a file that ``terraform show -json`` was written to.

    Args:
        path: the file.

    Raises:
        TemplateError: if it cannot be read, is too large, is not JSON, or is not one of the known documents.

    """
    file = Path(path)
    try:
        if file.stat().st_size > MAX_BYTES:
            raise TemplateError(f"{file}: larger than {MAX_BYTES // 2**20} MiB")
        content = file.read_bytes()
    except OSError as error:
        raise TemplateError(f"{file}: {error.strerror or error}") from None
    return parse(content, source=str(file))


def parse(document: str | bytes | Mapping[str, object], *, source: str = "template") -> Template:
    """Read a document that is already in memory.

    Args:
        document: its text or bytes, or the decoded object.
        source: what to call it in messages.

    Raises:
        TemplateError: if it is not JSON, or not one of the known documents.

    """
    decoded = decode(document, source) if isinstance(document, str | bytes) else document
    value = freeze(decoded, source)
    if not isinstance(value, Mapping):
        raise TemplateError(f"{source}: the document is not a JSON object")
    return _recognise(value, source)


def _recognise(document: Mapping[str, Value], source: str) -> Template:
    if "planned_values" in document:
        return shown.plan(document, source)
    if "values" in document:
        return shown.state(document, source)
    if "format_version" in document:
        if "resource_changes" in document or "configuration" in document:
            raise TemplateError(f"{source}: a plan without planned_values; was the plan made with errors?")
        return shown.state(document, source)
    if "lineage" in document or ("serial" in document and "version" in document):
        raise TemplateError(f"{source}: a raw state file; write it with `terraform show -json` instead")
    if configuration.BLOCKS & document.keys():
        return configuration.synthesized(document, source)
    raise TemplateError(f"{source}: neither a cdk.tf.json nor the output of `terraform show -json`")


def decode(document: str | bytes, source: str) -> object:
    """Return the value of a JSON document.

    Args:
        document: its text.
        source: what messages call it.

    Raises:
        TemplateError: if it is not JSON, nested too deeply, or larger than ``MAX_BYTES``.

    """

    def no_constant(name: str) -> NoReturn:
        raise ValueError(f"{name} is not JSON")

    if len(document) > MAX_BYTES:
        raise TemplateError(f"{source}: larger than {MAX_BYTES // 2**20} MiB")
    try:
        return json.loads(document, parse_constant=no_constant)
    except RecursionError:
        raise TemplateError(f"{source}: nested too deeply") from None
    except json.JSONDecodeError as error:
        raise TemplateError(f"{source}: not JSON: {error.msg} at line {error.lineno}, column {error.colno}") from None
    except ValueError as error:  # bytes that are no text, numbers of absurd length
        raise TemplateError(f"{source}: not JSON: {error}") from None
