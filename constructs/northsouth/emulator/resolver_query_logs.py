"""What moto lacks of Resolver query logging: its tags, and the way back (disassociate, delete).

Real AWS also checks that the destination exists and may be written to; moto takes any ARN.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from moto.route53resolver.models import Route53ResolverBackend
from moto.route53resolver.responses import Route53ResolverResponse

from northsouth.emulator import patching
from northsouth.emulator.patching import Operation, Parameters, RequestError
from northsouth.emulator.resolver_arns import taggable


def install() -> None:
    """Add the operations and the tags."""
    patching.require(Route53ResolverBackend, "get_resolver_query_log_config", "associate_resolver_query_log_config")
    patching.add_operations(Route53ResolverResponse, "route53resolver_backend", OPERATIONS)
    taggable(lambda backend: [config.arn for config in backend.resolver_query_log_configs.values()])


def _delete(backend: Any, parameters: Parameters) -> dict[str, Any]:
    config = backend.get_resolver_query_log_config(parameters["ResolverQueryLogConfigId"])
    associations = backend.resolver_query_log_config_associations.values()
    if any(entry.resolver_query_log_config_id == config.id for entry in associations):
        raise RequestError(
            "InvalidRequestException",
            f"The query logging configuration '{config.id}' is associated with a VPC: disassociate it first.",
        )
    del backend.resolver_query_log_configs[config.id]
    backend.tagger.delete_all_tags_for_resource(config.arn)
    return {"ResolverQueryLogConfig": config.description() | {"Status": "DELETING"}}


def _disassociate(backend: Any, parameters: Parameters) -> dict[str, Any]:
    config_id, resource_id = parameters["ResolverQueryLogConfigId"], parameters["ResourceId"]
    for entry in list(backend.resolver_query_log_config_associations.values()):
        if (entry.resolver_query_log_config_id, entry.resource_id) == (config_id, resource_id):
            del backend.resolver_query_log_config_associations[entry.id]
            backend.resolver_query_log_configs[config_id].association_count -= 1
            return {"ResolverQueryLogConfigAssociation": entry.description() | {"Status": "DELETING"}}
    raise RequestError("ResourceNotFoundException", f"'{config_id}' is not associated with '{resource_id}'")


OPERATIONS: Mapping[str, Operation] = {
    "DeleteResolverQueryLogConfig": _delete,
    "DisassociateResolverQueryLogConfig": _disassociate,
}
