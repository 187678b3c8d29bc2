from typing import Any

import pytest
from botocore.exceptions import ClientError


def test_a_query_logging_configuration_is_tagged_associated_and_removed(resolver: Any, vpc_id: str) -> None:
    config = resolver.create_resolver_query_log_config(
        Name="log",
        CreatorRequestId="1",
        DestinationArn="arn:aws:logs:us-east-1:123456789012:log-group:dns",
        Tags=[{"Key": "a", "Value": "b"}],
    )["ResolverQueryLogConfig"]
    assert resolver.list_tags_for_resource(ResourceArn=config["Arn"])["Tags"] == [{"Key": "a", "Value": "b"}]
    names = {"ResolverQueryLogConfigId": config["Id"], "ResourceId": vpc_id}
    resolver.associate_resolver_query_log_config(**names)
    with pytest.raises(ClientError, match="disassociate it first"):
        resolver.delete_resolver_query_log_config(ResolverQueryLogConfigId=config["Id"])
    resolver.disassociate_resolver_query_log_config(**names)
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        resolver.disassociate_resolver_query_log_config(**names)
    resolver.delete_resolver_query_log_config(ResolverQueryLogConfigId=config["Id"])
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        resolver.get_resolver_query_log_config(ResolverQueryLogConfigId=config["Id"])
