from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from northsouth.alerts.prometheus.promql import LabelNames, is_series, narrowed, parse, recorded_labels

NAMES = st.frozensets(st.sampled_from(["a", "b", "c", "d"]))
LABELS = st.builds(LabelNames, NAMES, st.booleans())


def possible(labels: LabelNames) -> set[str]:
    return {name for name in "abcd" if name in labels}


@pytest.mark.parametrize(
    ("expr", "can", "cannot"),
    [
        ("up", "job any", ""),
        ("sum by (cluster) (rate(x[5m])) > 0", "cluster", "job"),
        ("sum(x)", "", "job"),
        ("sum without (pod) (x)", "job", "pod __name__"),
        ("topk by (cluster) (3, x)", "pod cluster", ""),
        ("sum by (a, b) (x) / on (a) sum by (a, b) (y)", "a", "b"),
        ("sum by (a, b) (x) / ignoring (b) sum by (a) (y)", "a", "b"),
        ("sum by (a, b) (x) / on (a) group_left (c) y", "a b c", "d"),
        ("sum by (a) (x) * on (a) group_right (c) sum by (a, d) (y)", "a c d", "b"),
        ("sum by (a) (x) and on (b) y", "a", "b"),
        ("sum by (a) (x) unless on (b) y", "a", "b"),
        ("sum by (a) (x) or sum by (b) (y)", "a b", "c"),
        ("vector(1)", "", "job"),
        ("time() - sum by (a) (x)", "a", "b"),
        ('absent(up{job="api",pod=~".*"})', "job", "pod"),
        ("absent(sum(up))", "", "job"),
        ('absent_over_time(up{job="api"}[5m])', "job", "pod"),
        ('label_replace(sum by (a) (x), "b", "$1", "a", "(.*)")', "a b", "c"),
        ('label_join(sum(x), "b", "-", "a")', "b", "c"),
        ('count_values by (a) ("version", x)', "a version", "job"),
        ("histogram_quantile(0.9, sum by (le, a) (rate(x_bucket[5m])))", "a", "le"),
        ("max_over_time(sum by (a) (x)[1h:1m])", "a", "b"),
        ("abs(sum by (le, a) (x))", "le a", "b"),
        ('absent((up{job="api"}))', "job", "pod"),
        ('absent_over_time((up{job="api"})[5m:])', "", "job pod"),
        ("info(up)", "job any", ""),
        ("-sum by (a) (x)", "a", "b"),
        ("(sum by (a) (x))", "a", "b"),
    ],
)
def test_the_labels_a_result_can_have(expr: str, can: str, cannot: str) -> None:
    labels = parse(expr).labels
    assert [name for name in can.split() if name not in labels] == []
    assert [name for name in cannot.split() if name in labels] == []


@pytest.mark.parametrize(
    ("text", "yes"), [("up", True), ('up{job="api"}', True), ("up{", False), ("sum(up)", False), ("up[5m]", False)]
)
def test_a_series_is_told_from_other_texts(text: str, yes: bool) -> None:
    assert is_series(text) is yes


@pytest.mark.parametrize(
    ("expr", "evaluable"), [("up", True), ("1", True), ("up[5m]", False), ("(up[5m])", False), ('"up"', False)]
)
def test_a_rule_needs_a_vector_or_a_number(expr: str, evaluable: bool) -> None:
    assert parse(expr).evaluable is evaluable


@pytest.mark.parametrize("expr", ["", "rate(x[5m]", "rate(x)", "nosuch(x)", 'x{a=~"("}', "sum by x", "x > bool and y"])
def test_what_is_not_promql_is_told_why(expr: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        parse(expr)


@given(LABELS, LABELS, NAMES)
def test_the_algebra_of_labels_is_that_of_sets(one: LabelNames, other: LabelNames, names: frozenset[str]) -> None:
    assert possible(one.or_(other)) == possible(one) | possible(other)
    assert possible(one.keep(names)) == possible(one) & names
    assert possible(one.drop(names)) == possible(one) - names
    assert possible(one.add(names)) == possible(one) | names


@pytest.mark.parametrize(
    ("expr", "expected"),
    [
        ("up", 'up{a=~"$a"}'),
        ("up offset 5m", 'up{a=~"$a"} offset 5m'),
        ('rate(x{b="}"}[5m])', 'rate(x{a=~"$a",b="}"}[5m])'),
        ("sum by (a) (rate(x[5m] offset 1h))", 'sum by (a) (rate(x{a=~"$a"}[5m] offset 1h))'),
        ("sum by (b) (x)", "sum by (b) (x)"),
        ("x / on (a) group_left () level:y:sum", 'x{a=~"$a"} / on (a) group_left () level:y:sum'),
        ("absent(x)", "absent(x)"),
        ("vector(1)", "vector(1)"),
    ],
)
def test_a_choice_narrows_the_selectors_that_have_the_label(expr: str, expected: str) -> None:
    result = narrowed(expr, {"a": 'a=~"$a"'}, {"level:y:sum": LabelNames.only("b")})
    assert " ".join(result.expr.split()) == expected
    assert bool(result.metrics) is (expr != expected)


def test_recorded_metrics_have_the_labels_of_what_they_read() -> None:
    labels = recorded_labels(
        [
            ("a:x:sum", "sum by (a) (x)", ()),
            ("a:ratio", "a:x:sum / 2", ["zone"]),
            ("raw", "x", ()),
            ("info", "vector(1)", ["a"]),
            ("info", "vector(1)", ["b"]),
        ]
    )
    assert labels == {
        "a:x:sum": LabelNames.only("a"),
        "a:ratio": LabelNames.only("a", "zone"),
        "raw": LabelNames.any(),
        "info": LabelNames.only("a", "b"),
    }
