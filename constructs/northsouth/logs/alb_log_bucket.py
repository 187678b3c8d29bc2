"""The bucket that load balancers deliver their logs to."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from cdktf import Annotations, Fn, TerraformLocal, TerraformProvider, TerraformStack
from cdktf_cdktf_provider_aws.data_aws_caller_identity import DataAwsCallerIdentity
from cdktf_cdktf_provider_aws.data_aws_partition import DataAwsPartition
from cdktf_cdktf_provider_aws.data_aws_region import DataAwsRegion
from cdktf_cdktf_provider_aws.lb import Lb
from constructs import Construct

from northsouth.errors import refuse
from northsouth.identity import provider_region
from northsouth.logs.attachment import check_attachment
from northsouth.logs.bucket_rules import (
    SSE_S3,
    check_accounts,
    check_bucket_name,
    check_encryption,
    check_prefix,
    check_region,
    check_same_region,
)
from northsouth.logs.delivery import (
    LogKind,
    Statement,
    delivery_resources,
    delivery_statements,
    legacy_principals,
    legacy_statement,
    partition_of,
    prefix_of,
    service_statement,
    tls_only_statement,
)
from northsouth.logs.lifecycle import Lifecycle, check_lifecycle
from northsouth.logs.private_bucket import PrivateBucket
from northsouth.tokens import is_token

DEFAULT_LIFECYCLE = Lifecycle.expire(90)
"""Deletion after 90 days: log objects are mostly too small for S3 to move to a cheaper class (under 128 KB)."""

FREED_NAME_WARNING = (
    "this bucket may be destroyed. Disable logging on every load balancer that uses it first: Elastic Load Balancing "
    "keeps writing to the bucket's name, and whoever creates a bucket of that name next, in any account, receives the "
    "logs."
)


class AlbLogBucket(PrivateBucket):
    """A bucket for the access, connection and health check logs of Application Load Balancers.

    It is encrypted with SSE-S3 (the only kind log delivery supports), owned object by object by its account, closed to
    the public and to plain HTTP, versioned, and expires its objects. It must be in the load balancers' Region; they
    may belong to other accounts.

    Attributes:
        prefix: the prefix above all logs.
        bucket: the bucket.
        ownership_controls: ``BucketOwnerEnforced``: no ACLs.
        public_access_block: all four switches on.
        encryption: SSE-S3.
        versioning: enabled.
        lifecycle: the expiry of objects.
        policy: who may deliver; :meth:`attach` makes load balancers wait for it.

    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        name: str,
        region: str | None = None,
        prefix: str = "",
        source_accounts: Sequence[str] = (),
        encryption: str = SSE_S3,
        lifecycle: Lifecycle = DEFAULT_LIFECYCLE,
        statements: Sequence[Statement] = (),
        allow_destroy: bool = False,
        provider: TerraformProvider | None = None,
        tags: Mapping[str, str] | None = None,
    ) -> None:
        """Declare the bucket.

        Args:
            scope: the parent.
            id: the construct's id.
            name: the bucket's name; unique among all AWS accounts of the partition.
            region: the Region of the bucket and its load balancers. It decides who delivers the logs. ``None``, or a
                value that only Terraform knows, leaves the decision to Terraform; a literal makes the policy readable
                in every plan.
            prefix: put before all logs; without slashes at its ends. Connection and health check logs get a folder of
                their own below it.
            source_accounts: ids of the accounts whose load balancers log here; the provider's own account if empty.
            encryption: the default encryption; only ``AES256`` (SSE-S3) works.
            lifecycle: when objects expire; after 90 days by default.
            statements: more statements for the bucket's policy, because a bucket has only one.
            allow_destroy: let Terraform destroy the bucket **with all its logs**. Off, ``terraform destroy`` stops
                with an error. A freed name is dangerous; see :data:`FREED_NAME_WARNING`.
            provider: the provider (Region, account) to use instead of the default.
            tags: tags of the bucket.

        Raises:
            ConfigurationError: if S3 or log delivery would refuse any of it; lists every problem.

        """
        refuse(
            f"AlbLogBucket {id!r}",
            check_bucket_name(name),
            check_region(region) if region is not None else (),
            check_same_region(region, provider_region(scope, provider)),
            check_prefix(prefix),
            check_accounts(source_accounts),
            check_encryption(encryption),
            check_lifecycle(lifecycle),
        )
        super().__init__(
            scope,
            id,
            name=name,
            lifecycle=lifecycle,
            encryption=encryption,
            allow_destroy=allow_destroy,
            provider=provider,
            tags=tags,
        )
        self.prefix = prefix
        self.policy = self._set_policy(self._policy_document(name, region, source_accounts, statements))
        if allow_destroy:
            Annotations.of(self).add_warning(FREED_NAME_WARNING)

    def attach(self, load_balancer: Lb, *, connection_logs: bool = True, health_check_logs: bool = False) -> None:
        """Make an Application Load Balancer deliver its logs here, once the bucket's policy allows it.

        Elastic Load Balancing writes a test object at the moment logging is switched on, so the load balancer is made
        to wait for the policy; on destroy it goes first.

        Args:
            load_balancer: the load balancer; its log settings must not be set elsewhere.
            connection_logs: deliver connection logs (TLS handshakes, client certificates) too.
            health_check_logs: deliver health check logs too. Needs AWS provider 6
                (``cdktf-cdktf-provider-aws`` 21.22 or later).

        Raises:
            ConfigurationError: if the load balancer is no Application Load Balancer, has log settings already, or the
                installed bindings do not know health check logs.

        """
        refuse(
            f"AlbLogBucket {self.node.id!r}",
            check_attachment(
                load_balancer_type=load_balancer.load_balancer_type_input,
                configured=[
                    name
                    for name, wanted in (
                        ("access_logs", True),
                        ("connection_logs", connection_logs),
                        ("health_check_logs", health_check_logs),
                    )
                    if wanted and getattr(load_balancer, f"{name}_input", None) is not None
                ],
                health_check_logs=health_check_logs,
                health_check_logs_known=hasattr(load_balancer, "put_health_check_logs"),
            ),
        )
        load_balancer.put_access_logs(enabled=True, **self._target(LogKind.ACCESS))
        if connection_logs:
            load_balancer.put_connection_logs(enabled=True, **self._target(LogKind.CONNECTION))
        if health_check_logs:
            # Only bindings of AWS provider 6 have it; the check above has made sure.
            put_health_check_logs = getattr(load_balancer, "put_health_check_logs")  # noqa: B009
            put_health_check_logs(enabled=True, **self._target(LogKind.HEALTH_CHECK))
        self._hold_back(load_balancer)

    def _hold_back(self, load_balancer: Lb) -> None:
        """Make the load balancer wait for the policy, or its stack for this one."""
        here, there = TerraformStack.of(self), TerraformStack.of(load_balancer)
        if here.node.path == there.node.path:
            address = f"{self.policy.terraform_resource_type}.{self.policy.friendly_unique_id}"
            load_balancer.depends_on = [*(load_balancer.depends_on or []), address]
        else:
            there.add_dependency(here)

    def _target(self, kind: LogKind) -> dict[str, str]:
        prefix = prefix_of(self.prefix, kind)
        return {"bucket": self.bucket.id, **({"prefix": prefix} if prefix else {})}

    def _policy_document(
        self, name: str, region: str | None, source_accounts: Sequence[str], statements: Sequence[Statement]
    ) -> str:
        accounts = source_accounts or [DataAwsCallerIdentity(self, "account", provider=self._provider).account_id]
        known = region if region is not None and not is_token(region) else None
        partition = (
            partition_of(known) if known else DataAwsPartition(self, "partition", provider=self._provider).partition
        )
        # Built from the name, not read from the bucket, so that a plan shows the policy before the bucket exists.
        bucket_arn = f"arn:{partition}:s3:::{name}"
        resources = delivery_resources(bucket_arn, self.prefix, accounts)
        other_statements = [*statements, tls_only_statement(bucket_arn)]
        if known:
            return _document([*delivery_statements(known, resources), *other_statements])
        # A data source's `id` is the Region under every supported provider; `name` is deprecated in version 6.
        unknown = region or DataAwsRegion(self, "region", provider=self._provider).id
        return self._document_for_region(unknown, resources, other_statements)

    def _document_for_region(self, region: str, resources: Sequence[str], other_statements: Sequence[Statement]) -> str:
        """Return a policy in which Terraform looks the Region's legacy principal up, or leaves it out.

        The statements are locals, because cdktf warns on the terminal when an argument of a function is a text with
        values in it, as ARNs are.
        """
        principals = legacy_principals()
        service = TerraformLocal(self, "service-delivery", service_statement(resources)).expression
        # The lookup needs a default, because Terraform evaluates the statement before it leaves it out.
        principal = Fn.lookup(principals, region, "none")
        legacy = TerraformLocal(self, "legacy-delivery", legacy_statement(resources, principal)).expression
        more = TerraformLocal(self, "other-statements", other_statements).expression
        # matchkeys() keeps the values whose key is searched for: the one statement, if the Region is in the table.
        legacy_principal = Fn.matchkeys([legacy], [Fn.contains(list(principals), region)], [True])
        return Fn.jsonencode({"Version": "2012-10-17", "Statement": Fn.concat([[service], legacy_principal, more])})


def _document(statements: Sequence[Statement]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": statements})
