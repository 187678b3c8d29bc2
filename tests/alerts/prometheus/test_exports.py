from __future__ import annotations

import re
from dataclasses import replace

import pytest
import yaml

from northsouth.alerts.prometheus.exports import Format, render
from northsouth.alerts.prometheus.rendering import rule_file
from northsouth.errors import ConfigurationError
from tests.alerts.prometheus.rules import GROUP

GROUPS = yaml.safe_load(rule_file([GROUP]))["groups"]


def test_a_file_is_what_prometheus_reads() -> None:
    assert render(Format.FILE, "targets", [GROUP]) == rule_file([GROUP])


def test_a_manifest_is_what_the_operator_reads() -> None:
    text = render(
        Format.PROMETHEUS_OPERATOR,
        "targets",
        [GROUP],
        kubernetes_namespace="monitoring",
        labels={"role": "alert-rules", "release": "kube-prometheus-stack"},
    )
    assert yaml.safe_load(text) == {
        "apiVersion": "monitoring.coreos.com/v1",
        "kind": "PrometheusRule",
        "metadata": {
            "name": "targets",
            "namespace": "monitoring",
            "labels": {"release": "kube-prometheus-stack", "role": "alert-rules"},
        },
        "spec": {"groups": GROUPS},
    }
    assert yaml.safe_load(render(Format.PROMETHEUS_OPERATOR, "a", [GROUP]))["metadata"] == {"name": "a"}


def test_a_namespace_is_what_mimirtool_reads() -> None:
    assert yaml.safe_load(render(Format.MIMIR, "edge/targets", [GROUP])) == {
        "namespace": "edge/targets",
        "groups": GROUPS,
    }


@pytest.mark.parametrize("name", ["Targets", "a_b", "-a", "a" * 254, ""])
def test_names_that_kubernetes_refuses_are_told(name: str) -> None:
    with pytest.raises(ConfigurationError, match="Kubernetes wants small letters"):
        render(Format.PROMETHEUS_OPERATOR, name, [GROUP])


@pytest.mark.parametrize("namespace", ["A_B", "-a", "a.b", "a" * 64, ""])
def test_namespaces_that_kubernetes_refuses_are_refused(namespace: str) -> None:
    with pytest.raises(ConfigurationError, match=r"kubernetes_namespace: got .* Kubernetes wants small letters"):
        render(Format.PROMETHEUS_OPERATOR, "a", [GROUP], kubernetes_namespace=namespace)


@pytest.mark.parametrize(
    ("labels", "where"),
    [
        ({"": "a"}, "labels: got ''"),
        ({"a b": "c"}, "labels: got 'a b'"),
        ({"/a": "b"}, "labels: got '/a'"),
        ({"A.example/a": "b"}, "labels: got 'A.example/a'"),
        ({"a" * 64: "b"}, "labels: got 'aaa"),
        ({"a": "b c"}, "labels.a: got 'b c'"),
        ({"a": "b" * 64}, "labels.a: got 'bbb"),
    ],
)
def test_labels_that_kubernetes_refuses_are_refused(labels: dict[str, str], where: str) -> None:
    with pytest.raises(ConfigurationError, match=re.escape(where)):
        render(Format.PROMETHEUS_OPERATOR, "a", [GROUP], labels=labels)


def test_labels_that_kubernetes_takes_are_written() -> None:
    labels = {"release": "kube-prometheus-stack", "app.kubernetes.io/part-of": "Edge_1.2", "empty": ""}
    manifest = yaml.safe_load(render(Format.PROMETHEUS_OPERATOR, "a", [GROUP], labels=labels))
    assert manifest["metadata"]["labels"] == labels


def test_wrong_rules_are_not_written() -> None:
    with pytest.raises(ConfigurationError, match="it is longer than nothing"):
        render(Format.FILE, "targets", [replace(GROUP, interval="0s")])


def test_values_of_terraform_are_refused_but_its_signs_are_not() -> None:
    computed = replace(GROUP, labels={"cluster": "${TfToken[TOKEN.1]}"})
    with pytest.raises(ConfigurationError, match="a file is read without Terraform"):
        render(Format.FILE, "targets", [computed])
    assert "${1}" in render(Format.FILE, "targets", [replace(GROUP, labels={"x": "${1}"})])
