"""Names in place of those a construct gives."""

from __future__ import annotations

from northsouth.naming import Naming


def test_names_are_given_by_type_and_default() -> None:
    naming = Naming({"aws_eip": {"nat-a": "prod-a", "nat-b": ""}})
    assert naming.name("aws_eip", "nat-a") == "prod-a"
    assert naming.name("aws_nat_gateway", "nat-a") == "nat-a"
    assert naming.tags("aws_eip", "nat-b", {"team": "edge"}) == {"team": "edge"}
    assert naming.tags("aws_eip", "nat-a", {"team": "edge"}) == {"Name": "prod-a", "team": "edge"}
    assert (naming.renames("aws_eip"), naming.renames("aws_nat_gateway")) == (True, False)
    assert list(naming.unknown()) == []


def test_names_of_nothing_are_told() -> None:
    naming = Naming({"aws_eip": {"nat-z": "prod-z"}, "aws_vpc": {"a": "b"}})
    naming.name("aws_eip", "nat-a")
    close, kind = map(str, naming.unknown())
    assert close == """names["aws_eip"]: got 'nat-z'; a name that would be given: 'nat-a'. Write 'nat-a'."""
    assert kind.startswith("names: got 'aws_vpc'; a resource type that is named here: aws_eip.")
