"""Load and faults on the routes: many changes, duplicates, receivers that are down, killed runs."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import count

from northsouth.emulator import api_destinations
from northsouth.emulator.faults import Call, Fault
from tests.load.deployed import CHAT_HOST, CRITICAL, PAGER_HOST, PATIENT_HOST, WARNING
from tests.load.limit import OK, Limit
from tests.load.load import Load, kill_first, queue, running, send, wait_until
from tests.load.messages import Message, last_said, reopened
from tests.load.report import Check

TO_CHAT, TO_PATIENT = "load-to-chat", "load-to-patient"
"""Each the name of a queue and of the state machine that its messages are given to."""
CHAT_LETTERS, PATIENT_LETTERS = "load-chat-dead-letters", "load-patient-dead-letters"
DOWN = 503
FAILING = 100
"""Every so manieth request to the chat is answered 503."""
LATE = len(CRITICAL) // 10
"""Old messages that come once more in each round."""
FIRST_WAIT_SECONDS = 2
"""What a state machine waits for after the first 429, at least."""
ROUNDS_AT_ONCE = 10
DOWN_MINUTES, MINUTE_OF_THE_END = 62, 31
"""How long the receivers are down, and when half of the alarms end meanwhile."""


def many_changes(load: Load, changes: int) -> Iterator[Check]:
    """Let all alarms change again and again; the chat has a rate limit and fails at times; old messages come late."""
    limit, numbers, dice, copies = Limit(most=5, seconds=2), count(1), random.Random(1), 0
    load.world.decided[CHAT_HOST] = lambda: limit.status(time.time()) if next(numbers) % FAILING else DOWN
    rounds = changes // len(CRITICAL)
    for turn in range(rounds):
        before = [request.body for request in load.world.to(PAGER_HOST)[-len(CRITICAL) :]]
        for alarm in CRITICAL:
            load.change(alarm, firing=turn % 2 == 0)
        # SNS sends the pager what it puts into the chat's queue.
        for body in dice.sample(before, k=min(LATE, len(before))):
            send(TO_CHAT, body)
            copies += 1
        load.settle()
    chat, number = load.taken(CHAT_HOST), rounds * len(CRITICAL)
    yield _nothing_lost("the pager", load.taken(PAGER_HOST), number)
    yield _nothing_lost("the chat", chat, number)
    failed = sum(request.status == DOWN for request in load.world.to(CHAT_HOST))
    yield _given_up(0, f" after {failed} answers {DOWN}")
    late, sent = len(reopened(chat)), len(chat) - number
    measured = f"{copies:,} old messages came late: {sent} were sent, {late} reopened an alarm"
    yield Check("no late message reopens what is resolved", measured, sent == late == 0)
    most = load.world.at_once[CHAT_HOST]
    yield Check("the chat has one request at a time", f"at most {most} at once", most == 1)
    measured = (
        f"{limit.refused:,} of {len(limit.requests):,} requests refused, the shortest wait {limit.shortest_wait:.1f} s"
    )
    yield Check(
        f"the limit of {limit.most} requests in {limit.seconds:g} s is kept: a wait after each 429",
        measured,
        limit.refused > 0 and limit.shortest_wait >= FIRST_WAIT_SECONDS,
    )


def _nothing_lost(receiver: str, messages: list[Message], number: int) -> Check:
    different = len(set(messages))
    return Check(
        f"nothing is lost on the way to {receiver}", f"{different:,} of {number:,} changes", different == number
    )


def _given_up(number: int, after: str = "") -> Check:
    letters = len(queue(CHAT_LETTERS)._messages)
    rule = f"{number} messages are dead letters of the chat" if number else "no message is given up"
    return Check(rule, f"{letters} dead letters{after}", letters == number)


def duplicates(load: Load) -> Iterator[Check]:
    """Let alarms change faster than the chat is notified; each message comes twice."""
    for turn in range(ROUNDS_AT_ONCE):
        for alarm in CRITICAL:
            load.change(alarm, firing=turn % 2 == 0)
        for request in load.world.to(PAGER_HOST)[-len(CRITICAL) :]:
            send(TO_CHAT, request.body)
    load.settle()
    chat, number = load.taken(CHAT_HOST), ROUNDS_AT_ONCE * len(CRITICAL)
    over = sum(not firing for firing in last_said(chat).values())
    rule = "the last message of each alarm says that it is over"
    yield Check(rule, f"{over} of {len(CRITICAL)} alarms", over == len(CRITICAL))
    late = len(reopened(chat))
    yield Check("no late message reopens what is resolved", f"{late} of {len(chat)} messages", late == 0)
    most = max(Counter(chat).values())
    measured = f"{number} changes gave {len(chat)} messages; the same one at most {most} times"
    yield Check("a message comes no more often than its duplicates", measured, most <= 2)
    yield _given_up(0)


def down_for_an_hour(load: Load) -> Iterator[Check]:
    """Two receivers do not work for an hour: one is tried ten times, as by default, the other 75 times."""
    for host in (CHAT_HOST, PATIENT_HOST):
        load.world.decided[host] = lambda: DOWN
    ending = WARNING[len(WARNING) // 2 :]
    scale, api_destinations.SCALE = api_destinations.SCALE, 1.0
    try:
        for alarm in WARNING:
            load.change(alarm, firing=True)
        for minute in range(DOWN_MINUTES):
            if minute == MINUTE_OF_THE_END:
                for alarm in ending:
                    load.change(alarm, firing=False)
            _wait_for_tries()
            load.pass_time(60)
        load.world.decided.clear()
        load.settle()
    finally:
        api_destinations.SCALE = scale
    tries = Counter(request.host for request in load.world.received if request.status == DOWN)
    true = {**dict.fromkeys(WARNING, True), **dict.fromkeys(ending, False)}
    yield _given_up(len(WARNING) + len(ending), f" after {tries[CHAT_HOST]} requests")
    patient = load.taken(PATIENT_HOST)
    yield _what_is_true("the receiver with 75 attempts gets each message that is still true, once", patient, true)
    letters = len(queue(PATIENT_LETTERS)._messages)
    measured = f"{letters} dead letters after {tries[PATIENT_HOST]} requests"
    yield Check("it loses nothing", measured, letters == 0)
    for letter in list(queue(CHAT_LETTERS)._messages):
        queue(CHAT_LETTERS)._messages.remove(letter)
        send(TO_CHAT, letter.body)
    load.settle()
    yield _what_is_true("dead letters that are moved back: those that are still true", load.taken(CHAT_HOST), true)


def _wait_for_tries() -> None:
    """Wait until each message that can be seen has been tried, at this moment of the clock."""

    def all_tried() -> bool:
        return not any(
            running(name) or any(message.visible for message in list(queue(name)._messages))
            for name in (TO_CHAT, TO_PATIENT)
        )

    wait_until(all_tried, "a try of each message")


def _what_is_true(rule: str, messages: list[Message], true: dict[str, bool]) -> Check:
    said = Counter((message.alarm, message.firing) for message in messages)
    return Check(rule, f"{len(messages)} messages, {len(true)} are true", said == Counter(true.items()))


def killed_before_asking(load: Load) -> Iterator[Check]:
    """Kill the first run of each message when it asks CloudWatch for the alarm."""
    killed: set[str] = set()

    def rule(call: Call) -> Fault | None:
        first = call.operation == "DescribeAlarms" and kill_first(TO_CHAT, killed)
        return Fault.LOSE_REQUEST if first else None

    with load.emulator.faults.rule(rule):
        _raise_all(load)
    yield from _after_kills(load, killed, again=0)


def killed_before_sending(load: Load) -> Iterator[Check]:
    """Kill the first run of each message before the chat has taken it."""
    killed = _kill_at_the_chat(load, DOWN)
    yield from _after_kills(load, killed, again=0)


def killed_after_sending(load: Load) -> Iterator[Check]:
    """Kill the first run of each message after the chat has taken it. It comes again: nobody knows that it was sent."""
    killed = _kill_at_the_chat(load, OK)
    yield from _after_kills(load, killed, again=len(CRITICAL))


def _kill_at_the_chat(load: Load, status: int) -> set[str]:
    """Kill the first run of each message when the chat answers it with a status; return the messages."""
    killed: set[str] = set()
    load.world.decided[CHAT_HOST] = lambda: status if kill_first(TO_CHAT, killed) else OK
    _raise_all(load)
    return killed


def _raise_all(load: Load) -> None:
    for alarm in CRITICAL:
        load.change(alarm, firing=True)
    load.settle()


def _after_kills(load: Load, killed: set[str], again: int) -> Iterator[Check]:
    chat = load.taken(CHAT_HOST)
    measured = f"{len(killed)} of {len(CRITICAL)} messages"
    yield Check("the first run of each message is killed", measured, len(killed) == len(CRITICAL))
    yield _nothing_lost("the chat", chat, len(CRITICAL))
    twice = len(chat) - len(CRITICAL)
    rule = "what was sent before the kill comes once more" if again else "no message comes twice"
    yield Check(rule, f"{twice} messages more", twice == again)
    yield _given_up(0)


def end_all(load: Load) -> None:
    """Let all alarms end, and wait until everybody was notified."""
    for alarm in (*CRITICAL, *WARNING):
        load.change(alarm, firing=False)
    load.settle()


PARTS: tuple[tuple[str, Callable[[Load], Iterator[Check]]], ...] = (
    ("Alarms change faster than the chat is notified, each message comes twice", duplicates),
    ("Receivers are down for an hour", down_for_an_hour),
    ("Runs of the chat's state machine are killed when they ask for the alarm", killed_before_asking),
    ("Runs of the chat's state machine are killed before the chat has the message", killed_before_sending),
    ("Runs of the chat's state machine are killed after the chat has the message", killed_after_sending),
)
