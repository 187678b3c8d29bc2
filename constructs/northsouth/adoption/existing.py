"""What exists, read from a state, a plan or a raw state file; pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from northsouth.adoption.kinds import KINDS, Values
from northsouth.template import Kind as DocumentKind
from northsouth.template import Mode, Resource, Template, TemplateError, read, read_plan
from northsouth.template.model import EMPTY, MAX_BYTES, bracketed, freeze
from northsouth.template.reading import decode


@dataclass(frozen=True, slots=True)
class Existing:
    """One object that exists.

    Attributes:
        type: its resource type.
        id: the id to import it by.
        values: its attributes, by the provider's names.
        address: its address in the state it was read from; empty if it was found in an account.

    """

    type: str
    id: str
    values: Values = field(default_factory=lambda: EMPTY, hash=False)
    address: str = ""

    def __str__(self) -> str:
        return f"{self.type} {self.id}" + (f" ({self.address})" if self.address else "")


def of_values(type: str, values: Mapping[str, object], address: str = "") -> Existing | None:
    """Return the object that has these attributes, or ``None`` if its type cannot be adopted or it has no id."""
    kind = KINDS.get(type)
    if kind is None:
        return None
    frozen = freeze(values, address or type)
    attributes = frozen if isinstance(frozen, Mapping) else EMPTY
    import_id = kind.import_id(attributes)
    return Existing(type, import_id, attributes, address) if import_id else None


def read_existing(path: str | Path) -> tuple[Existing, ...]:
    """Read what exists from a file.

    Args:
        path: a ``terraform.tfstate``, or what ``terraform show -json`` printed of a state or of a plan (of which the
            state before it is taken).

    Raises:
        TemplateError: if it is none of these.

    """
    raw = _raw_state(Path(path))
    if raw is not None:
        return tuple(raw)
    template = read(path)
    if template.kind is DocumentKind.PLAN:
        template = read_plan(path).prior
    if template.kind is not DocumentKind.STATE:
        raise TemplateError(
            f"{path}: a configuration, which does not say what exists; give a terraform.tfstate, or the output of "
            "`terraform show -json`"
        )
    return tuple(_of_template(template))


def _of_template(template: Template) -> Iterator[Existing]:
    for resource in template:
        existing = _of_resource(resource)
        if existing is not None:
            yield existing


def _of_resource(resource: Resource) -> Existing | None:
    if resource.mode is not Mode.MANAGED or resource.deposed:
        return None
    return of_values(resource.type, resource.values, resource.address)


def _raw_state(path: Path) -> Iterator[Existing] | None:
    """Return the objects of a ``terraform.tfstate`` (format 4), or ``None`` if the file is another document."""
    try:
        if path.stat().st_size > MAX_BYTES:
            return None
        content = path.read_bytes()
    except OSError as error:
        raise TemplateError(f"{path}: {error.strerror or error}") from None
    if b'"lineage"' not in content:
        return None
    document = decode(content, str(path))
    if not isinstance(document, Mapping) or "lineage" not in document:
        return None
    if document.get("version") != 4:
        raise TemplateError(f"{path}: a state file of version {document.get('version')!r}; only version 4 is read")
    resources = document.get("resources", [])
    if not isinstance(resources, list):
        raise TemplateError(f"{path}: `resources` is not a list; is this a state file of Terraform?")
    return _instances(resources, str(path))


def _instances(resources: Iterable[object], source: str) -> Iterator[Existing]:
    for block in resources:
        if not isinstance(block, Mapping) or not isinstance(block.get("instances"), list):
            raise TemplateError(f"{source}: a resource without instances; is this a state file of Terraform?")
        if block.get("mode") != "managed":
            continue
        prefix = f"{block['module']}." if block.get("module") else ""
        for instance in block["instances"]:
            if isinstance(instance, Mapping) and not instance.get("deposed"):
                key = instance.get("index_key")
                index = "" if key is None else bracketed(key)
                address = f"{prefix}{block.get('type')}.{block.get('name')}{index}"
                existing = of_values(str(block.get("type")), instance.get("attributes") or {}, address)
                if existing is not None:
                    yield existing


LIST = "aws_route53_resolver_firewall_domain_list"
RULE = "aws_route53_resolver_firewall_rule"


def with_domains(existing: Iterable[Existing]) -> tuple[Existing, ...]:
    """Give each firewall rule the domains of its list, by which it is recognised, and return each object once.

    If a state and an account hold the same object, the account's attributes complete those of the state.
    """
    known: dict[tuple[str, str], Existing] = {}
    for candidate in existing:
        first = known.setdefault((candidate.type, candidate.id), candidate)
        if first is not candidate:
            more = replace(
                first, values={**candidate.values, **first.values}, address=first.address or candidate.address
            )
            known[candidate.type, candidate.id] = more

    def completed(existing_object: Existing) -> Existing:
        owned = (
            known.get((LIST, str(existing_object.values.get("firewall_domain_list_id"))))
            if existing_object.type == RULE
            else None
        )
        return (
            existing_object
            if owned is None
            else replace(existing_object, values={**existing_object.values, "domains": owned.values.get("domains")})
        )

    return tuple(map(completed, known.values()))
