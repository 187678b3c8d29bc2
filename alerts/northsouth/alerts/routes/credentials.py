"""Turns references to secrets into what Terraform reads."""

from __future__ import annotations

import hashlib
import json

from cdktf import TerraformProvider, TerraformStack, TerraformVariable
from cdktf_cdktf_provider_aws.data_aws_secretsmanager_secret_version import DataAwsSecretsmanagerSecretVersion
from constructs import Construct

from northsouth.alerts.routes.secret import HOLE, Secret
from northsouth.tokens import is_token


class Credentials(Construct):
    """The secrets of a set of receivers; each is read once.

    Attributes:
        stored: the data sources, by the ARN of the secret.
        variables: the sensitive variables of the stack, by name.

    """

    def __init__(self, scope: Construct, id: str, *, provider: TerraformProvider | None = None) -> None:
        """Begin without any.

        Args:
            scope: where they belong.
            id: the name within ``scope``.
            provider: the Region and account of the stored secrets.

        """
        super().__init__(scope, id)
        self.stored: dict[str, DataAwsSecretsmanagerSecretVersion] = {}
        self.variables: dict[str, TerraformVariable] = {}
        self._provider = provider

    def fill(self, text: str, secret: Secret, receiver: str) -> str:
        """Return ``text`` with the secret of a receiver in the place of its hole."""
        return text.replace(HOLE, self._expression(secret, receiver)) if HOLE in text else text

    def _expression(self, secret: Secret, receiver: str) -> str:
        if secret.kind == "reference":
            return secret.value
        if secret.kind == "variable":
            return f"${{var.{self._variable(secret.value).friendly_unique_id}}}"
        source = self._source(secret.value, receiver)
        value = f"data.{source.terraform_resource_type}.{source.friendly_unique_id}.secret_string"
        return f"${{jsondecode({value})[{json.dumps(secret.key)}]}}" if secret.key else f"${{{value}}}"

    def _variable(self, name: str) -> TerraformVariable:
        """Return the stack's variable of this name; it may be there already."""
        if name not in self.variables:
            stack = TerraformStack.of(self)
            known = stack.node.try_find_child(name)
            about = "A secret of the notification routes"
            self.variables[name] = (
                known
                if isinstance(known, TerraformVariable)
                else TerraformVariable(stack, name, type="string", sensitive=True, description=about)
            )
        return self.variables[name]

    def _source(self, arn: str, receiver: str) -> DataAwsSecretsmanagerSecretVersion:
        """Return what reads a secret: named after it, or after the receiver if only Terraform knows its ARN."""
        if arn not in self.stored:
            # Two secrets of one name, in two Regions, are two; an ARN that is a token is another text at each synth.
            suffix = receiver if is_token(arn) else hashlib.sha256(arn.encode()).hexdigest()[:8]
            self.stored[arn] = DataAwsSecretsmanagerSecretVersion(
                self, f"secret-{suffix}", secret_id=arn, provider=self._provider
            )
        return self.stored[arn]
