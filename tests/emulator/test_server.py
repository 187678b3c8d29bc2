import socket
import subprocess
import sys
import urllib.request

import pytest
from botocore.exceptions import ClientError

from northsouth.emulator import patching
from northsouth.emulator.server import Emulator, client
from tests.harness.roles import trusted_by


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
    iam.create_role(RoleName="reader", AssumeRolePolicyDocument=trusted_by("lambda"))
    iam.attach_role_policy(RoleName="reader", PolicyArn=arn)
    assert iam.get_policy(PolicyArn=arn)["Policy"]["AttachmentCount"] == 1
    emulator.reset()
    assert iam.get_policy(PolicyArn=arn)["Policy"]["AttachmentCount"] == 0


def test_it_runs_as_a_process_that_ends_with_its_parent() -> None:
    command = [sys.executable, "-m", "northsouth.emulator", "--while-stdin-open"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin
        assert process.stdout
        endpoint = process.stdout.readline().strip()
        assert client(endpoint, "sts").get_caller_identity()["Account"] == "123456789012"
        process.stdin.close()
        assert process.wait(timeout=30) == 0
    with pytest.raises(OSError, match="refused"):
        urllib.request.urlopen(endpoint, timeout=5)


@pytest.mark.parametrize(("port", "expected"), [("99999", "'99999' is not a port"), ("-1", "not a port")])
def test_what_is_no_port_is_refused(port: str, expected: str) -> None:
    assert expected in refused(f"--port={port}")


def test_a_port_in_use_is_refused(emulator: Emulator) -> None:
    port = emulator.endpoint.rsplit(":", 1)[1]
    assert f"Port {port} is in use by another program" in refused("--port", port, code=1)


def test_it_says_how_to_get_what_is_not_installed() -> None:
    hidden = (
        "import sys, runpy; sys.modules['moto'] = None; runpy.run_module('northsouth.emulator', run_name='__main__')"
    )
    done = subprocess.run([sys.executable, "-c", hidden], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 2
    assert "moto is not installed: pip install 'northsouth[emulator]'" in done.stderr.replace("moto.core", "moto")


def refused(*arguments: str, code: int = 2) -> str:
    """Return what the command says when it does not start."""
    command = [sys.executable, "-m", "northsouth.emulator", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == code
    assert done.stdout == ""
    return done.stderr


def test_a_moto_without_the_extended_parts_is_refused() -> None:
    with pytest.raises(RuntimeError, match=r"moto 5\.2\.5"):
        patching.require(object(), "nothing_of_this_name")
