"""Which fields of a flow log are accepted, and what is said of the others."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from northsouth.egress import FlowLogs, check_flow_logs
from northsouth.egress.flow_log_fields import FIELDS, FIELDS_BY_VERSION, TAG_FIELDS


def problems(*fields: str) -> list[str]:
    return [str(problem) for problem in check_flow_logs(FlowLogs.to_cloudwatch(fields=fields))]


def test_the_table_holds_what_aws_lists() -> None:
    assert {version: len(names) for version, names in FIELDS_BY_VERSION.items()} == {
        2: 14, 3: 7, 4: 4, 5: 4, 7: 10, 8: 1, 9: 1, 10: 1, 11: 12,
    }  # fmt: skip
    assert len(set(FIELDS)) == len(FIELDS)
    assert len(TAG_FIELDS) == 6


@given(st.lists(st.sampled_from([name for name in FIELDS if name not in TAG_FIELDS]), unique=True))
def test_every_field_without_a_tag_is_accepted_once(fields: list[str]) -> None:
    assert problems(*fields) == []


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        (["pkt-srcadr"], "fields[0]: got 'pkt-srcadr'; not a field of a VPC flow log ("),
        (["version", "srcaddr", "srcaddr"], "fields[2]: got 'srcaddr'; already fields[1]"),
        (["pkt-srcadr"], "Write pkt-srcaddr."),
        (["${dstaddr}"], "Write dstaddr."),
        (["pkt_dstaddr"], "Write pkt-dstaddr."),
        (["Bytes"], "Write bytes."),
        (["elephants"], "Use one of: version, account-id, "),
        (["instance-tag"], "fields[0]: got 'instance-tag'; AWS accepts it only together with the keys of the tags"),
        (["tgw-id"], "not a field of a VPC flow log"),
    ],
)
def test_any_other_field_is_refused_with_the_closest_name(fields: list[str], expected: str) -> None:
    [problem] = problems(*fields)
    assert expected in problem
