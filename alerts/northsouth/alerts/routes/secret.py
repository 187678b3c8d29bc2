"""Where a secret is kept: a reference to it, never the secret itself; pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from northsouth.errors import Problem
from northsouth.tokens import is_token

HOLE = "{secret}"
"""Stands for the secret in an address, a header or a query."""
_ARN = re.compile(r"arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:\d{12}:secret:[A-Za-z0-9/_+=.@!-]+")
_KEY = re.compile(r"[A-Za-z0-9_.-]+")
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")


@dataclass(frozen=True, slots=True)
class Secret:
    """A reference to a token, a key or the secret part of an address.

    Terraform reads the value when it plans, and passes it to the service that needs it. The value is then in
    Terraform's state, marked as sensitive. Encrypt the state, and let few people read it. The synthesized JSON never
    has the value.

    Attributes:
        kind: where it is kept.
        value: the ARN, the variable's name or the expression.
        key: the key of the value, if the secret is a JSON object. If it is empty, the whole secret is used.

    """

    kind: Literal["stored", "variable", "reference"]
    value: str
    key: str = ""

    @classmethod
    def stored(cls, arn: str, key: str = "") -> Secret:
        """Take a secret that is in AWS Secrets Manager already, by its ARN.

        Args:
            arn: the secret's ARN.
            key: of a secret that is a JSON object, the key of the value.

        """
        return cls("stored", arn, key)

    @classmethod
    def variable(cls, name: str) -> Secret:
        """Take a variable of the stack: it is declared as sensitive, and given by ``TF_VAR_<name>``."""
        return cls("variable", name)

    @classmethod
    def reference(cls, expression: str) -> Secret:
        """Take what another resource, data source or variable of the stack gives: a token, not a text."""
        return cls("reference", expression)

    def __repr__(self) -> str:
        """Show a place; what should have been a reference may be the secret itself."""
        value = self.value if self.kind != "reference" or is_token(self.value) else "..."
        return f"Secret.{self.kind}({value!r}{f', {self.key!r}' if self.key else ''})"


def secret_problems(secret: object, where: str = "secret") -> Iterator[Problem]:
    """Yield what is wrong with a secret's reference; the report never repeats what may be the secret.

    Args:
        secret: what was given for it.
        where: the path of the argument.

    """
    fix = "Put it into AWS Secrets Manager and give Secret.stored(arn), or give Secret.variable(name)."
    if secret is None or secret == "":
        yield Problem(where, "nothing", "the service lets nobody in without a secret", fix)
    elif not isinstance(secret, Secret):
        given = f"plain text of {len(secret)} characters" if isinstance(secret, str) else type(secret).__name__
        yield Problem(where, given, "a secret is a reference: in plain text it would be in code, plan and state", fix)
    elif secret.kind == "reference":
        if not is_token(secret.value):
            given = f"plain text of {len(secret.value)} characters"
            yield Problem(where, given, "a reference is a token or a Terraform expression", fix)
    elif secret.key and not _KEY.fullmatch(secret.key):
        rule = "a key is letters, digits, and _ . -"
        yield Problem(f"{where}.key", "something else", rule, "Rename the key in the secret.")
    elif is_token(secret.value):
        if secret.kind == "variable":
            rule = "a variable's name is known at synth"
            yield Problem(where, "a token", rule, "Write the name of the variable, or give Secret.reference(token).")
    elif secret.kind == "stored" and not _ARN.fullmatch(secret.value):
        # Not repeated: someone may have put the secret itself here.
        yield Problem(
            where,
            "something else",
            "a stored secret is named by its ARN",
            "Write arn:aws:secretsmanager:REGION:ACCOUNT:secret:NAME-SUFFIX.",
        )
    elif secret.kind == "variable" and not _VARIABLE.fullmatch(secret.value):
        rule = "a variable's name is letters, digits, _ and -, and begins with a letter or _"
        yield Problem(where, "something else", rule, "Write the name of the variable, not its value.")
