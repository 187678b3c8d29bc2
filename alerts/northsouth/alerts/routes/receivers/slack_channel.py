"""A Slack channel, through the chat service of AWS."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

from northsouth.alerts.routes.chat_receiver import ChatReceiver
from northsouth.alerts.routes.field_rules import form_problems
from northsouth.errors import Problem

_WORKSPACE = re.compile(r"T[A-Z0-9]{1,254}")
_CHANNEL = re.compile(r"[CGD][A-Z0-9]{1,254}")


@dataclass(frozen=True, slots=True, kw_only=True)
class SlackChannel(ChatReceiver):
    """A Slack channel, through Amazon Q Developer in chat applications (AWS Chatbot); it needs no secret.

    Somebody authorizes the workspace once, by hand, in AWS's console. The messages have graphs, and report the end too.

    Attributes:
        name: begins the names of the resources made for it. Another name replaces them.
        workspace: the id of the workspace: ``T07EA123LEP``.
        channel: the id of the channel: ``C07EZ1ABC23``.

    """

    workspace: str
    channel: str

    service: ClassVar[Literal["slack", "teams"]] = "slack"

    @property
    def channel_ids(self) -> Mapping[str, Any]:
        """The ids of the workspace and the channel."""
        return {"slack_team_id": self.workspace, "slack_channel_id": self.channel}

    def field_problems(self) -> Iterator[Problem]:
        """Yield what are no ids."""
        yield from form_problems(
            "workspace", self.workspace, _WORKSPACE, "a workspace's id is T and capitals and digits"
        )
        rule = "a channel's id is C and capitals and digits, not its name"
        yield from form_problems("channel", self.channel, _CHANNEL, rule)
