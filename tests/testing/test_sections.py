"""A declared state in sections: each block in one of them, none lost."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from northsouth.testing.sections import join, split

STATE: dict[str, Any] = {
    "data": {"aws_region": {"nat_here": {}}},
    "locals": {"nat_table": {"a": 1}, "dns_table": {}},
    "moved": [{"from": "aws_vpc.a", "to": "aws_vpc.b"}],
    "output": {"nat_ips": {"value": "x"}, "rest": {"value": "y"}},
    "provider": {"aws": [{"region": "us-east-1"}]},
    "resource": {"aws_eip": {"nat_a": {}, "nat_b": {}}, "aws_vpc": {"network_vpc": {"cidr_block": "10.0.0.0/16"}}},
    "terraform": {"required_providers": {"aws": {"source": "aws"}}},
}
NAMES = st.sampled_from(["nat_a", "nat_b", "dns_a", "x", ""])
BLOCKS = st.dictionaries(NAMES, st.dictionaries(NAMES, st.integers(), min_size=1) | st.integers(), min_size=1)
STATES = st.fixed_dictionaries(
    {},
    optional={
        "resource": st.dictionaries(NAMES, BLOCKS, min_size=1),
        "data": st.dictionaries(NAMES, BLOCKS, min_size=1),
        "output": BLOCKS,
        "locals": BLOCKS,
        "provider": st.dictionaries(NAMES, st.lists(st.integers())),
        "moved": st.lists(st.integers()),
        "terraform": st.integers(),
    },
)


def test_a_block_belongs_to_the_first_section_that_matches() -> None:
    parts = split(STATE, {"ips": ["*.nat_ips"], "nat": ["*.nat_*"], "empty": ["*.no_such"], "tables": ["local.*"]})
    assert parts["ips"] == {"output": {"nat_ips": {"value": "x"}}}
    assert parts["nat"] == {
        "data": {"aws_region": {"nat_here": {}}},
        "locals": {"nat_table": {"a": 1}},
        "resource": {"aws_eip": {"nat_a": {}, "nat_b": {}}},
    }
    assert parts["empty"] == {}
    assert parts["tables"] == {"locals": {"dns_table": {}}}
    assert parts["other"].keys() == {"moved", "output", "provider", "resource", "terraform"}
    assert parts["other"]["resource"] == {"aws_vpc": STATE["resource"]["aws_vpc"]}


@given(STATES)
def test_no_block_is_lost(state: dict[str, Any]) -> None:
    assert join(split(state, {"nat": ["*.nat_*"], "dns": ["*.dns_*", "output.x"]}).values()) == state


@pytest.mark.parametrize(
    ("sections", "message"),
    [
        ({"other": ["*"]}, "the name 'other' is not allowed; use lower-case letters, digits, - and _ "),
        ({"NAT/1": ["*"]}, "the name 'NAT/1' is not allowed"),
        ({"": ["*"]}, "the name '' is not allowed"),
    ],
)
def test_a_name_that_is_no_files_is_refused(sections: dict[str, list[str]], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        split(STATE, sections)


def test_a_single_text_is_refused() -> None:
    with pytest.raises(TypeError, match=r"sections\['nat'\] is the text '\*.nat_\*'; write a list: \['\*.nat_\*'\]"):
        split(STATE, {"nat": "*.nat_*"})
