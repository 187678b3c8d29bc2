"""What is left of a synthesized document: everything but four things."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from northsouth.comparison import declared_state

HASH = "5D41402ABC4B2A76B9719D911017C592"


def test_metadata_and_the_version_of_providers_go_and_the_rest_stays() -> None:
    document: dict[str, Any] = {
        "//": {"metadata": {"version": "0.21.0"}},
        "terraform": {
            "required_version": ">= 1.9",
            "required_providers": {"aws": {"source": "hashicorp/aws", "version": "5.100.0"}},
            "backend": {"s3": {"bucket": "state"}},
        },
        "provider": {"aws": [{"//": {}, "region": "us-east-1"}]},
        "resource": {"aws_sns_topic": {"t": {"//": {"metadata": {}}, "tags": {"//": "mine"}, "version": "1"}}},
        "locals": {"map": {"//": "mine"}},
    }
    untouched = copy.deepcopy(document)
    assert declared_state(document) == {
        "locals": {"map": {"//": "mine"}},
        "provider": {"aws": [{"region": "us-east-1"}]},
        "resource": {"aws_sns_topic": {"t": {"tags": {"//": "mine"}, "version": "1"}}},
        "terraform": {
            "backend": {"s3": {"bucket": "state"}},
            "required_providers": {"aws": {"source": "aws"}},
            "required_version": ">= 1.9",
        },
    }
    assert document == untouched


def test_paths_below_the_given_folders_are_named_and_no_others() -> None:
    values = {
        "a": "/home/me/project/terraform.stack.tfstate",
        "b": "/home/me/project",
        "c": "/home/me/project-two/x",
        "d": "/aws/lambda/home/me/project",
        "e": "cd /home/me/project && make",
    }
    state = declared_state({"locals": values}, folders={"<project>": Path("/home/me/project/")})["locals"]
    assert state == {
        **values,
        "a": "<project>/terraform.stack.tfstate",
        "b": "<project>",
        "e": "cd <project> && make",
    }


@pytest.mark.parametrize("folder", ["/", "relative/folder"])
def test_a_folder_that_would_match_too_much_is_refused(folder: str) -> None:
    with pytest.raises(ValueError, match="must be an absolute folder below the root"):
        declared_state({}, folders={"<project>": folder})


def test_hashes_of_assets_are_named_also_where_they_stand_alone() -> None:
    values = {"path": f"assets/code/{HASH}/archive.zip", "hash": HASH, "other": "0" * 32}
    assert declared_state({"locals": values})["locals"] == {
        "path": "assets/code/<asset-hash>/archive.zip",
        "hash": "<asset-hash>",
        "other": "0" * 32,
    }


def test_a_text_that_is_no_object_is_refused() -> None:
    with pytest.raises(ValueError, match="a JSON object, not list"):
        declared_state("[]")


def test_keys_are_sorted_at_every_depth_and_are_text() -> None:
    state = declared_state({"locals": {"b": {"d": [{"z": 1, "a": 2}], "c": 3}, "a": 4}, "data": {}})
    assert json.dumps(state) == ('{"data": {}, "locals": {"a": 4, "b": {"c": 3, "d": [{"a": 2, "z": 1}]}}}')
    assert list(declared_state({"locals": {"table": {1: "one", 0: "zero"}}})["locals"]["table"]) == ["0", "1"]


@given(st.dictionaries(st.text(max_size=4), st.dictionaries(st.text(max_size=4), st.text(max_size=8), max_size=3)))
def test_it_is_idempotent(locals_: dict[str, dict[str, str]]) -> None:
    once = declared_state(json.dumps({"locals": locals_}))
    assert declared_state(once) == once == {"locals": {k: dict(v) for k, v in locals_.items() if k != "//"}}


def test_what_cannot_be_decoded_is_named() -> None:
    with pytest.raises(ValueError, match=r"^the document: "):
        declared_state("{")


def test_a_comment_below_a_block_is_content() -> None:
    written = {"output": {"x": {"//": "a comment", "value": {"//": "content"}}}}
    assert declared_state(written) == {"output": {"x": {"value": {"//": "content"}}}}


def test_versions_go_of_providers_only() -> None:
    backend = {"s3": {"version": "1", "source": "hashicorp/x"}}
    required = {"aws": {"version": "5", "source": "hashicorp/aws"}}
    state = declared_state({"terraform": {"backend": backend, "required_providers": required}})
    assert state["terraform"] == {"backend": backend, "required_providers": {"aws": {"source": "aws"}}}


def test_a_folder_keeps_its_last_letter() -> None:
    state = declared_state({"locals": {"a": "/home/boX/file"}}, folders={"<project>": "/home/boX/"})
    assert state == {"locals": {"a": "<project>/file"}}


def test_a_tuple_is_a_list() -> None:
    """A document may come from Python and not from a file."""
    document = {
        "provider": {"aws": ({"//": 1, "region": "us-east-1"},)},
        "locals": {"a": ("/p/x", {"b": {"c": {"d": ("/p/y",)}}})},
    }
    assert declared_state(document, folders={"<p>": Path("/p")}) == {
        "locals": {"a": ["<p>/x", {"b": {"c": {"d": ["<p>/y"]}}}]},
        "provider": {"aws": [{"region": "us-east-1"}]},
    }
