"""One list of fields: the template's body, the archive's columns, and what is refused."""

from __future__ import annotations

import json
from typing import Any

import pytest

from northsouth.comparison import compare, declared_state
from northsouth.errors import ConfigurationError
from northsouth.logs import ArchiveSchedule, JsonSource, LogArchive
from northsouth.logs.archive_rules import check_sources
from northsouth.logs.archive_times import TimeFormat
from northsouth.logs.archive_values import is_castable
from northsouth.logs.index_template import IndexField, IndexTemplate, check_template, column_name
from northsouth.logs.index_types import FIELD_TYPES, FieldTypeName
from tests.harness.synth import synth
from tests.logs.index_templates import FIELDS, template, with_field


def properties(made: IndexTemplate) -> Any:
    return made.body["template"]["mappings"]["properties"]  # type: ignore[index]


def test_the_template_is_strict_and_keeps_what_is_malformed() -> None:
    made = template(settings={"index.number_of_shards": 3})
    assert made.body == {
        "index_patterns": ["app-logs-*"],
        "priority": 501,
        "template": {
            "settings": {
                "index.mapping.ignore_malformed": True,
                "index.mapping.coerce": False,
                "index.number_of_shards": 3,
            },
            "mappings": {
                "dynamic": "strict",
                "properties": {
                    "@timestamp": {
                        "type": "date",
                        "format": "strict_date_time||strict_date_time_no_millis",
                        "ignore_malformed": False,
                    },
                    "level": {"type": "keyword", "ignore_above": 8191},
                    "took": {"type": "double"},
                    "user": {"properties": {"id": {"type": "long"}, "name": {"type": "keyword", "ignore_above": 8191}}},
                    "tags": {"type": "keyword", "ignore_above": 8191},
                },
            },
        },
    }
    assert json.loads(made.text) == made.body


def test_the_options_of_a_template() -> None:
    made = template(data_stream=True, dynamic="false", priority=7, times=(TimeFormat.iso(), TimeFormat.epoch("ms")))
    assert made.body["data_stream"] == {}
    assert made.body["priority"] == 7
    assert made.body["template"]["mappings"]["dynamic"] == "false"  # type: ignore[index]
    assert properties(made)["@timestamp"]["format"].endswith("||epoch_millis")


@pytest.mark.parametrize(
    ("kind", "engine", "mapping", "column"),
    [
        ("keyword", None, {"ignore_above": 8191}, "string"),
        ("constant_keyword", None, {}, "string"),
        ("wildcard", None, {"ignore_above": 8191}, "string"),
        ("text", None, {}, "string"),
        ("match_only_text", None, {}, "string"),
        ("ip", None, {}, "string"),
        ("binary", None, {}, "string"),
        ("boolean", None, {}, "boolean"),
        ("byte", None, {}, "tinyint"),
        ("short", None, {}, "smallint"),
        ("integer", None, {}, "int"),
        ("long", None, {}, "bigint"),
        ("unsigned_long", None, {}, "decimal(20,0)"),
        ("half_float", None, {}, "float"),
        ("float", None, {}, "float"),
        ("double", None, {}, "double"),
        ("scaled_float", None, {"scaling_factor": 100}, "double"),
        ("date", None, {"format": "strict_date_time||strict_date_time_no_millis"}, "timestamp"),
        ("date_nanos", None, {"format": "strict_date_time||strict_date_time_no_millis"}, "timestamp"),
        ("object", None, {"enabled": False}, "string"),
        ("flattened", "elasticsearch", {"ignore_above": 8191}, "string"),
        ("flat_object", "opensearch", {}, "string"),
    ],
)
def test_what_each_type_becomes(kind: Any, engine: Any, mapping: dict[str, Any], column: str) -> None:
    parameters = {"scaling_factor": 100} if kind == "scaled_float" else {}
    for each in [engine] if engine else ["elasticsearch", "opensearch"]:
        made = with_field("it", IndexField(type=kind, parameters=parameters), engine=each)
        assert properties(made)["it"] == {"type": kind, **mapping}
        assert made.columns[1].type == column
        assert made.columns[1].comment == f"it: {kind}"
    assert is_castable(column)


def test_every_type_that_can_be_named_is_there() -> None:
    assert set(FieldTypeName.__args__) == FIELD_TYPES.keys()


def test_the_columns_are_those_of_an_archive() -> None:
    made = template()
    assert [(column.name, column.type) for column in made.columns] == [
        ("timestamp", "timestamp"),
        ("level", "string"),
        ("took", "double"),
        ("user_id", "bigint"),
        ("user_name", "string"),
        ("tags", "string"),
    ]
    source = JsonSource(bucket="app-logs", since="2026/11/01", time=made.time, times=made.times, columns=made.columns)
    checked = check_sources({"app": source}, bucket="archive", kms_key_arn=None, schedule=ArchiveSchedule.hourly())
    assert list(checked) == []
    assert with_field("a", IndexField(type="long", column="b")).columns[1].name == "b"


def test_how_a_column_is_named() -> None:
    assert column_name("kubernetes.labels.app-Name") == "kubernetes_labels_app_name"


def test_the_count_of_what_was_left_out_is_of_the_last_full_hour() -> None:
    [exists, hour] = template().ignored_query["query"]["bool"]["filter"]  # type: ignore[index]
    assert exists == {"exists": {"field": "_ignored"}}
    assert hour == {"range": {"@timestamp": {"gte": "now-1h/h", "lt": "now/h"}}}


@pytest.mark.parametrize(
    ("wrong", "expected"),
    [
        ({"name": "App Logs"}, "name: got 'App Logs'"),
        ({"index_patterns": ()}, "index_patterns: got none"),
        ({"index_patterns": ("App-*",)}, "Write 'app-*'."),
        ({"time_field": "at"}, 'Add "at": "date" to fields.'),
        ({"time_field": "level"}, "time_field: got 'level'"),
        ({"fields": {"@timestamp": IndexField(type="date", many=True)}}, "with the type date or date_nanos"),
        ({"fields": {}}, "fields: got none"),
        ({"fields": {"at": "date"}, "time_field": "at", "data_stream": True}, "Name the field @timestamp"),
        ({"times": ()}, "times: got none"),
        ({"times": (TimeFormat.naive("UTC"),)}, "times: got naive UTC"),
        ({"times": (TimeFormat.epoch("us"),)}, "times: got epoch us"),
        ({"times": (TimeFormat.epoch("s"), TimeFormat.epoch("ms"))}, "either seconds or milliseconds"),
        ({"settings": {"index.mapping.ignore_malformed": False}}, "settings.index.mapping.ignore_malformed: got False"),
        ({"settings": {"index.mapping.coerce": True}}, "settings.index.mapping.coerce"),
        ({"settings": {"number_of_shards": 1}}, 'Write "index.number_of_shards".'),
        ({"settings": {"index.mapping.total_fields.limit": 6}}, "7 fields and objects; an index has at most 6"),
        ({"priority": -1}, "priority: got -1"),
    ],
)
def test_what_is_no_template(wrong: dict[str, Any], expected: str) -> None:
    with pytest.raises(ConfigurationError, match="problem") as refused:
        template(**wrong)
    assert expected in str(refused.value)


@pytest.mark.parametrize(
    ("name", "kind", "expected"),
    [
        ("a", "flat_object", "Write 'flattened'."),
        ("a", "scaled_float", "fields.a: got scaled_float without scaling_factor"),
        ("_id", "keyword", "fields._id: got '_id'"),
        ("a b", "keyword", "Rename the field"),
        ("a..b", "keyword", "Rename the field"),
        ("${x}", "keyword", "Rename the field"),
        ("@timestamp.x", "keyword", "fields.@timestamp: got a value, while '@timestamp.x' makes it an object"),
        ("timestamp", "date", 'Write IndexField(type="date", column="timestamp_2").'),
        ("a", IndexField(type="date", parameters={"format": "epoch_millis"}), "fields.a.parameters.format"),
    ],
)
def test_what_is_no_field(name: str, kind: Any, expected: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        with_field(name, kind)
    assert expected in str(refused.value)


@pytest.mark.parametrize(("kind", "instead"), [("strng", "keyword"), ("int", "integer"), ("nested", "object")])
def test_what_is_no_type(kind: str, instead: str) -> None:
    """The checks of arguments refuse it first, once they are installed; a file's words come to the template's own."""
    [problem] = check_template(replaced(template(), fields={"@timestamp": "date", "a": kind}))
    assert (problem.where, problem.fix.split(".")[0]) == ("fields.a", f"Write {instead!r}")


def replaced(made: IndexTemplate, **changed: Any) -> IndexTemplate:
    """Return a template that was not checked."""
    for name, value in changed.items():
        object.__setattr__(made, name, value)
    return made


def archived(**fields: Any) -> dict[str, Any]:
    made = template(fields={**FIELDS, **fields})
    source = JsonSource(bucket="logs", since="2026/11/01", time=made.time, times=made.times, columns=made.columns)
    return declared_state(
        synth(lambda s: LogArchive(s, "archive", name="edge", bucket_name="archive", sources={"app": source}))
    )


@pytest.mark.slow
def test_a_changed_type_is_seen_in_review_of_the_archive_too() -> None:
    before = archived()
    [lost] = [each for each in compare(before, archived(took="keyword")) if each.unreadable]
    assert lost.unreadable == ("took",)
    # A type of the same column is visible, because the column's comment has it.
    shown = compare(before, archived(level="text"))
    assert not shown.destructive
    assert ("level: keyword", "level: text") in {
        (difference.before, difference.after) for each in shown for difference in each.differences
    }
