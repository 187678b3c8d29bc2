"""Tells the documents apart, and reads them within bounds."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from pathlib import Path

from northsouth.errors.reading import fault
from northsouth.template import configuration, shown
from northsouth.template.model import MAX_BYTES, Kind, TemplateError, Value, freeze
from northsouth.template.shown import Plan, Shown
from northsouth.template.streaming import Held, Node, Streamed, Text
from northsouth.template.template import Template

_WRAPPER = b"[command]"
_SMALL = configuration.BLOCKS | {"format_version", "errored", "relevant_attributes", "lineage", "serial", "version"}
"""The members beside the large ones (`shown.KEYS`) that say something."""


def read(path: str | Path) -> Template:
    """Read a ``cdk.tf.json``, or a file that ``terraform show -json`` was written to.

    A plan or a state is read piece by piece, and the values of its resources are kept as text until they are looked at:
    a plan of 100 MiB takes less memory than its size.

    Args:
        path: the file.

    Raises:
        TemplateError: if it cannot be read, is too large, is not JSON, has one key twice in an object, or is not one of
            the known documents.

    """
    return _of_file(path).template()


def read_plan(path: str | Path, *, source: str = "") -> Plan:
    """Read a plan from a file that ``terraform show -json`` was written to, as `read` does.

    Args:
        path: the file.
        source: what to call it in messages (default: its path).

    Raises:
        TemplateError: if it cannot be read, or is not a plan that Terraform finished.

    """
    return _of_file(path, source).plan()


def parse(document: str | bytes | Mapping[str, object], *, source: str = "template") -> Template:
    """Read a document that is already in memory.

    Args:
        document: its text or bytes, or the decoded object.
        source: what to call it in messages.

    Raises:
        TemplateError: if it is not JSON, or not one of the known documents.

    """
    return _of(document, source).template()


def parse_plan(document: str | bytes | Mapping[str, object], *, source: str = "plan") -> Plan:
    """Read a plan that is already in memory.

    Args:
        document: its text or bytes, or the decoded object.
        source: what to call it in messages.

    Raises:
        TemplateError: if it is not a plan that Terraform finished.

    """
    return _of(document, source).plan()


def decode(document: str | bytes, source: str) -> object:
    """Return the value of a JSON document.

    Args:
        document: its text.
        source: what messages call it.

    Raises:
        TemplateError: if it is not JSON, nested too deeply, has one key twice in an object, or is larger than
            ``MAX_BYTES``.

    """
    text = _text(document, source)
    value = text.value()
    text.end()
    return value


class _Document:
    """A document that was read: the large members of a plan or state, and all others as they are."""

    def __init__(self, node: Node, source: str) -> None:
        self._source = source
        self._large = Shown(source)
        self._small: dict[str, Value] = {}
        for key, member in node.members():
            if key in shown.KEYS:
                self._large.read(key, member)
            elif key in _SMALL:
                self._small[key] = freeze(member.value(), source)

    def kind(self) -> Kind:
        """Return what it is.

        Raises:
            TemplateError: if it is not one of the known documents.

        """
        if "planned_values" in self._large.keys:
            return Kind.PLAN
        if "values" in self._large.keys:
            return Kind.STATE
        if "format_version" in self._small:
            if {"resource_changes", "configuration"} & self._large.keys:
                raise TemplateError(f"{self._source}: a plan without planned_values; was the plan made with errors?")
            return Kind.STATE
        if "lineage" in self._small or {"serial", "version"} <= self._small.keys():
            raise TemplateError(f"{self._source}: a raw state file; write it with `terraform show -json` instead")
        if configuration.BLOCKS & self._small.keys():
            return Kind.SYNTHESIZED
        raise TemplateError(f"{self._source}: neither a cdk.tf.json nor the output of `terraform show -json`")

    def template(self) -> Template:
        kind = self.kind()
        if kind is Kind.PLAN:
            return self._plan().template
        if kind is Kind.STATE:
            return self._large.state(self._small.get("format_version"))
        return configuration.synthesized(self._small, self._source)

    def plan(self) -> Plan:
        if "planned_values" not in self._large.keys or self._small.get("errored"):
            raise TemplateError(f"{self._source}: {self._other_than_a_plan()}")
        return self._plan()

    def _plan(self) -> Plan:
        return self._large.plan(self._small.get("format_version"), self._small.get("relevant_attributes"))

    def _other_than_a_plan(self) -> str:
        if "values" in self._large.keys:
            return "a state, not a plan; write the plan with `terraform show -json PLANFILE`"
        if configuration.BLOCKS & self._small.keys() and "format_version" not in self._small:
            return "a configuration, not a plan; write the plan with `terraform show -json PLANFILE`"
        return "no plan, or a plan that Terraform did not finish; write it with `terraform show -json PLANFILE`"


def _of_file(path: str | Path, source: str = "") -> _Document:
    file = Path(path)
    name = source or str(file)
    try:
        with file.open("rb") as content, _decoded(content, file.stat().st_size, name) as stream:
            return _of_text(Text(stream, name), name)
    except OSError as error:
        raise TemplateError(f"{name}: {fault(error)}") from None


def _of(document: object, source: str) -> _Document:
    if isinstance(document, str | bytes):
        return _of_text(_text(document, source), source)
    if not isinstance(document, Mapping):
        raise TemplateError(f"{source}: the document is not a JSON object but {type(document).__name__}")
    return _Document(Held(document, source), source)


def _of_text(text: Text, source: str) -> _Document:
    if text.peek() != "{":
        text.value()
        raise TemplateError(f"{source}: the document is not a JSON object")
    document = _Document(Streamed(text), source)
    text.end()
    return document


def _text(document: str | bytes, source: str) -> Text:
    if isinstance(document, bytes):
        return Text(_decoded(io.BufferedReader(io.BytesIO(document)), len(document), source), source)
    if len(document) > MAX_BYTES:
        raise TemplateError(f"{source}: larger than {MAX_BYTES // 2**20} MiB")
    return Text(io.StringIO(document), source)


def _decoded(content: io.BufferedReader, size: int, source: str) -> io.TextIOWrapper:
    """Return content as text, in the encodings of JSON; shells write UTF-16."""
    if size > MAX_BYTES:
        raise TemplateError(f"{source}: larger than {MAX_BYTES // 2**20} MiB")
    head = content.peek()
    if head.startswith(_WRAPPER):
        line = head[:200].splitlines()[0].decode(errors="replace")
        raise TemplateError(
            f"{source}: not JSON: its first line is {line!r}, which the wrapper of hashicorp/setup-terraform writes; "
            "set `terraform_wrapper: false` in that step and write the file again"
        )
    return io.TextIOWrapper(content, encoding=json.detect_encoding(head[:4]), newline="")
