"""Packs from tables of a TOML file: each parameter of each pack can be said, and what cannot be is told."""

from __future__ import annotations

import dataclasses
import tomllib
from typing import Any

import pytest

from northsouth.alerts.prometheus.pack import RulePack
from northsouth.alerts.prometheus.pack_tables import PACKS, read_packs
from northsouth.alerts.prometheus.packs import (
    Clients,
    ClusterSignal,
    KubernetesApiRules,
    Like,
    ModelRules,
    Pool,
    PoolRules,
    Replicas,
    SilentClusterRules,
)
from northsouth.metrics.units import Quantity, count, count_per_second, percent

RUNBOOK = "https://runbooks.example.com/"


def packs(text: str) -> tuple[list[RulePack], list[str]]:
    found, problems = read_packs(tomllib.loads(text), runbook=RUNBOOK)
    return found, [str(problem) for problem in problems]


def test_every_kind_of_parameter_can_be_said() -> None:
    found, problems = packs(
        """
        [kubernetes_api]
        errors_over = "5 %"
        floor = "10 count/s"
        born_over = 20
        match = { job = { pattern = "kube.*", example = "kube-apiserver" }, team = "edge" }
        clients = { metric = "audit_requests_total", labels = ["user_agent"], refused = { status = "429" } }
        [silent_clusters]
        clusters = ["a", "b"]
        runbook = "https://wiki.example.com/silent"
        published = true
        severity = "warning"
        replicas = { count = 3 }
        signal = { metric = "up" }
        [pools]
        pools = [{ name = "pg", used = "a", limit = 10 }, { name = "web", used = "a", limit = "b", by = ["pod"] }]
        [models]
        drift_over = 1
        """
    )
    assert problems == []
    page = RUNBOOK.rstrip("/")
    assert found == [
        KubernetesApiRules(
            runbook=f"{page}/kubernetes-api",
            errors_over=percent(5),
            floor=count_per_second(10),
            born_over=count(20),
            match={"job": Like("kube.*", example="kube-apiserver"), "team": "edge"},
            clients=Clients("audit_requests_total", ["user_agent"], {"status": "429"}),
        ),
        SilentClusterRules(
            runbook="https://wiki.example.com/silent",
            clusters=["a", "b"],
            published=True,
            severity="warning",
            replicas=Replicas(3),
            signal=ClusterSignal("up"),
        ),
        PoolRules(
            runbook=f"{page}/pools",
            pools=[Pool(name="pg", used="a", limit=10), Pool(name="web", used="a", limit="b", by=["pod"])],
        ),
        ModelRules(runbook=f"{page}/models", drift_over=1),
    ]


@pytest.mark.parametrize("key", PACKS)
def test_every_default_can_be_written(key: str) -> None:
    """What a pack's default reads as is also what the file can say."""
    needed: dict[str, Any] = {
        "silent_clusters": {"clusters": ["a"]},
        "pipeline": {"hops": [{"name": "a", "counter": "b"}, {"name": "c", "counter": "d"}]},
        "pools": {"pools": [{"name": "a", "used": "b", "limit": 5}]},
    }
    said = dict(needed.get(key, {}))
    for field in dataclasses.fields(PACKS[key]):
        default = field.default
        if isinstance(default, Quantity):
            said[field.name] = default.value if default.unit == count(1).unit else str(default)
        elif isinstance(default, str | bool | int | float):
            said[field.name] = default
    plain, _ = read_packs({key: needed.get(key, {})}, runbook=RUNBOOK)
    found, problems = read_packs({key: said}, runbook=RUNBOOK)
    assert ([str(problem) for problem in problems], found) == ([], plain)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "kubernets_api = {}",
            "kubernets_api: got the pack 'kubernets_api'; there is no such pack. Did you mean 'kubernetes_api'",
        ),
        (
            "other = {}",
            "other: got the pack 'other'; there is no such pack. Known keys: elasticsearch, filebeat, hosts",
        ),
        ("hosts = 5", "hosts: got a number; it is a table"),
        ("hosts = { cpu = 5 }", "hosts.cpu: got the key 'cpu'; there is no such key"),
        ("hosts = { cpu_over = 5 }", 'hosts.cpu_over: got 5; it is text with a unit. Write it as in "90%".'),
        ('hosts = { cpu_over = "5 gnus" }', "hosts.cpu_over: got"),
        ("hosts = { cpu_for = 5 }", "hosts.cpu_for: got 5; it is text"),
        ("hosts = { match = { job = 5 } }", "hosts.match.job: got a number; it is a table"),
        (
            'hosts = { match = { job = { pattern = "x" } } }',
            "hosts.match.job.example: got nothing; this key is required",
        ),
        ('pipeline = { hops = [{ name = "a" }] }', "pipeline.hops[0].counter: got nothing; this key is required"),
        ("pools = {}", "pools.pools: got nothing; this key is required. Add it."),
        ('pools = { pools = [{ name = "a", used = "b" }] }', "pools.pools[0].limit: got nothing"),
        ('silent_clusters = { clusters = "a" }', "silent_clusters.clusters: got 'a'; it is a list"),
        ("silent_clusters = { clusters = [5] }", "silent_clusters.clusters[0]: got 5; it is text"),
        ('silent_clusters = { clusters = ["a"], published = 1 }', "published: got 1; it is a boolean: true or false"),
        (
            'silent_clusters = { clusters = ["a"], severity = "page" }',
            "silent_clusters.severity: got 'page'; it is one",
        ),
        ("models = { drift_over = true }", "models.drift_over: got true; it is a number"),
        ('kubernetes_api = { born_over = "x" }', "kubernetes_api.born_over: got"),
    ],
)
def test_what_cannot_be_read_is_told(text: str, expected: str) -> None:
    found, problems = packs(text)
    assert found == []
    [problem] = problems
    assert expected in problem


def test_all_that_is_wrong_is_told_at_once() -> None:
    found, problems = packs("hosts = { cpu = 5, cpu_over = 5 }\nother = {}\ntargets = {}")
    assert (len(found), len(problems)) == (1, 3)
