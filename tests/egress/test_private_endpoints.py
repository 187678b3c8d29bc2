"""Gateway and interface endpoints, their policies, and what is refused."""

import json
from dataclasses import replace
from typing import Any

import pytest
from cdktf import TerraformStack

from northsouth.egress import Endpoint, EndpointPolicy, Network, PrivateEndpoints, check_endpoints
from northsouth.egress.endpoint_policy import check_endpoint_policy
from northsouth.egress.topology import NetworkSource
from northsouth.errors import ConfigurationError
from northsouth.testing.annotations import annotations_of
from tests.egress.networks import A, B, existing
from tests.harness.synth import resources, synth

CONFIGURATION = "arn:aws:vpc-lattice:us-east-1:123456789012:resourceconfiguration/rcfg-0123456789abcdef0"
SERVICE_NETWORK = "arn:aws:vpc-lattice:us-east-1:123456789012:servicenetwork/sn-0123456789abcdef0"


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return synth(
        lambda stack: PrivateEndpoints(
            stack,
            "private",
            network=existing(A, B),
            endpoints=[
                Endpoint.gateway("s3", policy=EndpointPolicy.within_accounts("123456789012")),
                Endpoint.gateway("dynamodb", route_tiers=["public", "private"]),
                Endpoint.interface("ecr.api", policy=EndpointPolicy.of({"Statement": []})),
                Endpoint.interface("logs", zones=[A], tier="isolated", private_dns=False),
                Endpoint.interface("com.amazonaws.vpce.us-east-1.vpce-svc-0123456789abcdef0"),
                Endpoint.interface("${aws_vpc_endpoint_service.made.service_name}", name="partner", private_dns=False),
            ],
            client_cidrs=["10.9.0.0/16"],
            name="hub",
            tags={"team": "network"},
        )
    )


def by_service(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {
        found["tags"]["Name"].removeprefix("hub-"): found for found in resources(document, "aws_vpc_endpoint").values()
    }


def test_gateway_endpoints_are_on_the_private_and_isolated_route_tables(document: dict[str, Any]) -> None:
    s3 = by_service(document)["s3"]
    assert s3["service_name"] == "com.amazonaws.us-east-1.s3"
    assert s3["vpc_endpoint_type"] == "Gateway"
    assert s3["route_table_ids"] == ["rtb-20000000", "rtb-20000001", "rtb-30000000", "rtb-30000001"]
    assert by_service(document)["dynamodb"]["route_table_ids"] == ["rtb-10000000", "rtb-20000000", "rtb-20000001"]


def test_interface_endpoints_have_private_dns_subnets_and_the_group(document: dict[str, Any]) -> None:
    [group] = resources(document, "aws_security_group")
    ecr = by_service(document)["ecr.api"]
    assert ecr == {
        "policy": '{"Statement":[]}',
        "private_dns_enabled": True,
        "security_group_ids": [f"${{aws_security_group.{group}.id}}"],
        "service_name": "com.amazonaws.us-east-1.ecr.api",
        "subnet_ids": ["subnet-20000000", "subnet-20000001"],
        "tags": {"Name": "hub-ecr.api", "team": "network"},
        "vpc_endpoint_type": "Interface",
        "vpc_id": "vpc-12345678",
    }
    logs = by_service(document)["logs"]
    assert logs["subnet_ids"] == ["subnet-30000000"]
    assert logs["private_dns_enabled"] is False


def test_a_full_service_name_is_taken_as_it_is(document: dict[str, Any]) -> None:
    service = "com.amazonaws.vpce.us-east-1.vpce-svc-0123456789abcdef0"
    assert by_service(document)[service]["service_name"] == service


def test_a_service_that_only_terraform_knows_goes_by_the_name_given_to_it(document: dict[str, Any]) -> None:
    assert by_service(document)["partner"]["service_name"] == "${aws_vpc_endpoint_service.made.service_name}"
    [problem] = check_endpoints(existing(A), [Endpoint.interface("${service}")])
    assert "its name keys the resource" in str(problem)


def test_the_security_group_admits_https_from_the_network(document: dict[str, Any]) -> None:
    [group] = resources(document, "aws_security_group").values()
    [rule] = group["ingress"]
    assert (rule["protocol"], rule["from_port"], rule["to_port"]) == ("tcp", 443, 443)
    assert rule["cidr_blocks"] == ["10.0.0.0/16", "10.9.0.0/16"]
    assert "egress" not in group


def test_a_perimeter_policy_binds_principal_and_resource(document: dict[str, Any]) -> None:
    [statement] = json.loads(by_service(document)["s3"]["policy"])["Statement"]
    assert statement["Condition"] == {
        "StringEquals": {"aws:PrincipalAccount": ["123456789012"], "aws:ResourceAccount": ["123456789012"]}
    }
    layers = "arn:aws:s3:::prod-us-east-1-starport-layer-bucket/*"
    policy = EndpointPolicy.within_organization("o-0123456789", also=[layers])
    own, others = json.loads(policy.document)["Statement"]
    assert own["Condition"]["StringEquals"] == {
        "aws:PrincipalOrgID": ["o-0123456789"],
        "aws:ResourceOrgID": ["o-0123456789"],
    }
    assert others == {
        "Sid": "NamedResourcesOfOthers",
        "Effect": "Allow",
        "Principal": "*",
        "Action": "s3:GetObject",
        "Resource": [layers],
    }


def test_the_free_endpoint_is_the_default_and_given_groups_are_used() -> None:
    def declare(stack: TerraformStack) -> None:
        default = PrivateEndpoints(stack, "default", network=existing(A))
        assert list(default.gateway_endpoints) == ["s3"]
        own = PrivateEndpoints(
            stack, "own", network=existing(A), endpoints=[Endpoint.interface("sts")], security_group_ids=["sg-12345678"]
        )
        assert own.security_group is None

    document = synth(declare)
    assert not resources(document, "aws_security_group")
    [interface] = [e for e in resources(document, "aws_vpc_endpoint").values() if e["vpc_endpoint_type"] == "Interface"]
    assert interface["security_group_ids"] == ["sg-12345678"]


@pytest.mark.parametrize(
    ("endpoints", "given", "expected"),
    [
        ([], {}, "endpoints: got none; nothing to make"),
        ([Endpoint.gateway("s3"), Endpoint.gateway("s3")], {}, "endpoints[1]: got 's3-gateway'; already endpoints[0]"),
        (
            [Endpoint.gateway("sqs")],
            {},
            "got 'sqs'; gateway endpoints exist for s3, dynamodb, s3express",
        ),
        (
            [Endpoint.interface("s3express")],
            {},
            "got 's3express'; it has a gateway endpoint only",
        ),
        ([Endpoint.interface("ecr")], {}, "Write ecr.api or ecr.dkr."),
        ([Endpoint.interface("cloudwatch")], {}, "Write monitoring or logs."),
        ([Endpoint.interface("dynamodbb")], {}, "Write dynamodb."),
        ([Endpoint.gateway("s3", route_tiers=[])], {}, "endpoints[0].route_tiers: got none"),
        ([Endpoint.interface("ECR")], {}, "endpoints[0].service: got 'ECR'; not the name"),
        (
            [Endpoint.interface("sts", zones=["us-east-1z"])],
            {},
            "endpoints[0].zones[0]: got 'us-east-1z'; no private sub",
        ),
        ([Endpoint.interface("sts", tier="isolated")], {"isolated_subnets": {}}, "endpoints[0].tier: got 'isolated'"),
        ([Endpoint.interface("sts")], {"cidr_blocks": ()}, "security group would admit nobody"),
        ([Endpoint.interface("sts")], {"security_group_ids": []}, "VPC's default security group"),
        (
            [Endpoint.interface("sts")],
            {"security_group_ids": ["sg-1"], "client_cidrs": ["10.0.0.0/8"]},
            "client_cidrs: got 10.0.0.0/8",
        ),
        ([Endpoint.gateway("s3", policy=EndpointPolicy.of("{"))], {}, "endpoints[0].policy: got '{'; not JSON"),
        ([Endpoint.interface("iam")], {}, "Write com.amazonaws.iam."),
        *[
            ([Endpoint.interface(service)], {}, "endpoints[0].private_dns: got True; interface endpoints of")
            for service in ("dynamodb", "dynamodb-streams", "iot.data", "com.amazonaws.us-east-1.dynamodb")
        ],
        (
            [Endpoint.interface("sts", ip_address_type="dualstack")],
            {},
            "endpoints[0].ip_address_type: got 'dualstack'; the network has no IPv6 block",
        ),
        (
            [Endpoint.interface("sts", ip_address_type="dualstack")],
            {"ipv6": True},
            "network.ipv6_cidr_blocks: got none; the interface endpoints' security group would admit nobody over IPv6",
        ),
        ([Endpoint.interface("s3", service_region="ireland")], {}, "service_region: got 'ireland'; not the name of a"),
        ([Endpoint.interface("sts", ports=[443, 0])], {}, "endpoints[0].ports[1]: got 0; a TCP port is 1 to 65535"),
        (
            [Endpoint.interface("sts", private_dns_only_for_inbound_resolver_endpoint=True)],
            {},
            "got True; only S3 has a gateway endpoint and private DNS",
        ),
        (
            [Endpoint.interface("s3", private_dns=False, private_dns_only_for_inbound_resolver_endpoint=False)],
            {},
            "got False; the endpoint has no private DNS",
        ),
        (
            [Endpoint.resource("arn:aws:rds:eu-west-1:123456789012:db:a", name="orders", ports=[5432])],
            {},
            "got 'arn:aws:rds:eu-west-1:123456789012:db:a'; not the ARN of a resource configuration",
        ),
        ([Endpoint.resource(CONFIGURATION, name="orders", ports=[])], {}, "endpoints[0].ports: got none"),
        ([Endpoint.resource(CONFIGURATION, name="", ports=[1])], {}, "endpoints[0].name: got none; it keys"),
        ([Endpoint.service_network(CONFIGURATION, name="shop")], {}, "not the ARN of a service network"),
        ([Endpoint.interface("sts")], {"client_cidrs": ["ten"]}, "client_cidrs[0]: got 'ten'; not an IPv4 or IPv6"),
        ([Endpoint.interface("sts")], {"client_cidrs": ["10.9.0.1/16"]}, "client_cidrs[0]: got '10.9.0.1/16'"),
    ],
)
def test_bad_endpoints_are_reported(endpoints: list[Endpoint], given: dict[str, Any], expected: str) -> None:
    of_rules = {key: given.pop(key) for key in ("security_group_ids", "client_cidrs") if key in given}
    found = [str(problem) for problem in check_endpoints(existing(A, **given), endpoints, **of_rules)]
    assert len(found) == 1, found
    assert expected in found[0]


def test_without_zones_nothing_tells_the_region() -> None:
    ids = existing(private_route_tables={"somewhere": "rtb-12345678"})
    assert any("nothing tells" in str(problem) for problem in check_endpoints(ids, [Endpoint.gateway("s3")]))


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        (EndpointPolicy.within_accounts("12345"), "accounts[0]: got '12345'; an account id has 12 digits"),
        (EndpointPolicy.within_organization("org"), "organization: got 'org'"),
        (EndpointPolicy.of("[]"), "a policy document has a Statement"),
        (EndpointPolicy.of({"Statement": ["x" * 20_480]}), "at most 20480"),
    ],
)
def test_bad_policies_are_reported(policy: EndpointPolicy, expected: str) -> None:
    [problem] = check_endpoint_policy(policy)
    assert expected in str(problem)


def test_a_policy_known_only_to_terraform_is_not_judged() -> None:
    assert not list(check_endpoint_policy(EndpointPolicy.of("${data.aws_iam_policy_document.x.json}")))


def test_the_construct_refuses_before_it_makes_anything() -> None:
    def declare(stack: TerraformStack) -> None:
        with pytest.raises(ConfigurationError, match="1 problem in PrivateEndpoints 'private'"):
            PrivateEndpoints(stack, "private", network=existing(A), endpoints=[])

    assert "resource" not in synth(declare)


def test_an_unknown_service_passes_with_a_warning() -> None:
    def declare(stack: TerraformStack) -> None:
        PrivateEndpoints(stack, "private", network=existing(A), endpoints=[Endpoint.interface("brand-new-service")])
        [warning] = annotations_of(stack)
        assert warning.level == "warning"
        assert "'brand-new-service' is not among the endpoint services of 2026-11-28" in warning.message

    assert resources(synth(declare), "aws_vpc_endpoint")


def collision(first: Endpoint, second: Endpoint, **others: Any) -> list[str]:
    """Return the problems of a second construct of a stack; ``others`` changes its network."""
    messages: list[str] = []

    def declare(stack: TerraformStack) -> None:
        PrivateEndpoints(stack, "one", network=existing(A), endpoints=[first])
        try:
            PrivateEndpoints(stack, "two", network=replace(existing(A), **others), endpoints=[second])
        except ConfigurationError as error:
            messages.extend(map(str, error.problems))

    synth(declare)
    return messages


def test_two_interface_endpoints_of_a_service_cannot_both_have_its_names() -> None:
    [problem] = collision(Endpoint.interface("sts"), Endpoint.interface("sts", name="other"))
    assert problem.startswith(
        "stack/two: other-interface: got a second interface endpoint of com.amazonaws.us-east-1.sts"
    )
    assert "stack/one: sts-interface has its host names in this VPC already" in problem
    assert not collision(Endpoint.interface("sts"), Endpoint.interface("sts", private_dns=False))
    assert not collision(Endpoint.interface("sts"), Endpoint.interface("kms"))
    assert not collision(Endpoint.interface("sts"), Endpoint.interface("sts"), vpc_id="vpc-87654321")


def test_two_gateway_endpoints_of_a_service_cannot_share_a_route_table() -> None:
    [problem] = collision(Endpoint.gateway("s3"), Endpoint.gateway("s3", route_tiers=["private"]))
    assert "got a second gateway endpoint of com.amazonaws.us-east-1.s3 in rtb-20000000" in problem
    assert not collision(
        Endpoint.gateway("s3", route_tiers=["private"]), Endpoint.gateway("s3", route_tiers=["isolated"])
    )
    assert not collision(Endpoint.gateway("s3"), Endpoint.gateway("dynamodb"))


def test_endpoints_of_a_network_that_only_terraform_knows_collide_too() -> None:
    def declare(stack: TerraformStack) -> None:
        network = Network(stack, "network", cidr="10.0.0.0/16", zones=["us-east-1a"])
        PrivateEndpoints(stack, "one", network=network)
        with pytest.raises(ConfigurationError, match="a second gateway endpoint"):
            PrivateEndpoints(stack, "two", network=network)

    synth(declare)


def test_a_full_name_and_a_short_one_are_the_same_service() -> None:
    assert collision(Endpoint.interface("sts"), Endpoint.interface("com.amazonaws.us-east-1.sts"))


def test_endpoints_within_one_construct_collide_too() -> None:
    def declare(stack: TerraformStack) -> None:
        with pytest.raises(ConfigurationError, match="private: other-interface: got a second interface endpoint"):
            PrivateEndpoints(
                stack,
                "private",
                network=existing(A),
                endpoints=[Endpoint.interface("sts"), Endpoint.interface("sts", name="other")],
            )

    synth(declare)


def declared(*endpoints: Endpoint, network: NetworkSource | None = None, **given: Any) -> dict[str, dict[str, Any]]:
    """Return the endpoints of a stack by their names, and its security group beside them."""
    ids = network or existing(A, B)
    document = synth(lambda stack: PrivateEndpoints(stack, "it", network=ids, endpoints=endpoints, name="hub", **given))
    [group] = resources(document, "aws_security_group").values()
    return {**by_service(document), "group": group}


def test_the_security_group_opens_the_ports_of_the_services() -> None:
    def ports(*endpoints: Endpoint) -> list[int]:
        return [rule["from_port"] for rule in declared(*endpoints)["group"]["ingress"]]

    assert ports(Endpoint.interface("sts")) == [443]
    assert ports(Endpoint.interface("email-smtp")) == [25, 465, 587, 2465, 2587]
    assert ports(Endpoint.interface("com.amazonaws.us-east-1.email-smtp")) == [25, 465, 587, 2465, 2587]
    assert ports(Endpoint.interface("cassandra"), Endpoint.interface("sts")) == [443, 9142]
    partner = Endpoint.interface("com.amazonaws.vpce.us-east-1.vpce-svc-0123456789abcdef0", ports=[8443, 8443])
    assert ports(partner) == [8443]
    assert ports(Endpoint.interface("sts", ports=8443)) == [8443]
    assert ports(Endpoint.resource(CONFIGURATION, name="orders", ports=[5432])) == [5432]
    [rule] = declared(Endpoint.resource(CONFIGURATION, name="orders", ports=[5432]))["group"]["ingress"]
    assert rule["description"] == "TCP 5432 from the network"


def test_the_security_group_of_a_dual_stack_network_is_dual_stack() -> None:
    network = existing(A, B, ipv6=True, ipv6_cidr_blocks=("2001:db8::/56",))
    endpoint = Endpoint.interface("sts", ip_address_type="dualstack")
    made = declared(endpoint, network=network, client_cidrs=["2001:db8:1::/56", "10.9.0.0/16"])
    [rule] = made["group"]["ingress"]
    assert rule["cidr_blocks"] == ["10.0.0.0/16", "10.9.0.0/16"]
    assert rule["ipv6_cidr_blocks"] == ["2001:db8:1::/56", "2001:db8::/56"]
    assert made["sts"]["ip_address_type"] == "dualstack"

    def of_a_made_network(stack: TerraformStack) -> None:
        network = Network(stack, "network", cidr="10.0.0.0/16", zones=[A], tiers=("isolated",), ipv6=True)
        endpoints = [Endpoint.interface("sts", tier="isolated", ip_address_type="dualstack")]
        PrivateEndpoints(stack, "it", network=network, endpoints=endpoints)

    document = synth(of_a_made_network)
    [vpc] = resources(document, "aws_vpc")
    [group] = resources(document, "aws_security_group").values()
    assert group["ingress"][0]["ipv6_cidr_blocks"] == [f"${{aws_vpc.{vpc}.ipv6_cidr_block}}"]


def test_a_service_of_another_region() -> None:
    made = declared(Endpoint.interface("kms", service_region="eu-west-1"))["kms"]
    assert (made["service_name"], made["service_region"]) == ("com.amazonaws.eu-west-1.kms", "eu-west-1")


def test_endpoints_of_resources_and_service_networks() -> None:
    made = declared(
        Endpoint.resource(CONFIGURATION, name="orders", ports=[5432]),
        Endpoint.service_network(SERVICE_NETWORK, name="shop", private_dns=True, zones=[A]),
    )
    orders, shop = made["orders"], made["shop"]
    assert orders["vpc_endpoint_type"] == "Resource"
    assert orders["resource_configuration_arn"] == CONFIGURATION
    assert orders["private_dns_enabled"] is False
    assert shop["vpc_endpoint_type"] == "ServiceNetwork"
    assert shop["service_network_arn"] == SERVICE_NETWORK
    assert shop["private_dns_enabled"] is True
    assert shop["subnet_ids"] == ["subnet-20000000"]
    assert not {"service_name", "route_table_ids"} & (orders.keys() | shop.keys())
    assert len(orders["security_group_ids"]) == 1


GATEWAY, INTERFACE = Endpoint.gateway("s3"), Endpoint.interface("s3")
ONLY = "private_dns_only_for_inbound_resolver_endpoint"


@pytest.mark.parametrize(
    ("endpoints", "only", "waits"),
    [
        ([GATEWAY, INTERFACE], None, True),
        ([INTERFACE, GATEWAY], None, True),
        ([INTERFACE], False, False),
        ([Endpoint.interface("com.amazonaws.us-east-1.s3")], False, False),
        ([Endpoint.interface("s3", private_dns_only_for_inbound_resolver_endpoint=True)], True, False),
        ([GATEWAY, Endpoint.interface("s3", private_dns_only_for_inbound_resolver_endpoint=False)], False, True),
        ([Endpoint.interface("s3", private_dns=False)], None, False),
        ([GATEWAY, Endpoint.interface("s3", private_dns=False)], None, False),
        ([Endpoint.interface("sts")], None, False),
    ],
)
def test_private_dns_of_s3_needs_its_gateway_endpoint(
    endpoints: list[Endpoint], only: bool | None, waits: bool
) -> None:
    document = synth(lambda stack: PrivateEndpoints(stack, "it", network=existing(A), endpoints=endpoints))
    made = resources(document, "aws_vpc_endpoint")
    [interface] = [each for each in made.values() if each["vpc_endpoint_type"] == "Interface"]
    assert interface.get("dns_options", {}).get(ONLY) == only
    gateways = [name for name, each in made.items() if each["vpc_endpoint_type"] == "Gateway"]
    assert interface.get("depends_on", []) == [f"aws_vpc_endpoint.{name}" for name in gateways if waits]


def test_the_gateway_endpoint_of_s3_is_found_in_another_construct() -> None:
    def declare(stack: TerraformStack) -> None:
        PrivateEndpoints(stack, "one", network=existing(A), endpoints=[GATEWAY])
        PrivateEndpoints(stack, "two", network=existing(A), endpoints=[INTERFACE])

    made = resources(synth(declare), "aws_vpc_endpoint")
    [interface] = [each for each in made.values() if each["vpc_endpoint_type"] == "Interface"]
    assert "dns_options" not in interface
    assert len(interface["depends_on"]) == 1


def test_a_gateway_endpoint_of_s3_cannot_come_after_an_interface_that_carries_all() -> None:
    [problem] = collision(INTERFACE, GATEWAY)
    assert problem.startswith("stack/two: s3-gateway: got a gateway endpoint of com.amazonaws.us-east-1.s3 after the")
    assert "stack/one: s3-interface was written to carry all of the VPC's traffic" in problem
    assert not collision(INTERFACE, GATEWAY, vpc_id="vpc-87654321")
    for only in (True, False):
        decided = Endpoint.interface("s3", private_dns_only_for_inbound_resolver_endpoint=only)
        assert not collision(decided, GATEWAY)
