"""What the emulator puts in the place of moto's repeated work gives what moto gives."""

from __future__ import annotations

import copy
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from moto.sqs.models import sqs_backends
from moto.stepfunctions.parser.asl.parse import asl_parser

from northsouth.emulator.repeated_work import _copied
from northsouth.emulator.server import ACCOUNT, Emulator


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text() | st.datetimes(),
        lambda each: st.lists(each, max_size=3) | st.dictionaries(st.text(max_size=3), each, max_size=3),
    )
)
def test_a_copy_shares_nothing_that_can_change(value: Any) -> None:
    made = _copied({"value": value, "list": [value]})
    assert made == copy.deepcopy({"value": value, "list": [value]})
    if isinstance(value, dict | list):
        assert made["value"] is not value
        assert made["value"] is not made["list"][0]


@pytest.mark.parametrize(("age", "received"), [(3500, 1), (3700, 0)])
def test_a_queue_keeps_its_messages_for_their_time(emulator: Emulator, age: int, received: int) -> None:
    sqs = emulator.client("sqs")
    url = sqs.create_queue(QueueName="kept", Attributes={"MessageRetentionPeriod": "3600"})["QueueUrl"]
    sqs.send_message(QueueUrl=url, MessageBody="hello")
    (message,) = sqs_backends[ACCOUNT]["us-east-1"].queues["kept"]._messages
    message.sent_timestamp = (datetime.now(UTC).timestamp() - age) * 1000
    assert len(sqs.receive_message(QueueUrl=url).get("Messages", [])) == received
    emulator.reset()


def test_each_execution_has_a_program_of_its_own(emulator: Emulator) -> None:
    del emulator  # the extensions are installed
    definition = json.dumps({"StartAt": "A", "States": {"A": {"Type": "Pass", "End": True}}})
    one, other = (asl_parser.AmazonStateLanguageParser.parse(definition)[0] for _ in range(2))
    assert one is not other
    assert one.states is not other.states
