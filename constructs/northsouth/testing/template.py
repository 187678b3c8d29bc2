"""Assertions on what a stack declares; a failure says which resource comes closest, and why it is not the one."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Any

from northsouth.comparison.rendering import text
from northsouth.template import Mode, Resource, Value, parse
from northsouth.template.model import freeze
from northsouth.template.values import at
from northsouth.testing import validity
from northsouth.testing.blocks import with_all_blocks
from northsouth.testing.deletion import in_ci
from northsouth.testing.matchers import Mismatch, Place, as_text, mismatches, refers_to
from northsouth.testing.synthesis import document_of

SHOWN = 8
"""Most reasons that a failure lists."""


class Template:
    """What one stack declares, to assert on.

    The first argument of a method says what is meant:

    - a resource type (``aws_vpc``), a data source's type (``data.aws_region``), or the CDK's class (``Vpc``);
    - an address (``aws_vpc.main``), or the CDK's object, which constructs of northsouth have as attributes;
    - another block, as if it were a resource: ``output.ips``, ``var.region``, ``local.zones`` (in its argument
      ``value``), ``module.hub``, ``provider.aws`` (all of them), ``provider.aws.eu`` (the one with that alias),
      ``backend.s3``, ``terraform.settings``; or all of a kind: ``provider``, ``moved``, ``import``, ``removed``.

    Attributes:
        declared: the reader's template, with all its resources and references (`northsouth.template`).
        document: the synthesized document.

    """

    def __init__(self, document: Mapping[str, Any], source: str = "template") -> None:
        if not isinstance(document, Mapping):
            kind = type(document).__name__
            raise TypeError(f"a decoded document is needed, not {kind}; see Template.from_document and from_stack")
        self.document = dict(document)
        self.declared = parse(self.document or {"terraform": {}}, source=source)
        self._all = parse(with_all_blocks(self.document) or {"terraform": {}}, source=source)

    @classmethod
    def from_stack(cls, stack: object) -> Template:
        """Synthesize a stack; the validations of it and of its constructs run.

        Args:
            stack: a ``TerraformStack``.

        Raises:
            RuntimeError: by the CDK, if a validation fails.

        """
        name, document = document_of(stack)
        return cls(document, name)

    @classmethod
    def from_document(cls, document: str | bytes | Mapping[str, Any]) -> Template:
        """Read a synthesized document (``cdk.tf.json``), as text or decoded.

        Raises:
            TemplateError: if it is not one.

        """
        _, decoded = document_of(document)
        return cls(decoded)

    def find(self, what: object, arguments: object = None) -> tuple[Resource, ...]:
        """Return the resources that match, in the document's order; none if none does.

        Args:
            what: a type, an address or a construct.
            arguments: a pattern for the arguments (see `northsouth.testing.matchers`); any if None.

        """
        return tuple(resource for resource in self._resources_named(what) if self._matches(arguments, resource))

    def one(self, what: object, arguments: object = None) -> Resource:
        """Return the only resource that matches.

        Raises:
            AssertionError: if there is none, or more than one.

        """
        matching = self.find(what, arguments)
        if len(matching) == 1:
            return matching[0]
        if not matching:
            raise AssertionError(self._no_match(what, arguments))
        raise AssertionError(f"{len(matching)} resources match {_pattern_text(what, arguments)}: {_listed(matching)}")

    def assert_resource(self, what: object, arguments: object = None) -> tuple[Resource, ...]:
        """Assert that at least one resource matches, and return those that do.

        Raises:
            AssertionError: if none does, with the one that comes closest and where it differs.

        """
        matching = self.find(what, arguments)
        if not matching:
            raise AssertionError(self._no_match(what, arguments))
        return matching

    def assert_all(self, what: object, arguments: object) -> tuple[Resource, ...]:
        """Assert that there are resources of a kind and that every one of them matches, and return them.

        Raises:
            AssertionError: with each that does not match, and why.

        """
        resources = self.assert_resource(what)
        differing = [
            (resource.address, reasons) for resource in resources if (reasons := self._mismatches(arguments, resource))
        ]
        if differing:
            lines = [f"{len(differing)} of {len(resources)} {_name(what)} are not as expected:"]
            for address, reasons in differing[:SHOWN]:
                lines += [f"  {address} {reason}" for reason in reasons[:SHOWN]]
            if len(differing) > SHOWN:
                lines.append(f"  and {len(differing) - SHOWN} more")
            raise AssertionError("\n".join(lines))
        return tuple(resource for resource in resources if self._matches(arguments, resource))

    def assert_count(self, what: object, count: int, arguments: object = None) -> None:
        """Assert how many resources match.

        Raises:
            AssertionError: with the resources that match or, if none does, the closest one.

        """
        matching = self.find(what, arguments)
        if len(matching) != count:
            detail = f": {_listed(matching)}" if matching else f"\n{self._no_match(what, arguments)}"
            raise AssertionError(f"expected {count} of {_pattern_text(what, arguments)}, found {len(matching)}{detail}")

    def assert_absent(self, what: object, arguments: object = None) -> None:
        """Assert that no resource matches.

        Raises:
            AssertionError: with those that do.

        """
        matching = self.find(what, arguments)
        if matching:
            raise AssertionError(f"expected no {_pattern_text(what, arguments)}, found {_listed(matching)}")

    def assert_reference(self, what: object, path: str, target: object, attribute: str = "") -> None:
        """Assert that an argument refers to another resource, in every resource that ``what`` names.

        Args:
            what: a type, an address or a construct.
            path: the argument, such as ``subnet_id`` or ``ingress[0].security_groups``.
            target: the type, address or construct that it refers to.
            attribute: which attribute of it, such as ``arn``; any if empty.

        Raises:
            AssertionError: with what the argument is instead.

        """
        matcher = refers_to(_name(target), attribute)
        problems = [
            f"{resource.address} {mismatch}"
            for resource in self.assert_resource(what)
            for mismatch in matcher.mismatches(self._value(resource, path), Place(self._all, resource, path))
        ]
        if problems:
            raise AssertionError("\n".join(problems))

    def assert_output(self, name: str, value: object = None) -> Value:
        """Assert that an output exists and that its value matches a pattern, and return the value.

        Args:
            name: its name in the document.
            value: a pattern; any value if None.

        Raises:
            AssertionError: if it does not, with the outputs that there are.

        """
        if not self.find(f"output.{name}"):
            known = sorted(resource.name for resource in self._all.of_type("output"))
            raise AssertionError(f"there is no output {name!r}; there {_are(known, 'output')}")
        pattern = {} if value is None else {"value": value}
        [output] = self.assert_resource(f"output.{name}", pattern)
        return self._value(output, "value")

    def assert_valid(self) -> None:
        """Assert that Terraform takes the document for valid (``terraform validate``, with the providers' schemas).

        Without Terraform on the ``PATH`` the test is skipped; in CI it fails. Providers that are not installed are
        installed by ``terraform init``.

        Raises:
            AssertionError: with what Terraform finds wrong.
            RuntimeError: if Terraform cannot judge, with what it printed.

        """
        import pytest

        terraform = validity.command()
        if terraform is None:
            (pytest.fail if in_ci() else pytest.skip)(f"assert_valid {validity.INSTALL}")
        problems = validity.problems(self.document, str(terraform))
        if problems:
            raise AssertionError(
                "\n".join(["Terraform refuses the document:", *(f"  {problem}" for problem in problems)])
            )

    def json(self, what: object, path: str) -> Value:
        """Return a text argument that is JSON, decoded and frozen: a policy, a dashboard, a state machine.

        Args:
            what: a type, an address or a construct that names one resource.
            path: the argument, such as ``policy``.

        Raises:
            AssertionError: if there is not exactly one such resource, or its argument is no JSON.

        """
        resource = self.one(what)
        value = self._value(resource, path)
        try:
            if isinstance(value, str):
                return freeze(json.loads(value), path)
        except (ValueError, RecursionError):
            pass
        raise AssertionError(f"{resource.address} {path} is no JSON but {text(value)}")

    def _resources_named(self, what: object) -> tuple[Resource, ...]:
        name = _name(what)
        data = name.startswith("data.")
        if name.count(".") > data:
            named = [resource for resource in self._all if name in (resource.address, resource.block)]
            if name.startswith("provider."):
                named += [resource for resource in self._all if resource.address.startswith(f"{name}.")]
            return tuple(named)
        return self._all.of_type(name.removeprefix("data."), mode=Mode.DATA if data else Mode.MANAGED)

    def _value(self, resource: Resource, path: str) -> Value:
        return at(resource.values, path)

    def _mismatches(self, arguments: object, resource: Resource) -> list[Mismatch]:
        if arguments is None:
            return []
        return list(mismatches(arguments, resource.values, Place(self._all, resource)))

    def _matches(self, arguments: object, resource: Resource) -> bool:
        """Tell whether a resource matches; if it does, what was captured counts."""
        place = Place(self._all, resource)
        if arguments is not None and list(mismatches(arguments, resource.values, place)):
            return False
        for capture, value in place.captured:
            capture.values.append(value)
        return True

    def _no_match(self, what: object, arguments: object) -> str:
        """Say that nothing matches, and what comes closest."""
        candidates = self._resources_named(what)
        wanted = _pattern_text(what, arguments)
        if not candidates:
            known = sorted({resource.type if "." not in _name(what) else resource.address for resource in self._all})
            alike = get_close_matches(_name(what), known, n=3)
            return f"there is no {wanted}" + (f"; did you mean {' or '.join(alike)}?" if alike else "")
        differing = [(self._mismatches(arguments, candidate), candidate.address) for candidate in candidates]
        problems, closest = min(differing, key=lambda candidate: (len(candidate[0]), candidate[1]))
        lines = [f"no {wanted} among {len(candidates)}; closest is {closest}:"]
        lines += [f"  {problem}" for problem in problems[:SHOWN]]
        if len(problems) > SHOWN:
            lines.append(f"  and {len(problems) - SHOWN} more")
        return "\n".join(lines)


def _name(what: object) -> str:
    """Return the type or address that a test names a resource or another block by."""
    if isinstance(what, str):
        return {"variable": "var", "locals": "local"}.get(what, what)
    if isinstance(what, Resource):
        return what.address
    is_class = isinstance(what, type)
    kind = getattr(what, "TF_RESOURCE_TYPE" if is_class else "terraform_resource_type", None)
    bases = {base.__name__ for base in (what.__mro__ if isinstance(what, type) else type(what).__mro__)}
    if isinstance(kind, str) and "TerraformProvider" in bases:
        alias = None if is_class else getattr(what, "alias", None)
        return f"provider.{kind}.{alias}" if alias else f"provider.{kind}"
    name = "" if is_class else getattr(what, "friendly_unique_id", None)
    if not isinstance(kind, str) or not isinstance(name, str):
        raise TypeError(
            f"a resource type, an address, or a resource of the CDK (its class or an object) is needed, not {what!r}"
        )
    return ".".join(filter(None, ["data" if "TerraformDataSource" in bases else "", kind, name]))


def _pattern_text(what: object, arguments: object) -> str:
    return _name(what) if arguments is None else f"{_name(what)} with {as_text(arguments)}"


def _listed(resources: Iterable[Resource]) -> str:
    return ", ".join(resource.address for resource in resources)


def _are(names: list[str], noun: str) -> str:
    return f"are {', '.join(names)}" if names else f"is no {noun} at all"
