"""Which load balancers can deliver their logs to an :class:`~northsouth.logs.AlbLogBucket`; pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from northsouth.errors import Problem
from northsouth.tokens import is_token


def check_attachment(
    *,
    load_balancer_type: str | None,
    configured: Sequence[str],
    health_check_logs: bool,
    health_check_logs_known: bool,
) -> Iterator[Problem]:
    """Yield why a load balancer cannot deliver its logs to an ALB log bucket.

    Args:
        load_balancer_type: its type; ``None`` is ``application``, the provider's default.
        configured: which of the log settings to be written it has already, by the argument's name.
        health_check_logs: whether health check logs are asked for.
        health_check_logs_known: whether the installed bindings have them.

    """
    if load_balancer_type not in (None, "application") and not is_token(load_balancer_type):
        yield Problem(
            "load_balancer.load_balancer_type",
            repr(load_balancer_type),
            "only Application Load Balancers: other services deliver the others' logs, and this policy excludes them",
            "Give this load balancer a bucket of its own.",
        )
    for name in configured:
        yield Problem(
            f"load_balancer.{name}",
            "a configuration already",
            "attach() writes this setting and would replace it",
            f"Remove {name} from the load balancer, or do not attach it.",
        )
    if health_check_logs and not health_check_logs_known:
        yield Problem(
            "health_check_logs",
            "True",
            "the installed bindings do not know health check logs: they came with AWS provider 6",
            "Install cdktf-cdktf-provider-aws 21.22 or later, or leave them off.",
        )
