"""Terraform's own ``terraform_data``, declared without a look at the machine.

The CDK's ``DataResource`` runs ``terraform version`` at every synth and refuses to synthesize where Terraform is not
installed. Synth here needs no Terraform. ``terraform_data`` exists since Terraform 1.4.
"""

from __future__ import annotations

from typing import Any

from cdktf import TerraformResource
from constructs import Construct


def terraform_data(scope: Construct, id: str, **arguments: Any) -> TerraformResource:  # noqa: ANN401 - any value
    """Declare a ``terraform_data``.

    Args:
        scope: the construct it belongs to.
        id: its name there.
        arguments: ``input`` or ``triggers_replace``, as in Terraform.

    """
    resource = TerraformResource(scope, id, terraform_resource_type="terraform_data")
    for name, value in arguments.items():
        resource.add_override(name, value)
    return resource
