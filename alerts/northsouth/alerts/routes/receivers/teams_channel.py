"""A Microsoft Teams channel, through the chat service of AWS."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

from northsouth.alerts.routes.chat_receiver import ChatReceiver
from northsouth.alerts.routes.field_rules import form_problems
from northsouth.errors import Problem

_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_CHANNEL = re.compile(r"19%3.*", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamsChannel(ChatReceiver):
    """A Microsoft Teams channel, through Amazon Q Developer in chat applications; it needs no secret.

    Somebody authorizes the tenant once, by hand, in AWS's console. The messages have graphs, and report the end too.

    Attributes:
        name: begins the names of the resources made for it. Another name replaces them.
        tenant: the id of the Microsoft 365 tenant, a UUID.
        team: the id of the team, a UUID.
        channel: the id of the channel: ``19%3ab6ef…%40thread.tacv2``.

    """

    tenant: str
    team: str
    channel: str

    service: ClassVar[Literal["slack", "teams"]] = "teams"

    @property
    def channel_ids(self) -> Mapping[str, Any]:
        """The ids of the tenant, the team and the channel."""
        return {"tenant_id": self.tenant, "team_id": self.team, "channel_id": self.channel}

    def field_problems(self) -> Iterator[Problem]:
        """Yield what are no ids."""
        fix = "Take it from the link to the channel in Teams."
        yield from form_problems("tenant", self.tenant, _UUID, "it is a UUID", fix)
        yield from form_problems("team", self.team, _UUID, "it is a UUID", fix)
        rule = "a channel's id is as in its link, percent-encoded: 19%3a…%40thread.tacv2"
        yield from form_problems("channel", self.channel, _CHANNEL, rule, fix)
