"""What is read of the bodies that receivers get, and that a late message is found."""

from __future__ import annotations

import json

from tests.load.messages import Message, last_said, read, reopened

FIRED = Message("load-critical-1", True, "2027-03-01T00:00:01.000Z")
OVER = Message("load-critical-1", False, "2027-03-01T00:00:51.000Z")
AGAIN = Message("load-critical-1", True, "2027-03-01T00:01:41.000Z")
OTHER = Message("load-critical-2", True, "2027-03-01T00:00:02.000Z")


def test_both_kinds_of_receivers_are_read_alike() -> None:
    alarm = {
        "AlarmName": FIRED.alarm,
        "NewStateValue": "ALARM",
        "StateChangeTime": "2027-03-01T00:00:01.000+0000",
    }
    assert read(json.dumps({"Type": "Notification", "Message": json.dumps(alarm)})) == FIRED
    assert read(json.dumps({"alarm": FIRED.alarm, "state": "firing", "time": FIRED.changed})) == FIRED
    assert read(json.dumps({"alarm": OVER.alarm, "state": "resolved", "time": OVER.changed})) == OVER


def test_a_late_firing_message_reopens() -> None:
    assert reopened([FIRED, OTHER, OVER, AGAIN]) == []
    assert reopened([FIRED, OVER, OTHER, FIRED]) == [FIRED]
    assert reopened([FIRED, AGAIN, FIRED, OVER]) == [FIRED]


def test_the_last_message_says_what_people_believe() -> None:
    assert last_said([FIRED, OTHER, OVER]) == {FIRED.alarm: False, OTHER.alarm: True}
