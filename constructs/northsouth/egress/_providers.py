"""The Region that a construct's provider works in, as far as synth can tell."""

from __future__ import annotations

from cdktf import TerraformProvider
from cdktf_cdktf_provider_aws.provider import AwsProvider
from constructs import Construct

from northsouth.tokens import is_token
from northsouth.tree import stack_of


def provider_region(scope: Construct, provider: TerraformProvider | None) -> str | None:
    """Return the Region of ``provider``, or of the stack's default AWS provider; ``None`` if synth cannot know it."""
    chosen = provider if isinstance(provider, AwsProvider) else _default_provider(scope)
    region = chosen.region if chosen else None
    return region if isinstance(region, str) and not is_token(region) else None


def _default_provider(scope: Construct) -> AwsProvider | None:
    for child in stack_of(scope).node.children:
        if isinstance(child, AwsProvider) and child.alias is None:
            return child
    return None
