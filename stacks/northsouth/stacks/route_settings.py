"""What ``[alerts.routes]`` may say: a table for each kind of receiver, and in it a table for each receiver by name.

The keys of a receiver are the arguments of its class in :mod:`northsouth.alerts.routes`; what is left out keeps the
class's default. A test compares both.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import BeforeValidator, PrivateAttr

from northsouth.stacks.section import Section, Text


class SecretSection(Section):
    """Where a secret is: ``stored`` in Secrets Manager, maybe under a ``key``, or a ``variable`` of Terraform."""

    stored: Text | None = None
    key: Text | None = None
    variable: Text | None = None
    _plain: int = PrivateAttr(default=0)

    @property
    def characters_in_plain_text(self) -> int:
        """How long a secret is that the file holds in plain text; the text itself is not kept, nor ever reported."""
        return self._plain


def _forgotten(value: object) -> object:
    """Take what is no table for a section, so that the rules can refuse it with all else; only its length is kept."""
    if value is None or isinstance(value, Mapping | SecretSection):
        return value
    section = SecretSection()
    section._plain = len(str(value)) or 1
    return section


SecretReference = Annotated[SecretSection | None, BeforeValidator(_forgotten)]


class ReceiverSection(Section):
    """A receiver, and the severities it is told of."""

    severities: list[Text]


class EmailSection(ReceiverSection):
    """``[alerts.routes.email.<name>]``."""

    address: Text


class SmsSection(ReceiverSection):
    """``[alerts.routes.sms.<name>]``."""

    number: Text


class PagerSection(ReceiverSection):
    """``[alerts.routes.pagerduty.<name>]`` and ``[alerts.routes.opsgenie.<name>]``."""

    secret: SecretReference = None
    site: Literal["us", "eu"] | None = None


class SlackChannelSection(ReceiverSection):
    """``[alerts.routes.slack_channel.<name>]``."""

    workspace: Text
    channel: Text


class TeamsChannelSection(ReceiverSection):
    """``[alerts.routes.teams_channel.<name>]``."""

    tenant: Text
    team: Text
    channel: Text


class CalledSection(ReceiverSection):
    """A receiver that EventBridge calls."""

    secret: SecretReference = None
    note: Text | None = None
    rate_per_second: int | None = None
    attempts: int | None = None
    events: list[Text] | None = None


class SlackWebhookSection(CalledSection):
    """``[alerts.routes.slack_webhook.<name>]``."""


class DiscordWebhookSection(CalledSection):
    """``[alerts.routes.discord_webhook.<name>]``."""

    webhook: Text


class TeamsWebhookSection(CalledSection):
    """``[alerts.routes.teams_webhook.<name>]``."""

    url: Text


class MatrixRoomSection(CalledSection):
    """``[alerts.routes.matrix_room.<name>]``."""

    homeserver: Text
    room: Text


class StatuspageSection(CalledSection):
    """``[alerts.routes.statuspage_component.<name>]``."""

    page: Text
    component: Text
    alarm: Text
    down: Literal["degraded_performance", "partial_outage", "major_outage"] | None = None


class WebhookSection(CalledSection):
    """``[alerts.routes.webhook.<name>]``."""

    url: Text
    header: Text | None = None
    scheme: str | None = None


class TopicNamesSection(Section):
    """``[alerts.routes.topics]``: the topics' names, if they are to differ from ``<environment>-<severity>``."""

    critical: Text | None = None
    warning: Text | None = None


class RoutesSection(Section):
    """``[alerts.routes]``: who is told."""

    label: Text | None = None
    kms_key_arn: Text | None = None
    topics: TopicNamesSection = TopicNamesSection()
    email: dict[str, EmailSection] = {}
    sms: dict[str, SmsSection] = {}
    pagerduty: dict[str, PagerSection] = {}
    opsgenie: dict[str, PagerSection] = {}
    slack_channel: dict[str, SlackChannelSection] = {}
    teams_channel: dict[str, TeamsChannelSection] = {}
    slack_webhook: dict[str, SlackWebhookSection] = {}
    discord_webhook: dict[str, DiscordWebhookSection] = {}
    teams_webhook: dict[str, TeamsWebhookSection] = {}
    matrix_room: dict[str, MatrixRoomSection] = {}
    statuspage_component: dict[str, StatuspageSection] = {}
    webhook: dict[str, WebhookSection] = {}
