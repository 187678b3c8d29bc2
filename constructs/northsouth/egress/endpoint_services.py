"""What AWS offers by private endpoint in one Region, read from a file that the AWS CLI wrote; pure."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from os import PathLike
from pathlib import Path
from typing import Any

from northsouth.egress.endpoint_names import short_name
from northsouth.errors import ConfigurationError, Problem, refuse
from northsouth.errors.reading import fault

COMMAND = "aws ec2 describe-vpc-endpoint-services --region <region>"
"""What writes such a file."""

SOURCE = "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeVpcEndpointServices.html"


@dataclass(frozen=True, slots=True)
class EndpointService:
    """One endpoint service.

    Attributes:
        name: its full name.
        kinds: the types of endpoints it takes: ``Gateway``, ``Interface``.
        zones: the zones it is in.
        private_dns: whether it has host names that an interface endpoint can take.
        policies: whether its endpoints can have a policy.
        address_types: ``ipv4``, ``ipv6``.

    """

    name: str
    kinds: frozenset[str]
    zones: frozenset[str]
    private_dns: bool
    policies: bool
    address_types: frozenset[str]


@dataclass(frozen=True)
class EndpointServices:
    """The endpoint services of one Region, with which endpoints are compared. Use one of the named constructors.

    Attributes:
        source: the file, for messages.
        services: the services. S3 and DynamoDB stand there twice, once for each type of endpoint.

    """

    source: str
    services: tuple[EndpointService, ...]

    @classmethod
    def read(cls, file: str | PathLike[str]) -> EndpointServices:
        """Read what ``aws ec2 describe-vpc-endpoint-services`` printed as JSON, whole.

        Args:
            file: the file, relative to the working directory.

        Raises:
            ConfigurationError: if the file cannot be read, is not such output, or holds only a part of it.

        """
        try:
            document = json.loads(Path(file).read_bytes())
        except OSError as error:
            allowed = f"a file that `{COMMAND}` wrote"
            problem = Problem("file", repr(str(file)), allowed, f"It cannot be read: {fault(error)}.", SOURCE)
            raise ConfigurationError("EndpointServices", [problem]) from None
        except (ValueError, RecursionError):
            refuse("EndpointServices", [_no_output(str(file), "not JSON")])
        return cls.of(document, source=str(file))

    @classmethod
    def of(cls, document: Mapping[str, Any], *, source: str = "the list of services") -> EndpointServices:
        """Take the same output as a mapping, such as boto3 returns it.

        Args:
            document: the output.
            source: what messages call it.

        Raises:
            ConfigurationError: if it is not such output, or holds only a part of it.

        """
        details = document.get("ServiceDetails") if isinstance(document, Mapping) else None
        if not isinstance(details, Sequence) or not all(_is_service(detail) for detail in details):
            refuse("EndpointServices", [_no_output(source, "no list ServiceDetails with names, types and zones")])
        if document.get("NextToken"):
            refuse("EndpointServices", [_no_output(source, "only a part of the services: it has a NextToken")])
        return cls(source, tuple(map(_service, details or ())))

    def named(self, name: str, kind: str) -> EndpointService | None:
        """Return the service of a full name that takes one type of endpoint; ``None`` if there is none."""
        return next((service for service in self.services if service.name == name and kind in service.kinds), None)


def check_service(
    services: EndpointServices,
    name: str,
    kind: str,
    *,
    zones: Sequence[str] = (),
    private_dns: bool = False,
    policy: bool = False,
    ip_address_type: str | None = None,
) -> Iterator[Problem]:
    """Yield what a service does not offer of what one endpoint asks for.

    Args:
        services: what AWS offers.
        name: the full endpoint service name.
        kind: ``Gateway`` or ``Interface``.
        zones: the zones an interface endpoint stands in.
        private_dns: whether it takes the service's host names.
        policy: whether it has a policy.
        ip_address_type: its addresses; ``None`` for AWS's default, IPv4.

    """
    service = services.named(name, kind)
    if service is None:
        yield _unknown(services, name, kind)
        return
    for index, zone in enumerate(zones):
        if zone not in service.zones:
            offered = ", ".join(sorted(service.zones)) or "no zone"
            yield Problem(
                f"zones[{index}]",
                repr(zone),
                f"in {services.source}, {name} is in {offered}",
                "Name the zones it is in: zones=[...].",
                SOURCE,
            )
    if private_dns and not service.private_dns:
        yield Problem(
            "private_dns", "True", f"in {services.source}, {name} has no private DNS name", "Set private_dns=False."
        )
    if policy and not service.policies:
        yield Problem(
            "policy", "a policy", f"in {services.source}, {name} takes no endpoint policy", "Leave policy out."
        )
    wanted = {None: {"ipv4"}, "ipv4": {"ipv4"}, "ipv6": {"ipv6"}, "dualstack": {"ipv4", "ipv6"}}
    missing = wanted.get(ip_address_type, set()) - service.address_types if kind == "Interface" else set()
    if missing:
        yield Problem(
            "ip_address_type",
            repr(ip_address_type or "ipv4"),
            f"in {services.source}, {name} has no {' or '.join(sorted(missing))}",
            f"Use one it has: {', '.join(sorted(service.address_types))}.",
        )


def _unknown(services: EndpointServices, name: str, kind: str) -> Problem:
    offered = {short_name(service.name): service.name for service in services.services if kind in service.kinds}
    near = [offered[match] for match in get_close_matches(short_name(name), sorted(offered), 3, 0.8)]
    suggestion = f"Did you mean {' or '.join(near)}? " if near and name not in near else ""
    return Problem(
        "service",
        repr(name),
        f"{services.source} holds no such service with {'a gateway' if kind == 'Gateway' else 'an interface'} endpoint",
        f"{suggestion}If the file lists some services only, or those of another Region, write it anew: `{COMMAND}`.",
        SOURCE,
    )


def _no_output(source: str, what: str) -> Problem:
    return Problem(source, what, f"the whole output of `{COMMAND}`", "Write the file anew.", SOURCE)


def _is_service(value: object) -> bool:
    return (
        isinstance(value, Mapping)
        and isinstance(value.get("ServiceName"), str)
        and isinstance(value.get("ServiceType"), Sequence)
        and isinstance(value.get("AvailabilityZones"), Sequence)
    )


def _service(value: Mapping[str, Any]) -> EndpointService:
    return EndpointService(
        name=value["ServiceName"],
        kinds=frozenset(service_type.get("ServiceType", "") for service_type in value["ServiceType"]),
        zones=frozenset(value["AvailabilityZones"]),
        private_dns=bool(value.get("PrivateDnsName") or value.get("PrivateDnsNames")),
        policies=bool(value.get("VpcEndpointPolicySupported")),
        address_types=frozenset(value.get("SupportedIpAddressTypes") or ("ipv4",)),
    )
