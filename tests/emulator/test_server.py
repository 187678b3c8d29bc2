import socket
import subprocess
import sys
import urllib.request

import pytest
from botocore.exceptions import ClientError

from tests.emulator import patching
from tests.emulator.server import Emulator, client


def test_it_listens_on_loopback_only(emulator: Emulator) -> None:
    assert emulator.endpoint.startswith("http://127.0.0.1:")
    port = int(emulator.endpoint.rsplit(":", 1)[1])
    others = {info[4][0] for info in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)} - {"127.0.0.1"}
    for address in others:
        with pytest.raises(OSError, match="refused"):
            socket.create_connection((str(address), port), timeout=5)


def test_a_reset_forgets_everything(emulator: Emulator) -> None:
    emulator.client("s3").create_bucket(Bucket="some-bucket")
    emulator.reset()
    assert emulator.client("s3").list_buckets()["Buckets"] == []


def test_what_moto_lacks_fails_at_once_and_says_so(emulator: Emulator) -> None:
    with pytest.raises(ClientError, match=r"NotImplementedHere.*ListOutpostResolvers"):
        emulator.client("route53resolver").list_outpost_resolvers()


def test_aws_managed_policies_can_be_attached(emulator: Emulator) -> None:
    iam = emulator.client("iam")
    arn = "arn:aws:iam::aws:policy/ReadOnlyAccess"
    iam.create_role(RoleName="reader", AssumeRolePolicyDocument="{}")
    iam.attach_role_policy(RoleName="reader", PolicyArn=arn)
    assert iam.get_policy(PolicyArn=arn)["Policy"]["AttachmentCount"] == 1
    emulator.reset()
    assert iam.get_policy(PolicyArn=arn)["Policy"]["AttachmentCount"] == 0


def test_it_runs_as_a_process_that_ends_with_its_parent() -> None:
    command = [sys.executable, "-m", "tests.emulator", "--while-stdin-open"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin
        assert process.stdout
        endpoint = process.stdout.readline().strip()
        assert client(endpoint, "sts").get_caller_identity()["Account"] == "123456789012"
        process.stdin.close()
        assert process.wait(timeout=30) == 0
    with pytest.raises(OSError, match="refused"):
        urllib.request.urlopen(endpoint, timeout=5)


def test_a_moto_without_the_extended_parts_is_refused() -> None:
    with pytest.raises(RuntimeError, match=r"moto 5\.2\.5"):
        patching.require(object(), "nothing_of_this_name")
