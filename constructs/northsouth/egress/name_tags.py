"""The tags of a construct's resources: a name for each, and what the user adds; pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class NameTags:
    """Tags of the resources of one construct.

    Attributes:
        name: the construct's name; the tag ``Name`` of each resource begins with it.
        tags: tags that every resource gets; ``Name`` among them replaces the made one.

    """

    name: str
    tags: Mapping[str, str]

    def of(self, *parts: str) -> dict[str, str]:
        """Return the tags of one resource: ``of("public", "us-east-1a")`` of ``edge`` is ``edge-public-us-east-1a``."""
        return {"Name": "-".join((self.name, *parts)), **self.tags}
