from __future__ import annotations

import pytest

from northsouth.alerts.replay import Outcome, State, Transition
from northsouth.alerts.replay.actions import Holding, actions_of
from northsouth.alerts.replay.alarms import Actions
from northsouth.alerts.replay.schedule import Window

ALARM, OK, NONE = State.ALARM, State.OK, State.INSUFFICIENT_DATA
ACTIONS = Actions(("pager",), ("chat",), ("log",))


def ran(
    composite: list[tuple[int, State]],
    suppressor: list[tuple[int, State]] | None = None,
    mutes: list[tuple[int, int]] | None = None,
    wait: int = 2,
    extension: int = 3,
    outcome: Outcome = Outcome.RUN,
) -> list[tuple[int, State]]:
    transitions = [Transition(moment, state) for moment, state in composite]
    holding = None if suppressor is None else Holding("upgrade", [(0, OK), *suppressor], wait, extension)
    windows = [Window(begin, end, "night") for begin, end in mutes or []]
    done = actions_of(transitions, ACTIONS, end=100, suppressor=holding, mutes=windows)
    return [(each.time, each.state) for each in done if each.outcome is outcome]


@pytest.mark.parametrize(
    ("composite", "suppressor", "expected"),
    [
        # alarm-suppression, examples 1 to 6: a wait of 2, an extension of 3 units.
        ([(2, ALARM)], [], [(4, ALARM)]),
        ([(2, ALARM)], [(3, ALARM)], []),
        ([(2, ALARM), (3, OK)], [], [(5, OK)]),
        ([(2, ALARM)], [(1, ALARM)], []),
        ([(2, ALARM)], [(3, ALARM), (6, OK)], [(9, ALARM)]),
        ([(2, ALARM), (7, OK)], [(3, ALARM), (6, OK)], [(9, OK)]),
        # A suppressor that comes back during the extension discards it.
        ([(2, ALARM)], [(3, ALARM), (6, OK), (8, ALARM), (20, OK)], [(23, ALARM)]),
        # One that comes at the end of the wait is in time; one that comes later is too late.
        ([(2, ALARM)], [(4, ALARM)], []),
        ([(2, ALARM)], [(5, ALARM), (9, OK)], [(4, ALARM)]),
        # INSUFFICIENT_DATA suppresses nothing.
        ([(2, ALARM)], [(1, NONE)], [(4, ALARM)]),
        ([(2, ALARM)], [(1, ALARM), (6, NONE)], [(9, ALARM)]),
    ],
)
def test_awss_examples_of_suppression(
    composite: list[tuple[int, State]], suppressor: list[tuple[int, State]], expected: list[tuple[int, State]]
) -> None:
    assert ran(composite, suppressor) == expected


def test_periods_of_zero_suppress_only_while_the_suppressor_is_raised() -> None:
    assert ran([(2, ALARM), (5, OK)], [(4, ALARM), (6, OK)], wait=0, extension=0) == [(2, ALARM), (6, OK)]
    assert ran([(2, ALARM)], [(1, ALARM)], outcome=Outcome.SUPPRESSED) == [(2, ALARM)]


@pytest.mark.parametrize(
    ("changes", "mutes", "expected"),
    [
        ([(2, ALARM)], [(1, 9)], [(9, ALARM)]),
        ([(2, ALARM), (5, OK)], [(1, 9)], [(9, OK)]),
        ([(2, ALARM), (9, OK)], [(1, 9)], [(9, OK)]),
        ([(2, ALARM), (9, OK)], [(3, 9)], [(2, ALARM), (9, OK)]),
        ([(2, NONE)], [(1, 9)], [(9, NONE)]),
        ([(2, ALARM)], [(1, 5), (4, 9)], [(9, ALARM)]),
        ([(2, ALARM)], [(1, 5), (5, 9)], [(9, ALARM)]),
        ([(2, ALARM)], [(1, 5), (6, 9)], [(5, ALARM)]),
        ([(2, ALARM)], [(1, 200)], []),
    ],
)
def test_what_a_mute_held_back_runs_at_its_end_if_the_state_is_still_the_same(
    changes: list[tuple[int, State]], mutes: list[tuple[int, int]], expected: list[tuple[int, State]]
) -> None:
    assert ran(changes, mutes=mutes) == expected


@pytest.mark.parametrize(
    ("suppressor", "mute", "expected"),
    [
        # The mute wins; when it ends, the suppressor decides.
        ([(1, ALARM)], (0, 10), []),
        ([(1, ALARM), (20, OK)], (0, 10), [(23, ALARM)]),
        ([], (0, 10), [(10, ALARM)]),
        ([(3, ALARM), (6, OK)], (0, 7), [(9, ALARM)]),
        ([(3, ALARM), (6, OK)], (0, 12), [(12, ALARM)]),
        ([(7, ALARM), (20, OK)], (0, 12), [(23, ALARM)]),
    ],
)
def test_a_mute_wins_over_a_suppressor(
    suppressor: list[tuple[int, State]], mute: tuple[int, int], expected: list[tuple[int, State]]
) -> None:
    assert ran([(2, ALARM)], suppressor, [mute]) == expected


def test_actions_say_who_gets_them_and_what_held_them_back() -> None:
    mutes = [Window(1, 9, "night")]
    done = actions_of([Transition(2, ALARM), Transition(12, OK)], ACTIONS, end=100, mutes=mutes)
    assert [(each.time, each.outcome, each.receivers, each.by) for each in done] == [
        (2, Outcome.MUTED, ("pager",), "night"),
        (9, Outcome.RUN, ("pager",), ""),
        (12, Outcome.RUN, ("chat",), ""),
    ]


def test_actions_that_are_not_enabled_never_run() -> None:
    off = Actions(("pager",), enabled=False)
    done = actions_of([Transition(2, ALARM)], off, end=100, mutes=[Window(1, 9, "night")])
    assert [each.outcome for each in done] == [Outcome.DISABLED]
