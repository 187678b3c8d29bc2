from typing import Any

import pytest
from botocore.exceptions import ClientError

from northsouth.emulator.dns_firewall import names, store
from northsouth.emulator.patching import RequestError
from northsouth.emulator.server import Emulator


def make_list(resolver: Any, *domains: str, name: str = "hub") -> str:
    made = resolver.create_firewall_domain_list(CreatorRequestId=name, Name=name)["FirewallDomainList"]
    if domains:
        resolver.update_firewall_domains(FirewallDomainListId=made["Id"], Operation="ADD", Domains=list(domains))
    list_id: str = made["Id"]
    return list_id


def domains_of(resolver: Any, list_id: str) -> list[str]:
    pages = resolver.get_paginator("list_firewall_domains").paginate(FirewallDomainListId=list_id)
    return [domain for page in pages for domain in page["Domains"]]


def test_domains_come_back_fully_qualified_in_lower_case(resolver: Any) -> None:
    list_id = make_list(resolver, "Hub.Example.COM", "*.example.com.", "*", "hub.example.com.")
    assert domains_of(resolver, list_id) == ["hub.example.com.", "*.example.com.", "*."]
    assert resolver.get_firewall_domain_list(FirewallDomainListId=list_id)["FirewallDomainList"]["DomainCount"] == 3


@pytest.mark.parametrize(
    "name", ["", ".", "a..b", "under_score.com", "a b.com", "www.*.com", "-" * 64 + ".com", "a." * 200]
)
def test_names_aws_refuses(name: str) -> None:
    with pytest.raises(RequestError, match="domain name you provided is invalid"):
        names.qualified(name)


def test_add_remove_and_replace(resolver: Any) -> None:
    list_id = make_list(resolver, "a.com", "b.com")
    resolver.update_firewall_domains(FirewallDomainListId=list_id, Operation="REMOVE", Domains=["a.com"])
    assert domains_of(resolver, list_id) == ["b.com."]
    resolver.update_firewall_domains(FirewallDomainListId=list_id, Operation="REPLACE", Domains=["c.com", "d.com"])
    assert domains_of(resolver, list_id) == ["c.com.", "d.com."]
    with pytest.raises(ClientError, match="RSLVR-02502"):
        resolver.update_firewall_domains(FirewallDomainListId=list_id, Operation="REMOVE", Domains=["x.com"])


def test_a_call_takes_1000_names_and_leaves_the_list_alone_beyond(resolver: Any) -> None:
    many = [f"host{number}.example.com" for number in range(1_001)]
    list_id = make_list(resolver)
    with pytest.raises(ClientError, match=r"ValidationException.*1000"):
        resolver.update_firewall_domains(FirewallDomainListId=list_id, Operation="REPLACE", Domains=many)
    assert domains_of(resolver, list_id) == []
    resolver.update_firewall_domains(FirewallDomainListId=list_id, Operation="REPLACE", Domains=many[:1_000])
    resolver.update_firewall_domains(FirewallDomainListId=list_id, Operation="ADD", Domains=many[1_000:])
    assert len(domains_of(resolver, list_id)) == 1_001


def test_pages_follow_each_other(resolver: Any) -> None:
    list_id = make_list(resolver, *(f"h{number}.com" for number in range(5)))
    first = resolver.list_firewall_domains(FirewallDomainListId=list_id, MaxResults=2)
    assert first["Domains"] == ["h0.com.", "h1.com."]
    second = resolver.list_firewall_domains(FirewallDomainListId=list_id, MaxResults=5, NextToken=first["NextToken"])
    assert second["Domains"] == ["h2.com.", "h3.com.", "h4.com."]
    assert "NextToken" not in second
    with pytest.raises(ClientError, match="NextToken"):
        resolver.list_firewall_domains(FirewallDomainListId=list_id, NextToken="nonsense")


def test_a_change_settles_a_moment_later(emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    resolver = emulator.client("route53resolver")
    monkeypatch.setattr(store, "SETTLE_SECONDS", 1_000.0)
    list_id = make_list(resolver, "a.com")
    assert resolver.get_firewall_domain_list(FirewallDomainListId=list_id)["FirewallDomainList"]["Status"] == "UPDATING"
    with pytest.raises(ClientError, match=r"ConflictException.*UPDATING"):
        resolver.update_firewall_domains(FirewallDomainListId=list_id, Operation="ADD", Domains=["b.com"])
    with pytest.raises(ClientError, match="ConflictException"):
        resolver.delete_firewall_domain_list(FirewallDomainListId=list_id)


def test_a_deleted_list_is_deleting_and_then_gone(emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    resolver = emulator.client("route53resolver")
    monkeypatch.setattr(store, "SETTLE_SECONDS", 0.0)
    first, second = make_list(resolver), make_list(resolver, name="other")
    resolver.delete_firewall_domain_list(FirewallDomainListId=first)
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        resolver.get_firewall_domain_list(FirewallDomainListId=first)
    monkeypatch.setattr(store, "SETTLE_SECONDS", 1_000.0)
    resolver.delete_firewall_domain_list(FirewallDomainListId=second)
    assert resolver.get_firewall_domain_list(FirewallDomainListId=second)["FirewallDomainList"]["Status"] == "DELETING"


def test_the_same_request_made_twice_makes_one_list(resolver: Any) -> None:
    assert make_list(resolver) == make_list(resolver)


def test_aws_managed_lists_can_be_named_but_neither_read_nor_changed(resolver: Any) -> None:
    lists = resolver.list_firewall_domain_lists()["FirewallDomainLists"]
    malware = next(entry for entry in lists if entry["Name"] == "AWSManagedDomainsMalwareDomainList")
    assert malware["ManagedOwnerName"] == "Route 53 Resolver DNS Firewall"
    for refused in (
        lambda: resolver.list_firewall_domains(FirewallDomainListId=malware["Id"]),
        lambda: resolver.delete_firewall_domain_list(FirewallDomainListId=malware["Id"]),
        lambda: resolver.update_firewall_domains(FirewallDomainListId=malware["Id"], Operation="ADD", Domains=["a.b"]),
    ):
        with pytest.raises(ClientError, match="AccessDeniedException"):
            refused()


def test_what_the_emulator_lacks_is_refused_by_name(resolver: Any) -> None:
    with pytest.raises(ClientError, match="the emulator has no ImportFirewallDomains"):
        resolver.import_firewall_domains(FirewallDomainListId="x", Operation="REPLACE", DomainFileUrl="s3://b/k")


def test_tags_are_kept_changed_and_forgotten_with_the_list(resolver: Any) -> None:
    made = resolver.create_firewall_domain_list(CreatorRequestId="1", Name="a", Tags=[{"Key": "k", "Value": "v"}])
    arn = made["FirewallDomainList"]["Arn"]
    resolver.tag_resource(ResourceArn=arn, Tags=[{"Key": "l", "Value": "w"}])
    resolver.untag_resource(ResourceArn=arn, TagKeys=["k"])
    assert resolver.list_tags_for_resource(ResourceArn=arn)["Tags"] == [{"Key": "l", "Value": "w"}]
    resolver.delete_firewall_domain_list(FirewallDomainListId=made["FirewallDomainList"]["Id"])
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        resolver.list_tags_for_resource(ResourceArn=arn)


def test_a_reset_of_moto_clears_the_lists(emulator: Emulator, resolver: Any) -> None:
    list_id = make_list(resolver)
    emulator.reset()
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        resolver.get_firewall_domain_list(FirewallDomainListId=list_id)


def test_regions_are_apart(emulator: Emulator, resolver: Any) -> None:
    make_list(resolver)
    elsewhere = emulator.client("route53resolver", "eu-west-1").list_firewall_domain_lists()["FirewallDomainLists"]
    assert all("ManagedOwnerName" in entry for entry in elsewhere)
