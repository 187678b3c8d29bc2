"""Documents with any one value replaced by any other: read, or refused with a message; never a stack trace."""

from __future__ import annotations

import copy
import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from northsouth.alerts.replay.files import read
from northsouth.errors import ConfigurationError
from tests.alerts.replay.files.forms import FORMS, KEY, MAPPED, Known

KNOWN = Known(tuple(range(1_795_867_200, 1_795_867_200 + 180, 60)), (1.0, 2.0, 3.0))
DOCUMENTS = ("get_metric_data", "get_metric_statistics", "query_range", "metric_stream_plain")
LINES = [f"m1 = {MAPPED}", f"BytesOutToDestination = {KEY}", f'bytes_out{{az="a",nat="nat-0123"}} = {MAPPED}']

anything: st.SearchStrategy[Any] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=5)
    | st.sampled_from([10**400, -1, "9" * 30, "NaN", "2026-11-28T12:00:00", "0001-01-01T00:00:00Z", "9999-12-31"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=4,
)


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the way to every value in a document."""
    if path:
        yield path
    if isinstance(value, dict | list):
        for key in value if isinstance(value, dict) else range(len(value)):
            yield from places(value[key], (*path, key))


def replaced(document: Any, path: tuple[Any, ...], value: Any) -> Any:
    changed = copy.deepcopy(document)
    inner = changed
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = value
    return changed


@pytest.mark.slow
@pytest.mark.parametrize("form", DOCUMENTS)
@settings(max_examples=60, phases=(Phase.explicit, Phase.reuse, Phase.generate))
@given(data=st.data(), value=anything)
def test_any_value_may_be_any_other(form: str, data: st.DataObject, value: Any) -> None:
    with tempfile.TemporaryDirectory() as folder:
        lines = FORMS[form](Path(folder), KNOWN).get("mapping", [])
        file = data.draw(st.sampled_from(sorted(Path(folder).iterdir())))
        texts = file.read_text().splitlines()
        documents = [json.loads(text) for text in texts]
        path = data.draw(st.sampled_from(list(places(documents[0]))))
        documents[0] = replaced(documents[0], path, value)
        file.write_text("\n".join(json.dumps(each) for each in documents))
        try:
            read([folder], lines)
        except ConfigurationError as refused:
            assert len(str(refused)) < 3000  # noqa: PT017 - either is right
