"""What moto lacks of Resource Access Manager to share DNS Firewall rule groups: that type, associations, tags.

Real AWS takes seconds to minutes for an association, and lets the other account see the group.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from moto.ram import urls
from moto.ram.models import ResourceAccessManagerBackend, ResourceShare
from moto.ram.responses import ResourceAccessManagerResponse
from moto.utilities.tagging_service import TaggingService

from northsouth.emulator import patching
from northsouth.emulator.patching import Operation, Parameters, RequestError

RESOURCE = "firewall-rule-group"


def install() -> None:
    """Add the operations, their addresses and the type of resource."""
    patching.require(ResourceShare, "SHAREABLE_RESOURCES", "add_principals", "add_resources", "describe")
    patching.require(ResourceAccessManagerBackend, "create_resource_share", "get_resource_share_associations")
    patching.require(urls, "url_paths")
    ResourceShare.SHAREABLE_RESOURCES.append(RESOURCE)
    patching.add_operations(ResourceAccessManagerResponse, "ram_backend", OPERATIONS)
    for name in OPERATIONS:
        urls.url_paths[f"{{0}}/{name.lower()}$"] = ResourceAccessManagerResponse.dispatch


def _create(backend: Any, parameters: Parameters) -> dict[str, Any]:
    answer: dict[str, Any] = backend.create_resource_share(**parameters)
    _tagger(backend).tag_resource(answer["resourceShare"]["resourceShareArn"], _capitalized(parameters.get("tags", [])))
    return answer


def _get(backend: Any, parameters: Parameters) -> dict[str, Any]:
    shares = backend.get_resource_shares(parameters["resourceOwner"])["resourceShares"]
    arns = parameters.get("resourceShareArns")
    chosen = [share for share in shares if not arns or share["resourceShareArn"] in arns]
    return {"resourceShares": [share | {"tags": _tags(backend, share["resourceShareArn"])} for share in chosen]}


def _associate(backend: Any, parameters: Parameters) -> dict[str, Any]:
    share = _share(backend, parameters)
    share.add_principals([name for name in parameters.get("principals", []) if name not in share.principals])
    share.add_resources([arn for arn in parameters.get("resourceArns", []) if arn not in share.resource_arns])
    return {"resourceShareAssociations": _associations(share, parameters, "ASSOCIATED")}


def _disassociate(backend: Any, parameters: Parameters) -> dict[str, Any]:
    share = _share(backend, parameters)
    gone = {*parameters.get("principals", []), *parameters.get("resourceArns", [])}
    share.principals = [name for name in share.principals if name not in gone]
    share.resource_arns = [arn for arn in share.resource_arns if arn not in gone]
    return {"resourceShareAssociations": _associations(share, parameters, "DISASSOCIATED")}


def _permissions(backend: Any, parameters: Parameters) -> dict[str, Any]:
    _share(backend, parameters)
    return {"permissions": []}


def _tag(backend: Any, parameters: Parameters) -> dict[str, Any]:
    _tagger(backend).tag_resource(_share(backend, parameters).arn, _capitalized(parameters["tags"]))
    return {}


def _untag(backend: Any, parameters: Parameters) -> dict[str, Any]:
    _tagger(backend).untag_resource_using_names(_share(backend, parameters).arn, parameters["tagKeys"])
    return {}


def _share(backend: ResourceAccessManagerBackend, parameters: Parameters) -> ResourceShare:
    arn = parameters.get("resourceShareArn") or parameters.get("resourceArn")
    for share in backend.resource_shares:
        if share.arn == arn and share.status == "ACTIVE":
            return share
    raise RequestError("UnknownResourceException", f"ResourceShare {arn} could not be found.")


def _associations(share: ResourceShare, parameters: Parameters, status: str) -> list[dict[str, Any]]:
    kinds = {"PRINCIPAL": parameters.get("principals", []), "RESOURCE": parameters.get("resourceArns", [])}
    return [
        {
            "resourceShareArn": share.arn,
            "resourceShareName": share.name,
            "associatedEntity": entity,
            "associationType": kind,
            "status": status,
            "external": False,
        }
        for kind, entities in kinds.items()
        for entity in entities
    ]


def _tagger(backend: Any) -> TaggingService:
    if not hasattr(backend, "share_tags"):
        backend.share_tags = TaggingService()
    tagger: TaggingService = backend.share_tags
    return tagger


def _tags(backend: Any, arn: str) -> list[dict[str, str]]:
    return [{"key": key, "value": value} for key, value in _tagger(backend).get_tag_dict_for_resource(arn).items()]


def _capitalized(tags: list[dict[str, str]]) -> list[dict[str, str]]:
    return [{"Key": tag["key"], "Value": tag["value"]} for tag in tags]


OPERATIONS: Mapping[str, Operation] = {
    "AssociateResourceShare": _associate,
    "CreateResourceShare": _create,
    "DisassociateResourceShare": _disassociate,
    "GetResourceShares": _get,
    "ListResourceSharePermissions": _permissions,
    "TagResource": _tag,
    "UntagResource": _untag,
}
