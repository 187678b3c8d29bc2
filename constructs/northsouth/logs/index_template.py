"""One list of fields: the template of an index, and the columns of its archive; pure.

The template writes ``dynamic: strict``, so a document with a field that is not in the list is refused, and
``index.mapping.ignore_malformed``, so a document with a value of another type is kept without that value, and listed in
``_ignored``. The archive has the same list: there such a value makes the row an unparsed one.
"""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from northsouth.errors import Problem, refuse
from northsouth.logs.archive_json import json_name
from northsouth.logs.archive_source import ArchiveColumn
from northsouth.logs.archive_times import TimeFormat
from northsouth.logs.index_types import (
    DATE_FORMATS,
    DATES,
    FIELD_TYPES,
    INSTEAD,
    Engine,
    FieldType,
    FieldTypeName,
)

_PART = "[A-Za-z0-9_@/-]+"
_FIELD = re.compile(rf"{_PART}(?:[.]{_PART})*")
_METADATA = (
    "_id",
    "_index",
    "_source",
    "_type",
    "_routing",
    "_ignored",
    "_field_names",
    "_size",
    "_doc_count",
    "_meta",
)
_TEMPLATE = re.compile(r"[a-z0-9][a-z0-9._-]*")
_PATTERN = re.compile(r"[a-z0-9.*][a-z0-9._*-]*")
IGNORE_MALFORMED = "index.mapping.ignore_malformed"
COERCE = "index.mapping.coerce"
FIELD_LIMIT = "index.mapping.total_fields.limit"
_MOST_FIELDS = 1000
_OWN_PARAMETERS = ("type", "ignore_malformed", "coerce", "dynamic", "properties", "format")
_MOST_COMMENT = 255


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexField:
    """A field that needs more than the name of its type.

    Attributes:
        type: its type: one of Elasticsearch's or OpenSearch's, as ``keyword``, ``long`` or ``date``.
        many: whether a document may have a list of values. The archive keeps them as JSON text.
        column: the archive's column; the field's name in lower case with ``_`` in place of dots if empty.
        parameters: further mapping parameters, as ``{"scaling_factor": 100}`` or ``{"index": False}``.

    """

    type: FieldTypeName
    many: bool = False
    column: str = ""
    parameters: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexTemplate:
    """The fields of the documents of an index, and what follows from them.

    Attributes:
        name: the template's name, in ``PUT _index_template/<name>``.
        index_patterns: which indices or data streams it is for, as ``("app-logs-*",)``.
        time_field: the field that says when a document happened. A document whose time cannot be read is refused,
            because no window of time would have it.
        fields: by name, the type of each field, or an :class:`IndexField`. A dot stands between an object and its
            field: ``user.id``.
        times: how times are written: ``TimeFormat.iso()``, ``TimeFormat.epoch("ms")`` or ``TimeFormat.epoch("s")``.
            ISO times have seconds, a ``T`` and an offset.
        engine: who takes the template. It matters for ``flattened`` (Elasticsearch) and ``flat_object`` (OpenSearch).
        dynamic: ``strict`` refuses documents with other fields. ``false`` keeps such fields, but does not index them,
            and the archive has no column for them.
        data_stream: whether the template is for data streams. Their time field is ``@timestamp``.
        priority: which template wins where several match. Those of Elasticsearch itself have up to 500.
        settings: further settings, by their whole name: ``{"index.number_of_shards": 3}``.

    Raises:
        ConfigurationError: if the list makes no template, or no archive.

    """

    name: str
    index_patterns: tuple[str, ...]
    time_field: str
    fields: Mapping[str, FieldTypeName | IndexField]
    times: tuple[TimeFormat, ...] = (TimeFormat.iso(),)
    engine: Engine = "elasticsearch"
    dynamic: Literal["strict", "false"] = "strict"
    data_stream: bool = False
    priority: int = 501
    settings: Mapping[str, object] = field(default_factory=dict)

    def __post_init__(self) -> None:
        refuse(f"IndexTemplate {self.name!r}", check_template(self))

    def declared(self, name: str) -> IndexField:
        """Return a field of the list."""
        declared = self.fields[name]
        return declared if isinstance(declared, IndexField) else IndexField(type=declared)

    def type_of(self, name: str) -> FieldType:
        """Return the type of a field of the list."""
        return FIELD_TYPES[self.declared(name).type]

    @property
    def body(self) -> dict[str, object]:
        """The body of ``PUT _index_template/<name>``."""
        body: dict[str, object] = {
            "index_patterns": list(self.index_patterns),
            "priority": self.priority,
            "template": {
                "settings": {IGNORE_MALFORMED: True, COERCE: False, **self.settings},
                "mappings": {"dynamic": self.dynamic, "properties": self._properties()},
            },
        }
        return {**body, "data_stream": {}} if self.data_stream else body

    @property
    def text(self) -> str:
        """The body as the text of a file."""
        return json.dumps(self.body, indent=2, ensure_ascii=False) + "\n"

    @property
    def columns(self) -> tuple[ArchiveColumn, ...]:
        """The columns of the archive, for a ``JsonSource``.

        A column's comment says the field and its type, so ``northsouth diff`` also shows a change that keeps the
        column's type.
        """
        return tuple(
            ArchiveColumn(
                name=self.declared(name).column or column_name(name),
                type="string" if self.declared(name).many else self.type_of(name).column,
                sql=json_name(name),
                comment=f"{name}: {self.declared(name).type}"[:_MOST_COMMENT],
            )
            for name in self.fields
        )

    @property
    def time(self) -> str:
        """The ``time`` of a ``JsonSource``."""
        return json_name(self.time_field)

    @property
    def ignored_query(self) -> dict[str, object]:
        """The body of ``GET <indices>/_count`` that counts the last full hour's documents with a value left out."""
        hour = {"range": {self.time_field: {"gte": "now-1h/h", "lt": "now/h"}}}
        return {"query": {"bool": {"filter": [{"exists": {"field": "_ignored"}}, hour]}}}

    def _properties(self) -> dict[str, object]:
        properties: dict[str, object] = {}
        for name in self.fields:
            *objects, last = name.split(".")
            inside = properties
            for inner in objects:
                inside = inside.setdefault(inner, {"properties": {}})["properties"]  # type: ignore[index]
            inside[last] = self._mapping(name)
        return properties

    def _mapping(self, name: str) -> dict[str, object]:
        declared = self.declared(name)
        mapping: dict[str, object] = {"type": declared.type, **dict(self.type_of(name).parameters)}
        if declared.type in DATES:
            mapping["format"] = "||".join(DATE_FORMATS[key] for key in time_keys(self.times))
        if name == self.time_field:
            mapping["ignore_malformed"] = False
        return {**mapping, **declared.parameters}


def time_keys(times: tuple[TimeFormat, ...]) -> tuple[str, ...]:
    """Return time formats as keys of ``DATE_FORMATS``."""
    return tuple(f"{timestamp.kind} {timestamp.detail}".strip() for timestamp in times)


def column_name(name: str) -> str:
    """Return the archive's column of a field: ``@timestamp`` becomes ``timestamp``, ``user.id`` becomes ``user_id``."""
    return re.sub(r"[^a-z0-9_]", "_", name.lower().lstrip("@"))


def check_template(template: IndexTemplate) -> Iterator[Problem]:
    """Yield what is wrong with a list of fields."""
    yield from _check_names(template)
    yield from _check_times(template)
    yield from _check_settings(template)
    if not template.fields:
        yield Problem("fields", "none", "an index has at least one field", "Write each field with its type.")
    for name in template.fields:
        yield from _check_field(template, name)
    yield from _check_columns(template)


def _check_names(template: IndexTemplate) -> Iterator[Problem]:
    if not _TEMPLATE.fullmatch(template.name):
        yield Problem(
            "name",
            repr(template.name),
            "a template's name is of a-z, 0-9, '.', '_' and '-', and begins with a letter or a digit",
            "Choose such a name.",
        )
    if not template.index_patterns:
        yield Problem("index_patterns", "none", "a template is for some indices", 'Write ("app-logs-*",).')
    for place, pattern in enumerate(template.index_patterns):
        if not _PATTERN.fullmatch(pattern):
            yield Problem(
                f"index_patterns[{place}]",
                repr(pattern),
                "indices are named in lower case, without spaces, commas and slashes; * stands for any text",
                f"Write {re.sub(r'[^a-z0-9._*-]', '-', pattern.lower()) or 'app-logs-*'!r}.",
            )


def _check_times(template: IndexTemplate) -> Iterator[Problem]:
    declared = template.fields.get(template.time_field)
    kind = declared.type if isinstance(declared, IndexField) else declared
    if kind not in DATES or (isinstance(declared, IndexField) and declared.many):
        yield Problem(
            "time_field",
            repr(template.time_field),
            "it is one of fields, with the type date or date_nanos and one value",
            f'Add "{template.time_field}": "date" to fields.',
        )
    if template.data_stream and template.time_field != "@timestamp":
        yield Problem(
            "time_field",
            repr(template.time_field),
            "the time of a data stream's documents is in @timestamp",
            "Name the field @timestamp, or write data_stream=False.",
            "elastic.co/docs/manage-data/data-store/data-streams",
        )
    keys = time_keys(template.times)
    unknown = [key for key in keys if key not in DATE_FORMATS]
    if unknown or not keys or {"epoch s", "epoch ms"} <= set(keys):
        yield Problem(
            "times",
            ", ".join(keys) or "none",
            "an index reads ISO times with an offset, and either seconds or milliseconds since 1970",
            'Write one or two of TimeFormat.iso(), TimeFormat.epoch("ms") and TimeFormat.epoch("s").',
            "elastic.co/docs/reference/elasticsearch/mapping-reference/mapping-date-format",
        )


def _check_settings(template: IndexTemplate) -> Iterator[Problem]:
    for name in template.settings:
        if name in (IGNORE_MALFORMED, COERCE):
            yield Problem(
                f"settings.{name}",
                repr(template.settings[name]),
                "the template sets it, and the test of sample documents relies on it",
                "Remove it.",
            )
        elif not name.startswith("index."):
            yield Problem(
                f"settings.{name}",
                repr(template.settings[name]),
                "a setting is written with its whole name",
                f'Write "index.{name}".',
            )
    if template.priority < 0:
        yield Problem("priority", str(template.priority), "it is 0 or more", "Leave it out, or write 501.")
    limit = template.settings.get(FIELD_LIMIT, _MOST_FIELDS)
    count = len({*template.fields, *objects_of(template)})
    if isinstance(limit, int) and count > limit:
        yield Problem(
            "fields",
            f"{count:,} fields and objects",
            f"an index has at most {limit:,}",
            f'Keep rare fields in one field of type object, or write settings={{"{FIELD_LIMIT}": {count}}}.',
            "elastic.co/docs/reference/elasticsearch/index-settings/mapping-limit",
        )


def objects_of(template: IndexTemplate) -> set[str]:
    """Return the objects that fields are in: ``user`` of ``user.id``."""
    return {name[:place] for name in template.fields for place, character in enumerate(name) if character == "."}


def _check_field(template: IndexTemplate, name: str) -> Iterator[Problem]:
    where = f"fields.{name}"
    if not _FIELD.fullmatch(name) or name.partition(".")[0] in _METADATA:
        yield Problem(
            where,
            repr(name),
            "a field's name is of letters, digits, '_', '@', '-' and '/', with a dot between objects; names such as"
            f" {', '.join(_METADATA[:3])} are the index's own",
            "Rename the field in Logstash, and here.",
        )
    if name in objects_of(template):
        inner = next(inner for inner in template.fields if inner.startswith(f"{name}."))
        yield Problem(
            where,
            f"a value, while {inner!r} makes it an object",
            "a field is a value or an object",
            f"Remove {name!r} or the fields in it.",
        )
    declared = template.fields[name]
    type_name = declared.type if isinstance(declared, IndexField) else declared
    kind = FIELD_TYPES.get(type_name)
    if kind is None or kind.engine not in (None, template.engine):
        yield _unknown_type(template, where, type_name)
        return
    if isinstance(declared, IndexField):
        yield from _check_parameters(declared, where)
    if type_name == "scaled_float" and not (
        isinstance(declared, IndexField) and "scaling_factor" in declared.parameters
    ):
        yield Problem(
            where,
            "scaled_float without scaling_factor",
            "a scaled_float is stored as a whole number of 1/scaling_factor",
            'Write IndexField(type="scaled_float", parameters={"scaling_factor": 100}), or double.',
        )


def _unknown_type(template: IndexTemplate, where: str, type_name: str) -> Problem:
    known = [name for name, kind in FIELD_TYPES.items() if kind.engine in (None, template.engine)]
    near = [INSTEAD[type_name]] if type_name in INSTEAD else difflib.get_close_matches(type_name, known, n=1)
    return Problem(
        where,
        repr(type_name),
        f"a field of {template.engine} that can be archived is one of {', '.join(known)}",
        f"Write {near[0] if near else 'keyword'!r}. The type object keeps any JSON, without indexing it.",
    )


def _check_parameters(declared: IndexField, where: str) -> Iterator[Problem]:
    for name in declared.parameters:
        if name in _OWN_PARAMETERS:
            yield Problem(
                f"{where}.parameters.{name}",
                repr(declared.parameters[name]),
                "the template says it by itself",
                "Remove it.",
            )


def _check_columns(template: IndexTemplate) -> Iterator[Problem]:
    """Yield where two fields would be one column: the archive judges the names themselves."""
    by_column: dict[str, str] = {}
    for name, declared in template.fields.items():
        column = (declared.column if isinstance(declared, IndexField) else "") or column_name(name)
        if column in by_column:
            kind = declared.type if isinstance(declared, IndexField) else declared
            yield Problem(
                f"fields.{name}",
                f"the column {column!r}, which {by_column[column]!r} has",
                "each field has a column of its own",
                f'Write IndexField(type="{kind}", column="{column}_2").',
            )
        by_column.setdefault(column, name)
