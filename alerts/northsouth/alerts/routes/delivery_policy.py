"""How often and how long SNS retries an HTTPS endpoint that does not take a message; pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from northsouth.errors import Problem

MAX_RETRY_SECONDS = 3600
"""All retries together; a hard limit of SNS (sns-message-delivery-retries)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryPolicy:
    """The retries of an HTTPS subscription: first by the shortest delay, then by growing ones, then by the longest.

    Attributes:
        retries: all retries.
        min_delay_seconds: the shortest delay.
        max_delay_seconds: the longest delay.
        min_delay_retries: how many of the retries wait for the shortest delay.
        max_delay_retries: how many of the retries wait for the longest delay.
        backoff: how the delay grows between both.

    """

    retries: int
    min_delay_seconds: int
    max_delay_seconds: int
    min_delay_retries: int
    max_delay_retries: int
    backoff: Literal["linear", "arithmetic", "geometric", "exponential"] = "exponential"

    def problems(self, where: str = "delivery_policy") -> Iterator[Problem]:
        """Yield retries that SNS could refuse.

        SNS refuses a policy whose retries can take more than :data:`MAX_RETRY_SECONDS` in all. AWS documents no formula
        for the growing delays, so each retry counts as the longest delay.

        Args:
            where: the path of the argument.

        """
        longest = self.retries * self.max_delay_seconds
        if longest > MAX_RETRY_SECONDS:
            yield Problem(
                where,
                f"{self.retries} retries of at most {self.max_delay_seconds} s, {longest} s in all",
                f"SNS refuses a policy whose retries can take more than {MAX_RETRY_SECONDS} s",
                f"Lower the longest delay to {MAX_RETRY_SECONDS // self.retries} s, or take fewer retries.",
                "sns-message-delivery-retries",
            )

    def document(self) -> dict[str, Any]:
        """Return the policy as a subscription's ``DeliveryPolicy`` holds it (sns-message-delivery-retries)."""
        return {
            "healthyRetryPolicy": {
                "minDelayTarget": self.min_delay_seconds,
                "maxDelayTarget": self.max_delay_seconds,
                "numRetries": self.retries,
                "numNoDelayRetries": 0,
                "numMinDelayRetries": self.min_delay_retries,
                "numMaxDelayRetries": self.max_delay_retries,
                "backoffFunction": self.backoff,
            }
        }


PAGER = RetryPolicy(retries=20, min_delay_seconds=20, max_delay_seconds=180, min_delay_retries=3, max_delay_retries=15)
"""The retries of pagers, for about 50 minutes. SNS's own policy gives a pager up after a minute."""
