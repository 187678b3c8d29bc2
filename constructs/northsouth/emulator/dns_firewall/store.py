"""What DNS Firewall keeps for one account and Region, inside moto's back end, so that moto's reset clears it."""

from __future__ import annotations

import base64
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from moto.moto_api._internal import mock_random

from northsouth.emulator.patching import Parameters, RequestError

SETTLE_SECONDS = 0.1
"""How long a list or association stays UPDATING or DELETING."""

MANAGED_LISTS = (
    "AWSManagedDomainsAggregateThreatList",
    "AWSManagedDomainsAmazonGuardDutyThreatList",
    "AWSManagedDomainsBotnetCommandandControl",
    "AWSManagedDomainsMalwareDomainList",
)


def now() -> str:
    """Return the present time as AWS shows it."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


@dataclass(kw_only=True)
class Record:
    """What all kinds of things have in common."""

    id: str
    arn: str
    name: str
    request_id: str
    created: str = field(default_factory=now)
    modified: str = field(default_factory=now)
    settles_at: float = 0.0
    deleting: bool = False

    @property
    def status(self) -> str:
        """DELETING or UPDATING until it has settled."""
        if self.deleting:
            return "DELETING"
        return "UPDATING" if time.monotonic() < self.settles_at else "COMPLETE"

    @property
    def gone(self) -> bool:
        """Whether its deletion is over."""
        return self.deleting and time.monotonic() >= self.settles_at

    def change(self) -> None:
        """Start a change that settles soon."""
        self.modified = now()
        self.settles_at = time.monotonic() + SETTLE_SECONDS

    def delete(self) -> None:
        """Start the deletion."""
        self.change()
        self.deleting = True

    def times(self) -> dict[str, Any]:
        """Return the members that describe every kind of thing."""
        return {"CreatorRequestId": self.request_id, "CreationTime": self.created, "ModificationTime": self.modified}


@dataclass(kw_only=True)
class DomainList(Record):
    """A list of domain names, each fully qualified and in lower case."""

    domains: list[str] = field(default_factory=list)
    managed: bool = False


@dataclass(kw_only=True)
class Rule:
    """One rule of a group, as the response shows it."""

    values: dict[str, Any]

    @property
    def identity(self) -> tuple[str, str | None]:
        """What identifies the rule in its group: the domain list and the query type."""
        return self.values["FirewallDomainListId"], self.values.get("Qtype")


@dataclass(kw_only=True)
class RuleGroup(Record):
    """A group of rules."""

    rules: list[Rule] = field(default_factory=list)
    policy: str | None = None


@dataclass(kw_only=True)
class Association(Record):
    """A rule group at work in a VPC."""

    group_id: str
    vpc_id: str
    priority: int
    mutation_protection: str = "DISABLED"


class Store:
    """The lists, groups, associations and configurations of one account and Region."""

    def __init__(self, backend: Any) -> None:
        self.backend = backend
        self.lists: dict[str, DomainList] = {}
        self.groups: dict[str, RuleGroup] = {}
        self.associations: dict[str, Association] = {}
        self.fail_open: dict[str, str] = {}
        for name in MANAGED_LISTS:
            list_id = "rslvr-fdl-" + sha256(f"{backend.region_name}/{name}".encode()).hexdigest()[:16]
            arn = self._arn("firewall-domain-list", list_id)
            self.lists[list_id] = DomainList(id=list_id, arn=arn, name=name, request_id="managed", managed=True)

    def _arn(self, kind: str, thing_id: str) -> str:
        backend = self.backend
        return f"arn:{backend.partition}:route53resolver:{backend.region_name}:{backend.account_id}:{kind}/{thing_id}"

    def identify(self, kind: str, prefix: str, parameters: Parameters) -> dict[str, Any]:
        """Return the id, ARN, name and request id of a new object."""
        thing_id = f"{prefix}-{mock_random.get_random_hex(16)}"
        name, request_id = parameters["Name"], parameters["CreatorRequestId"]
        return {"id": thing_id, "arn": self._arn(kind, thing_id), "name": name, "request_id": request_id}

    def sweep(self) -> None:
        """Forget what has been deleted by now."""
        for table in (self.lists, self.groups, self.associations):
            for item in [item for item in table.values() if item.gone]:
                del table[item.id]
                self.backend.tagger.delete_all_tags_for_resource(item.arn)

    def tag(self, arn: str, parameters: Parameters) -> None:
        """Put the tags of a creation on what it made."""
        tags = parameters.get("Tags", [])
        problem = self.backend.tagger.validate_tags(tags, limit=200)
        if problem:
            raise RequestError("ValidationException", problem)
        self.backend.tagger.tag_resource(arn, tags)

    def arns(self) -> Iterator[str]:
        """Yield the ARNs that can bear tags."""
        self.sweep()
        for table in (self.lists, self.groups, self.associations):
            yield from (item.arn for item in table.values())

    def rules(self) -> Iterator[Rule]:
        """Yield every rule of every group."""
        for group in self.groups.values():
            yield from group.rules

    def require_vpc(self, vpc_id: str) -> None:
        """Refuse a VPC that EC2 does not know."""
        if vpc_id not in {vpc.id for vpc in self.backend.ec2_backend.describe_vpcs()}:
            raise not_found(vpc_id)


def store_of(backend: Any) -> Store:
    """Return what DNS Firewall keeps in this back end, without what has been deleted by now."""
    if not hasattr(backend, "dns_firewall"):
        backend.dns_firewall = Store(backend)
    store: Store = backend.dns_firewall
    store.sweep()
    return store


def not_found(thing_id: str) -> RequestError:
    """Return AWS's refusal of an unknown id."""
    return RequestError(
        "ResourceNotFoundException", f"[RSLVR-02025] Can't find the resource with ID '{thing_id}'. {trace()}"
    )


def invalid(message: str) -> RequestError:
    """Return AWS's refusal of a request that breaks a rule."""
    return RequestError("ValidationException", f"{message} {trace()}")


def conflict(message: str) -> RequestError:
    """Return AWS's refusal of a request that does not fit the present state."""
    return RequestError("ConflictException", f"{message} {trace()}")


def limit_exceeded(message: str) -> RequestError:
    """Return AWS's refusal of a request beyond a quota."""
    return RequestError("LimitExceededException", f"{message} {trace()}")


def trace() -> str:
    """Return a trace id as AWS appends it."""
    return f'Trace Id: "1-{mock_random.get_random_hex(8)}-{mock_random.get_random_hex(24)}"'


def page(name: str, items: Iterable[Any], parameters: Parameters, default: int = 100) -> dict[str, Any]:
    """Return one page of a list, and the token of the next."""
    all_items = list(items)
    start = _offset(parameters.get("NextToken"))
    end = start + parameters.get("MaxResults", default)
    token = {"NextToken": base64.b64encode(f"from {end}".encode()).decode()} if end < len(all_items) else {}
    return {name: all_items[start:end], **token}


def _offset(token: str | None) -> int:
    if token is None:
        return 0
    try:
        return int(base64.b64decode(token, validate=True).decode().removeprefix("from "))
    except ValueError:
        raise invalid("Invalid value passed for the NextToken parameter.") from None
