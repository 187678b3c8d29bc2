"""Lets Route 53 Resolver's tags be put on more than moto knows of.

moto reads and writes tags of endpoints and rules only; query logging configurations keep the tags of their creation,
but reading them is refused. Real AWS tags all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from moto.route53resolver.models import Route53ResolverBackend

from northsouth.emulator.patching import replace, require

_sources: list[Callable[[Any], Iterable[str]]] = []


def taggable(arns: Callable[[Any], Iterable[str]]) -> None:
    """Let the resources whose ARNs this function finds in a back end bear tags."""
    if not _sources:
        _widen()
    _sources.append(arns)


def _widen() -> None:
    require(Route53ResolverBackend, "list_tags_for_resource", "tag_resource", "untag_resource")

    def matched(backend: Any, resource_arn: str) -> None:
        if not any(resource_arn in source(backend) for source in _sources):
            original(backend, resource_arn)

    original = replace(Route53ResolverBackend, "_matched_arn", matched)
