"""Where a construct's resources will live, and roles that AWS services take on there."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from weakref import ReferenceType, WeakKeyDictionary, ref

from cdktf import TerraformProvider, TerraformStack
from cdktf_cdktf_provider_aws.data_aws_caller_identity import DataAwsCallerIdentity
from cdktf_cdktf_provider_aws.data_aws_partition import DataAwsPartition
from cdktf_cdktf_provider_aws.data_aws_region import DataAwsRegion
from cdktf_cdktf_provider_aws.iam_role import IamRole
from cdktf_cdktf_provider_aws.iam_role_policy import IamRolePolicy
from cdktf_cdktf_provider_aws.provider import AwsProvider
from constructs import Construct

from northsouth.arguments.places import Place
from northsouth.policies import ArnScope, Document, Statement, document
from northsouth.tokens import is_token
from northsouth.tree import stack_of

_defaults: WeakKeyDictionary[TerraformStack, ReferenceType[AwsProvider]] = WeakKeyDictionary()
_places: WeakKeyDictionary[AwsProvider, Place] = WeakKeyDictionary()


def place_of(scope: Construct, provider: TerraformProvider | None, *, account_id: str = "account") -> ArnScope:
    """Ask AWS for the partition, the Region and the account of a provider.

    Args:
        scope: the construct that gets the data sources ``partition``, ``region`` and ``account``.
        provider: the provider; the stack's own if not given.
        account_id: another id for the last of them.

    """
    return ArnScope(
        partition=DataAwsPartition(scope, "partition", provider=provider).partition,
        # A data source's `id` is the Region under every supported provider; `name` is deprecated in version 6.
        region=DataAwsRegion(scope, "region", provider=provider).id,
        account=DataAwsCallerIdentity(scope, account_id, provider=provider).account_id,
    )


def provider_region(scope: Construct, provider: TerraformProvider | None) -> str | None:
    """Return the Region of ``provider``, or of the stack's default AWS provider; ``None`` if synth cannot know it."""
    region = getattr(_provider(scope, provider), "region", None)
    return region if isinstance(region, str) and not is_token(region) else None


def place_at_synth(scope: Construct, provider: TerraformProvider | None, *, anew: bool = False) -> Place:
    """Return what synth knows of where ``provider``, or the stack's default AWS provider, works.

    Args:
        scope: a construct of the stack.
        provider: the provider; the stack's own if not given.
        anew: whether Node is asked although it was before: the attributes of a provider can be set later.

    """
    chosen = _provider(scope, provider)
    place = None if chosen is None or anew else _places.get(chosen)
    if place is None:
        place = _place(scope, chosen)
        if chosen is not None:
            _places[chosen] = place
    return place


def _place(scope: Construct, chosen: AwsProvider | None) -> Place:
    allowed = chosen.allowed_account_ids if chosen else None
    forbidden = chosen.forbidden_account_ids if chosen else None
    return Place(
        provider_region(scope, chosen),
        () if is_token(allowed) else tuple(allowed or ()),
        () if is_token(forbidden) else tuple(forbidden or ()),
    )


def _provider(scope: Construct, provider: TerraformProvider | None) -> AwsProvider | None:
    if isinstance(provider, AwsProvider):
        return provider
    stack = stack_of(scope)
    known = _defaults.get(stack)
    default = known() if known else None
    if default is None:
        # With a hundred alarms, these are two hundred children.
        children = stack.node.children
        default = next((child for child in children if isinstance(child, AwsProvider) and child.alias is None), None)
        if default is not None:
            _defaults[stack] = ref(default)
    return default


def role_with_policy(
    scope: Construct,
    purpose: str,
    *,
    trusted: Document,
    statements: Sequence[Statement],
    description: str,
    name: str | None = None,
    name_prefix: str | None = None,
    provider: TerraformProvider | None = None,
    tags: Mapping[str, str] | None = None,
) -> tuple[IamRole, IamRolePolicy]:
    """Declare a role ``<purpose>-role`` and what it may do, ``<purpose>-policy``.

    Args:
        scope: where they belong.
        purpose: what the role is for, in a word.
        trusted: who may take the role on.
        statements: what it may do.
        description: the role's description.
        name: the role's name; or
        name_prefix: what it begins with.
        provider: the account.
        tags: tags of the role.

    """
    role = IamRole(
        scope,
        f"{purpose}-role",
        name=name,
        name_prefix=name_prefix,
        description=description,
        assume_role_policy=json.dumps(trusted),
        tags=tags,
        provider=provider,
    )
    policy = IamRolePolicy(
        scope,
        f"{purpose}-policy",
        name=purpose,
        role=role.id,
        policy=json.dumps(document(statements)),
        provider=provider,
    )
    return role, policy
