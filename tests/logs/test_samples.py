"""Every sample line is read right, in every field, by every reader."""

import pytest

from northsouth.logs.alb_schema import ALB_ACCESS_LOG
from northsouth.logs.connection_schema import ALB_CONNECTION_LOG
from northsouth.logs.line_parser import Row, parse
from northsouth.logs.schema import LogSchema
from tests.logs.engines import blank, python_row, re2_row
from tests.logs.samples import samples

CASES = [(ALB_ACCESS_LOG, line, row) for line, row in samples("alb-access")]
CASES += [(ALB_CONNECTION_LOG, line, row) for line, row in samples("alb-connection")]


def test_there_are_samples() -> None:
    assert len(samples("alb-access")) == 30
    assert len(samples("alb-connection")) == 5


@pytest.mark.parametrize(("schema", "line", "row"), CASES)
def test_every_field_of_every_sample(schema: LogSchema, line: str, row: Row) -> None:
    assert parse(schema, line) == row
    assert python_row(schema, line) == row
    assert re2_row(schema, line) == blank(row)


NOT_LOG_LINES = [
    "",
    " ",
    "-",
    "Enable AccessLog for ELB: app/edge/50dc6c495c0c9188 at 2026-02-01T00:00:00.000Z",
    '{"type": "http"}',
    samples("alb-access")[0][0].rsplit(" ", 1)[0],
    samples("alb-access")[0][0].replace(" ", "  ", 1),
    samples("alb-access")[0][0].replace('"', "", 1),
    "x" * 20_000,
    '"' * 20_000,
    '"- ' * 7_000,
    "- " * 10_000,
]


@pytest.mark.parametrize("line", NOT_LOG_LINES, ids=range(len(NOT_LOG_LINES)))
def test_what_is_no_log_line_matches_nowhere_and_quickly(line: str) -> None:
    assert parse(ALB_ACCESS_LOG, line) is None
    assert python_row(ALB_ACCESS_LOG, line) is None
    assert re2_row(ALB_ACCESS_LOG, line) is None
