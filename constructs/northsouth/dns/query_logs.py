"""The construct :class:`QueryLogs`."""

from __future__ import annotations

from collections.abc import Mapping

from cdktf import TerraformProvider
from cdktf_cdktf_provider_aws.route53_resolver_query_log_config import Route53ResolverQueryLogConfig
from cdktf_cdktf_provider_aws.route53_resolver_query_log_config_association import (
    Route53ResolverQueryLogConfigAssociation,
)
from constructs import Construct

from northsouth.dns.override_checks import check_names
from northsouth.dns.settings import QueryLogging, check_query_logging
from northsouth.errors import refuse


class QueryLogs(Construct):
    """Logs the queries of VPCs, each with the firewall rule that decided.

    Answers from the resolver's cache are not logged.

    Attributes:
        config: the query log configuration.
        associations: its association with each VPC, by label.

    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        vpcs: Mapping[str, str],
        logging: QueryLogging,
        name: str | None = None,
        provider: TerraformProvider | None = None,
        tags: Mapping[str, str] | None = None,
    ) -> None:
        """Declare where the queries of ``vpcs`` are logged.

        Args:
            scope: the parent construct.
            id: the construct's id.
            vpcs: ids of the VPCs, by a label of your own.
            logging: the destination, in the same Region.
            name: the configuration's name; the construct's id by default.
            provider: the Region or account, if not the stack's default.
            tags: tags of the configuration.

        Raises:
            ConfigurationError: for a name or destination that AWS refuses.

        """
        super().__init__(scope, id)
        title = name or id
        refuse(f"QueryLogs {id!r}", check_names(title, vpcs), check_query_logging("logging", logging))
        self.config = Route53ResolverQueryLogConfig(
            self, "config", name=title, destination_arn=logging.destination_arn, provider=provider, tags=tags
        )
        vpc_scope = Construct(self, "vpc")
        self.associations = {
            label: Route53ResolverQueryLogConfigAssociation(
                vpc_scope,
                label,
                resolver_query_log_config_id=self.config.id,
                resource_id=vpc_id,
                provider=provider,
            )
            for label, vpc_id in vpcs.items()
        }
