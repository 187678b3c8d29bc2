"""Synthesizes a stack as ``cdktf synth`` would, in memory and with its validations."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from typing import Any

_RUN_VALIDATIONS = True


def synthesize(stack: object) -> dict[str, Any]:
    """Return the document of a stack, without the CDK's metadata; aspects are applied and all validations run.

    Args:
        stack: a ``TerraformStack``, of ``cdktf`` or a CDK that took its place.

    Raises:
        RuntimeError: by the CDK, if a validation of the stack or of a construct in it fails; it lists all of them.
        TypeError: if ``stack`` is none.

    """
    for base in type(stack).__mro__:
        if base.__name__ == "TerraformStack":
            cdk = sys.modules[base.__module__.partition(".")[0]]
            document: dict[str, Any] = json.loads(cdk.Testing.synth(stack, _RUN_VALIDATIONS))
            return document
    raise TypeError(f"a TerraformStack is needed, not {type(stack).__name__}")


def document_of(stack_or_document: object) -> tuple[str, Mapping[str, Any]]:
    """Return a name for a stack or a document, and the document.

    Args:
        stack_or_document: a ``TerraformStack``, the text of a ``cdk.tf.json``, or the decoded object.

    """
    if isinstance(stack_or_document, Mapping):
        return "stack", stack_or_document
    if isinstance(stack_or_document, str | bytes):
        decoded = json.loads(stack_or_document)
        if not isinstance(decoded, Mapping):
            raise TypeError(f"a synthesized document is a JSON object, not {type(decoded).__name__}")
        return "stack", decoded
    document = synthesize(stack_or_document)
    node: Any = getattr(stack_or_document, "node", None)
    return str(node.id), document
