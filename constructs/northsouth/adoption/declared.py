"""What a stack declares, with references to what exists already put in; pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from northsouth.adoption.existing import LIST, RULE, Existing
from northsouth.adoption.kinds import KINDS, Values
from northsouth.template import Kind, Link, Mode, Reference, Resource, Template, Value
from northsouth.template.model import EMPTY
from northsouth.template.values import at, substitute


class Use(NamedTuple):
    """An argument that is nothing but an attribute of another resource."""

    path: str
    target: Resource
    attribute: str


@dataclass(frozen=True, slots=True)
class Declared:
    """The resources of a stack that can be adopted.

    Attributes:
        template: the synthesized stack, or a plan of it.
        pairs: what is known to be the same so far: the existing object of each declared address. It grows.

    """

    template: Template
    pairs: dict[str, Existing] = field(default_factory=dict)

    def resources(self) -> Iterator[Resource]:
        """Yield what can be adopted."""
        for resource in self.template:
            if resource.mode is Mode.MANAGED and resource.type in KINDS and not resource.repeated:
                yield resource

    def values(self, resource: Resource) -> Values:
        """Return a resource's arguments; what only Terraform will know of them stays an expression, or is left out."""
        links = self.template.links(resource)
        links_by_text = {link.reference.text: link for link in links}
        raw = substitute(
            resource.values, lambda reference: self._value_of(links_by_text, reference), self.template.source
        )
        values = dict(raw) if isinstance(raw, Mapping) else dict(EMPTY)
        for use in self.uses(resource) if self.template.kind is Kind.PLAN else ():
            if use.path in resource.unknown and (pair := self.pairs.get(use.target.address)):
                values[use.path] = at(pair.values, use.attribute)
        if resource.type == RULE and (owned := self._list(resource)) is not None:
            values["domains"] = self.template.value(owned, "domains")
        return values

    def uses(self, resource: Resource) -> Iterator[Use]:
        """Yield the arguments of a resource that are an attribute of one other resource and nothing else."""
        for link in self.template.links(resource):
            if len(link.targets) == 1 and link.reference.attribute and self._alone(resource, link):
                yield Use(link.path, link.targets[0], link.reference.attribute)

    def _alone(self, resource: Resource, link: Link) -> bool:
        if self.template.kind is Kind.PLAN:
            # A plan's configuration names what an expression refers to, and not the expression.
            return at(resource.values, link.path) is None
        return at(resource.values, link.path) == f"${{{link.reference.text}}}"

    def _value_of(self, links_by_text: Mapping[str, Link], reference: Reference) -> Value:
        link = links_by_text.get(reference.text)
        if link is None or len(link.targets) != 1 or not reference.attribute:
            return None
        pair = self.pairs.get(link.targets[0].address)
        if pair is not None:
            return at(pair.values, reference.attribute)
        return at(link.targets[0].values, reference.attribute)

    def _list(self, rule: Resource) -> Resource | None:
        return self.template.one(rule, "firewall_domain_list_id", LIST)
