"""What all receivers of one set of routes share, and the queues that it declares for them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cdktf import TerraformProvider
from cdktf_cdktf_provider_aws.sqs_queue import SqsQueue
from constructs import Construct

from northsouth.alerts.routes import policies
from northsouth.alerts.routes.names import dead_letters_name
from northsouth.policies import ArnScope, Document

DEAD_SECONDS = 14 * 86400
"""How long a dead-letter queue keeps a message: as long as SQS can."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What all receivers of one set of routes have in common.

    Attributes:
        name: what names begin with.
        label: the environment.
        place: the Region and account.
        kms_key_arn: the key of queues, if there is one.
        provider: the Region and account as a provider.
        tags: tags of everything.

    """

    name: str
    label: str
    place: ArnScope
    kms_key_arn: str | None
    provider: TerraformProvider | None
    tags: Mapping[str, str] | None

    def queue(
        self,
        scope: Construct,
        id: str,
        *,
        name: str,
        policy: Document,
        kept_seconds: int,
        visibility_seconds: int | None = None,
        redrive_policy: str | None = None,
    ) -> SqsQueue:
        """Declare an encrypted queue."""
        return SqsQueue(
            scope,
            id,
            name=name,
            policy=json.dumps(policy),
            message_retention_seconds=kept_seconds,
            visibility_timeout_seconds=visibility_seconds,
            redrive_policy=redrive_policy,
            kms_master_key_id=self.kms_key_arn,
            sqs_managed_sse_enabled=None if self.kms_key_arn else True,
            provider=self.provider,
            tags=self.tags,
        )

    def dead_letters(self, scope: Construct, receiver: str, senders: Sequence[str], service: str) -> SqsQueue:
        """Declare the queue of what could not be delivered to a receiver."""
        name = dead_letters_name(self.name, receiver)
        policy = policies.queue(self.place.arn("sqs", name), senders, service)
        return self.queue(scope, "dead-letters", name=name, policy=policy, kept_seconds=DEAD_SECONDS)
