"""Receivers that Amazon Q Developer in chat applications (AWS Chatbot) notifies; pure."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

from northsouth.alerts.routes.receiver import Receiver


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatReceiver(Receiver):
    """A channel of a chat, which needs no secret: somebody authorizes the workspace once, in AWS's console."""

    shows_prometheus_alerts: ClassVar[bool] = False
    service: ClassVar[Literal["slack", "teams"]]
    """The chat, each of which has a resource of its own."""

    @property
    @abstractmethod
    def channel_ids(self) -> Mapping[str, Any]:
        """The ids of the channel, as arguments of the chat's resource."""

    @property
    def recipient(self) -> tuple[str, ...]:
        """The channel."""
        return tuple(self.channel_ids.values())
