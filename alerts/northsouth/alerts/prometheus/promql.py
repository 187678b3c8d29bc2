"""Reads PromQL: whether it is valid, what it returns, which labels its result can have. Needs the extra ``prometheus``.

The parser is promql-parser, the Rust parser of GreptimeDB with Python bindings: it follows Prometheus' grammar and
types, has wheels for all common systems, and needs nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

try:
    import promql_parser as promql
except ModuleNotFoundError as missing:
    raise ModuleNotFoundError(
        "rules for Prometheus are checked by promql-parser: pip install 'northsouth[prometheus]'", name=missing.name
    ) from missing

_SAME_SERIES = {"topk", "bottomk", "limitk", "limit_ratio"}
"""Aggregations that choose among the series instead of merging them."""
_SET_OPERATORS = {"and", "unless", "or"}
_COMPARISONS = {">", "<", ">=", "<=", "==", "!="}
_NO_LABELS = {"vector", "scalar", "time", "pi", "step"}
_ADDED_BY_ARGUMENT = {"label_replace": 1, "label_join": 1, "histogram_quantiles": 1}
"""Functions that add the label that this argument names."""


@dataclass(frozen=True, slots=True)
class LabelNames:
    """Which labels a result can have: only ``names``, or if ``open``, any but ``names``."""

    names: frozenset[str]
    open: bool = False

    @classmethod
    def only(cls, *names: str) -> LabelNames:
        """Return exactly these."""
        return cls(frozenset(names))

    @classmethod
    def any(cls) -> LabelNames:
        """Return what a plain metric can have: anything."""
        return cls(frozenset(), open=True)

    def __contains__(self, name: str) -> bool:
        return (name in self.names) is not self.open

    def keep(self, names: frozenset[str]) -> LabelNames:
        """Return what is left when all but ``names`` are dropped."""
        return LabelNames(frozenset(name for name in names if name in self))

    def drop(self, names: frozenset[str]) -> LabelNames:
        """Return what is left without ``names``."""
        return LabelNames(self.names | names, open=True) if self.open else LabelNames(self.names - names)

    def add(self, names: frozenset[str]) -> LabelNames:
        """Return these and ``names``."""
        return LabelNames(self.names - names, open=True) if self.open else LabelNames(self.names | names)

    def or_(self, other: LabelNames) -> LabelNames:
        """Return what either can have."""
        if not other.open:
            return self.add(other.names)
        if not self.open:
            return other.add(self.names)
        return LabelNames(self.names & other.names, open=True)


@dataclass(frozen=True, slots=True)
class Parsed:
    """An expression that Prometheus would accept.

    Attributes:
        labels: the labels that its result can have.
        evaluable: whether a rule can use it: a range or a text is no result.

    """

    labels: LabelNames
    evaluable: bool


def parse(expr: str) -> Parsed:
    """Parse an expression.

    Raises:
        ValueError: if it is not valid; the message says why.

    """
    tree = promql.parse(expr)
    inner = _inner(tree)
    unusable = isinstance(inner, promql.MatrixSelector | promql.SubqueryExpr | promql.StringLiteral)
    return Parsed(labels=_labels(tree), evaluable=not unusable)


@dataclass(frozen=True, slots=True)
class Measured:
    """What an expression measures.

    Attributes:
        expr: what is compared, or the expression itself.
        comparison: how: ``>``; empty if nothing is compared with a number.
        value: the number.

    """

    expr: str
    comparison: str = ""
    value: float = 0.0


def measured(expr: str) -> Measured:
    """Return what a rule compares with a number; of conditions joined by ``and`` or ``unless``, the first.

    Raises:
        ValueError: if the expression is not valid.

    """
    expression = promql.parse(expr)
    tree = _inner(expression)
    while isinstance(tree, promql.BinaryExpr) and str(tree.op) in ("and", "unless"):
        tree = _inner(tree.lhs)
    if isinstance(tree, promql.BinaryExpr) and str(tree.op) in _COMPARISONS:
        right = _inner(tree.rhs)
        if isinstance(right, promql.NumberLiteral):
            return Measured(_inner(tree.lhs).prettify(), str(tree.op), right.val)
    return Measured(expression.prettify())


@dataclass(frozen=True, slots=True)
class Narrowed:
    """An expression whose selectors have more matchers.

    Attributes:
        expr: the expression.
        metrics: by label, the first metric that got a matcher on it.

    """

    expr: str
    metrics: Mapping[str, str]


def narrowed(expr: str, matchers: Mapping[str, str], recorded: Mapping[str, LabelNames]) -> Narrowed:
    """Add matchers to the selectors of an expression, each where its label exists.

    That is in the result of the expression, or the values of some series would be taken for the whole; and in the
    series of the selector.

    Args:
        expr: the expression.
        matchers: the text of a matcher, by its label.
        recorded: the labels of recorded metrics; others may have any label.

    Raises:
        ValueError: if the expression is not valid.

    """
    tree = promql.parse(expr)
    result_labels = _labels(tree)
    metrics: dict[str, str] = {}

    def narrow(node: promql.Expr) -> promql.Expr | None:
        if not isinstance(node, promql.VectorSelector) or node.name is None:
            return None
        labels = recorded.get(node.name, LabelNames.any())
        added = {label: text for label, text in matchers.items() if label in result_labels and label in labels}
        for label in added:
            metrics.setdefault(label, node.name)
        return promql.parse(_with_matchers(node.prettify(), added.values())) if added else None

    return Narrowed(promql.transform(tree, narrow).prettify(), metrics)


def recorded_labels(rules: Iterable[tuple[str, str, Iterable[str]]]) -> dict[str, LabelNames]:
    """Return the labels of recorded metrics, which may read each other.

    Args:
        rules: of each recording rule, in their order, the metric, its expression and the labels that it adds.

    Raises:
        ValueError: if an expression is not valid.

    """
    labels: dict[str, LabelNames] = {}

    def known(node: promql.Expr) -> promql.Expr | None:
        names = labels.get(node.name or "") if isinstance(node, promql.VectorSelector) else None
        return promql.parse(f"sum by ({', '.join(sorted(names.names))}) (x)") if names and not names.open else None

    for name, expr, added in rules:
        names_of_rule = _labels(promql.transform(promql.parse(expr), known)).add(frozenset(added))
        labels[name] = labels[name].or_(names_of_rule) if name in labels else names_of_rule
    return labels


def _with_matchers(selector: str, added: Iterable[str]) -> str:
    """Add matchers to a selector, as the parser writes it: ``up offset 5m`` or ``up{job="api"}[5m]``."""
    head, brace, rest = selector.rpartition("}")
    if brace:
        return f"{head},{','.join(added)}}}{rest}"
    name = re.match(r"[\w:]+", selector)
    end = name.end() if name else 0
    return f"{selector[:end]}{{{','.join(added)}}}{selector[end:]}"


def _inner(tree: promql.Expr) -> promql.Expr:
    while isinstance(tree, promql.ParenExpr):
        tree = tree.expr
    return tree


def is_series(text: str) -> bool:
    """Tell whether a text names one series, as in ``up{job="api"}``."""
    try:
        tree = promql.parse(text)
    except ValueError:
        return False
    return isinstance(tree, promql.VectorSelector)


def _labels(tree: promql.Expr) -> LabelNames:
    """Return which labels the result of an expression can have; more rather than fewer."""
    match tree:
        case promql.VectorSelector() | promql.MatrixSelector():
            return LabelNames.any()
        case promql.ParenExpr() | promql.UnaryExpr() | promql.SubqueryExpr():
            return _labels(tree.expr)
        case promql.AggregateExpr():
            return _of_aggregation(tree)
        case promql.Call():
            return _of_call(tree)
        case promql.BinaryExpr():
            return _of_operation(tree)
    return LabelNames.only()


def _of_aggregation(tree: promql.AggregateExpr) -> LabelNames:
    inner = _labels(tree.expr)
    operation = str(tree.op)
    if operation in _SAME_SERIES:
        return inner
    modifier = tree.modifier
    if modifier is None:
        result = LabelNames.only()
    elif modifier.type == promql.AggModifierType.By:
        result = inner.keep(frozenset(modifier.labels))
    else:
        result = inner.drop(frozenset({*modifier.labels, "__name__"}))
    return result.add(_text(tree.param)) if operation == "count_values" else result


def _of_call(tree: promql.Call) -> LabelNames:
    name = tree.func.name
    if name in _NO_LABELS:
        return LabelNames.only()
    if name in ("absent", "absent_over_time"):
        return _of_absence(tree.args[0])
    if name == "info" or not tree.args:
        return LabelNames.any()
    result = LabelNames.only()
    for argument in tree.args:
        result = result.or_(_labels(argument))
    if name in _ADDED_BY_ARGUMENT:
        return result.add(_text(tree.args[_ADDED_BY_ARGUMENT[name]]))
    return result.drop(frozenset({"le"})) if name == "histogram_quantile" else result


def _of_absence(argument: promql.Expr) -> LabelNames:
    """Return the labels of ``absent(x)``: those that x is selected with by equality, if it is a selector."""
    while isinstance(argument, promql.ParenExpr):
        argument = argument.expr
    selector = argument.vector_selector if isinstance(argument, promql.MatrixSelector) else argument
    if not isinstance(selector, promql.VectorSelector):
        return LabelNames.only()
    return LabelNames.only(
        *(matcher.name for matcher in selector.matchers.matchers if matcher.op == promql.MatchOp.Equal)
    )


def _of_operation(tree: promql.BinaryExpr) -> LabelNames:
    left, right = _labels(tree.lhs), _labels(tree.rhs)
    operator = str(tree.op)
    if operator in _SET_OPERATORS:
        return left.or_(right) if operator == "or" else left
    modifier = tree.modifier
    if modifier is None or modifier.matching is None:
        return left.or_(right)
    named = frozenset(modifier.matching.labels)
    copied = frozenset(modifier.group_labels or ())
    if modifier.card == promql.VectorMatchCardinality.ManyToOne:
        return left.add(copied)
    if modifier.card == promql.VectorMatchCardinality.OneToMany:
        return right.add(copied)
    all_labels = left.or_(right)
    return (
        all_labels.keep(named) if modifier.matching.type == promql.LabelModifierType.Include else all_labels.drop(named)
    )


def _text(argument: object) -> frozenset[str]:
    """Return the label that a literal names."""
    return frozenset({argument.val}) if isinstance(argument, promql.StringLiteral) else frozenset()
