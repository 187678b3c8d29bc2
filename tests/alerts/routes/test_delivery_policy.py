"""SNS takes every policy of the library, and the check says why it would refuse another."""

from __future__ import annotations

from dataclasses import replace

import pytest

from northsouth.alerts.routes.delivery_policy import PAGER, RetryPolicy


def test_sns_takes_the_retries_of_pagers() -> None:
    assert list(PAGER.problems()) == []
    assert PAGER.retries * PAGER.max_delay_seconds <= 3600
    shortest = PAGER.min_delay_retries * PAGER.min_delay_seconds + PAGER.max_delay_retries * PAGER.max_delay_seconds
    assert shortest >= 40 * 60, "a pager that is away for half an hour is still told"


@pytest.mark.parametrize(("longest", "refused"), [(180, False), (181, True), (300, True)])
def test_retries_of_more_than_an_hour_in_all_are_refused(longest: int, refused: bool) -> None:
    policy = replace(PAGER, max_delay_seconds=longest)
    assert bool(list(policy.problems())) == refused


def test_the_report_says_what_to_write() -> None:
    before = RetryPolicy(
        retries=20, min_delay_seconds=20, max_delay_seconds=300, min_delay_retries=3, max_delay_retries=10
    )
    (problem,) = before.problems("pager")
    assert str(problem) == (
        "pager: got 20 retries of at most 300 s, 6000 s in all; SNS refuses a policy whose retries can take more than"
        " 3600 s (sns-message-delivery-retries). Lower the longest delay to 180 s, or take fewer retries."
    )
