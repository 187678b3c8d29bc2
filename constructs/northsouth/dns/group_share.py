"""The construct :class:`GroupShare`."""

from __future__ import annotations

from collections.abc import Mapping

from cdktf import ITerraformDependable, TerraformProvider
from cdktf_cdktf_provider_aws.ram_principal_association import RamPrincipalAssociation
from cdktf_cdktf_provider_aws.ram_resource_association import RamResourceAssociation
from cdktf_cdktf_provider_aws.ram_resource_share import RamResourceShare
from constructs import Construct

from northsouth.dns.settings import Share, check_share
from northsouth.errors import refuse


class GroupShare(Construct):
    """Shares rule groups with other accounts by AWS RAM; they follow them with a ``VpcAssociations`` of their own.

    Attributes:
        share: the RAM share.
        resources: the share's association with each rule group, by key.
        principals: the share's association with each principal, by label.
        ready: what a follower in another account waits for.

    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        name: str,
        share: Share,
        group_arns: Mapping[str, str],
        provider: TerraformProvider | None = None,
        tags: Mapping[str, str] | None = None,
    ) -> None:
        """Declare who else may associate the rule groups.

        Args:
            scope: the parent construct.
            id: the construct's id.
            name: the share's name.
            share: the principals.
            group_arns: ARNs of the rule groups, by a key of your own.
            provider: the Region or account, if not the stack's default.
            tags: tags of the share.

        Raises:
            ConfigurationError: for a principal that is no account, organization or organizational unit.

        """
        super().__init__(scope, id)
        refuse(f"GroupShare {id!r}", check_share("share", share))
        self.share = RamResourceShare(
            self,
            "share",
            name=name,
            allow_external_principals=share.allow_external_principals,
            provider=provider,
            tags=tags,
        )
        group_scope, principal_scope = Construct(self, "group"), Construct(self, "principal")
        self.resources = {
            key: RamResourceAssociation(
                group_scope, key, resource_arn=arn, resource_share_arn=self.share.arn, provider=provider
            )
            for key, arn in group_arns.items()
        }
        self.principals = {
            label: RamPrincipalAssociation(
                principal_scope, label, principal=principal, resource_share_arn=self.share.arn, provider=provider
            )
            for label, principal in share.principals.items()
        }
        self.ready: list[ITerraformDependable] = [*self.resources.values(), *self.principals.values()]
