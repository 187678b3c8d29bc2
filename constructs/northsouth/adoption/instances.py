"""The answer to ``import_from`` on a resource with several instances."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import NoReturn

from cdktf import TerraformResource

from northsouth.errors import ConfigurationError, Problem


def refuse_import_from(resource: TerraformResource, keys: Iterable[str]) -> None:
    """Have ``import_from`` of a resource with ``for_each`` say how its instances are imported.

    The CDK writes an import block for the address without a key, which Terraform refuses.

    Args:
        resource: the resource.
        keys: the keys of its instances.

    """
    key = next(iter(keys), "KEY")

    def import_from(id: str, provider: object = None) -> NoReturn:  # noqa: ARG001 - the arguments of the method
        block = f"{resource.terraform_resource_type}.{resource.friendly_unique_id}"
        address = f"{block}[{json.dumps(key)}]"
        raise ConfigurationError(
            f"import_from of {block}",
            [
                Problem(
                    "id",
                    repr(id),
                    "an id for each instance, because the resource has for_each",
                    f'Write Imports(stack, "imports", ids={{{address!r}: "{id}"}}), of northsouth.adoption.',
                )
            ],
        )

    setattr(resource, "import_from", import_from)  # noqa: B010 - a method of this object alone
