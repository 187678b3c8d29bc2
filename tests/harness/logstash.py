"""Reads configurations of Logstash: sections, plugins and their options, without conditionals.

The language is described at elastic.co/docs/reference/logstash/configuration-file-structure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

_TOKEN = re.compile(
    r"""\s+|\#[^\n]*|(?P<arrow>=>)|(?P<mark>[{}\[\],])|(?P<number>-?\d+(?:\.\d+)?(?![\w.]))"""
    r"""|(?P<word>[A-Za-z_][\w-]*)|"(?P<double>(?:[^"\\]|\\.)*)"|'(?P<single>(?:[^'\\]|\\.)*)'"""
)
SECTIONS = ("input", "filter", "output")
OPTIONS = {
    "elasticsearch": {
        *("hosts", "index", "template", "template_name", "template_overwrite", "template_api", "manage_template"),
        *("user", "password", "api_key", "ssl_certificate_authorities", "data_stream", "document_id", "id"),
    },
    "s3": {
        *(
            "access_key_id",
            "secret_access_key",
            "session_token",
            "region",
            "bucket",
            "prefix",
            "size_file",
            "time_file",
        ),
        *("rotation_strategy", "encoding", "codec", "canned_acl", "server_side_encryption", "ssekms_key_id", "restore"),
        *("server_side_encryption_algorithm", "storage_class", "upload_workers_count", "upload_queue_size", "tags"),
        *("temporary_directory", "validate_credentials_on_root_bucket", "role_arn", "endpoint", "id"),
    },
    "ruby": {"code", "init", "path", "script_params", "id"},
}
"""By plugin, the options that its page lists (elastic.co/docs/reference/logstash/plugins/plugins-outputs-s3)."""


@dataclass(frozen=True)
class Plugin:
    """A plugin of a section."""

    section: str
    name: str
    options: dict[str, Any]


def read(text: str) -> list[Plugin]:
    """Return the plugins of a configuration.

    Raises:
        ValueError: if it is none, or names an option that the plugin's page does not list.

    """
    reader = _Reader(list(_tokens(text)))
    plugins = list(reader.sections())
    for plugin in plugins:
        unknown = plugin.options.keys() - OPTIONS[plugin.name]
        if unknown:
            raise ValueError(f"{plugin.name} has no option {', '.join(sorted(unknown))}")
    return plugins


def _tokens(text: str) -> Iterator[tuple[str, str]]:
    place = 0
    while place < len(text):
        match = _TOKEN.match(text, place)
        if match is None:
            raise ValueError(f"cannot read {text[place : place + 20]!r}")
        if match.lastgroup:
            yield match.lastgroup, match[match.lastgroup]
        place = match.end()


class _Reader:
    def __init__(self, tokens: list[tuple[str, str]]) -> None:
        self._tokens = tokens
        self._place = 0

    def sections(self) -> Iterator[Plugin]:
        while self._place < len(self._tokens):
            section = self._take("word")
            if section not in SECTIONS:
                raise ValueError(f"{section} is no section")
            self._take("mark", "{")
            while not self._accept("}"):
                name = self._take("word")
                self._take("mark", "{")
                yield Plugin(section, name, dict(self._options()))

    def _options(self) -> Iterator[tuple[str, Any]]:
        while not self._accept("}"):
            name = self._take("word")
            self._take("arrow")
            yield name, self._value()

    def _value(self) -> Any:
        kind, text = self._tokens[self._place]
        self._place += 1
        if kind == "number":
            return float(text) if "." in text else int(text)
        if (kind, text) == ("mark", "["):
            items = []
            while not self._accept("]"):
                items.append(self._value())
                self._accept(",")
            return items
        if kind == "word":
            return {"true": True, "false": False}.get(text, text)
        if kind in ("single", "double"):
            return text
        raise ValueError(f"{text!r} is no value")

    def _accept(self, mark: str) -> bool:
        if self._place >= len(self._tokens):
            raise ValueError("the configuration ends too early")
        is_it = self._tokens[self._place] == ("mark", mark)
        self._place += is_it
        return is_it

    def _take(self, kind: str, text: str | None = None) -> str:
        found = self._tokens[self._place] if self._place < len(self._tokens) else ("end", "")
        if found[0] != kind or text not in (None, found[1]):
            raise ValueError(f"got {found[1]!r} in place of {text or kind}")
        self._place += 1
        return found[1]
