"""Glue jobs that a state machine waits for, and objects of buckets that demand TLS."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from northsouth.emulator import glue_jobs
from northsouth.emulator.server import ACCOUNT, Emulator
from tests.harness.roles import mighty_role

REGION = "us-east-1"


def clients(service: str, role: str) -> Any:
    return service, role


def run(**arguments: str) -> str:
    return glue_jobs.run(ACCOUNT, REGION, "reader", arguments, clients)


def test_a_job_does_what_a_test_says_as_its_role(emulator: Emulator) -> None:
    role = mighty_role(emulator, "reader", "glue")
    glue = emulator.client("glue")
    glue.create_job(
        Name="reader", Role=role, Command={"Name": "glueetl"}, DefaultArguments={"--index": "a", "--start": "never"}
    )
    assert run() == "no test says what the script does"
    calls: list[Any] = []
    with glue_jobs.scripted("reader", lambda arguments, client: calls.append((dict(arguments), client("s3")))):
        assert run(**{"--start": "now"}) == ""
    assert calls == [({"--index": "a", "--start": "now"}, ("s3", role))]

    def wrong(*_: Any) -> None:
        raise KeyError("USERNAME")

    with glue_jobs.scripted("reader", wrong):
        assert run() == "KeyError: 'USERNAME'"


def test_a_role_that_does_not_trust_glue_runs_no_job(emulator: Emulator) -> None:
    role = mighty_role(emulator, "other", "states")
    emulator.client("glue").create_job(Name="reader", Role=role, Command={"Name": "glueetl"})
    with glue_jobs.scripted("reader", lambda *_: None):
        assert "not authorized to perform: sts:AssumeRole" in run()


def test_objects_of_a_bucket_that_demands_tls(emulator: Emulator) -> None:
    s3 = emulator.client("s3")
    s3.create_bucket(Bucket="tls")
    tls: dict[str, Any] = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": ["arn:aws:s3:::tls", "arn:aws:s3:::tls/*"],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    s3.put_bucket_policy(Bucket="tls", Policy=json.dumps({"Version": "2012-10-17", "Statement": [tls]}))
    s3.put_object(Bucket="tls", Key="a", Body=b"x")
    never = {**tls, "Resource": "arn:aws:s3:::tls/secret/*"}
    del never["Condition"]
    s3.put_bucket_policy(Bucket="tls", Policy=json.dumps({"Version": "2012-10-17", "Statement": [tls, never]}))
    s3.put_object(Bucket="tls", Key="b", Body=b"x")
    with pytest.raises(ClientError, match="403"):
        s3.put_object(Bucket="tls", Key="secret/b", Body=b"x")
