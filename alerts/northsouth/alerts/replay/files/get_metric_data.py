"""Answers of ``aws cloudwatch get-metric-data``: pages of one or more files, merged by Id (API_GetMetricData).

An answer says neither the metric nor the period; the request says both. Give the request as one of the files, or map
each Id. The stamps are newest first unless ``ScanBy`` says otherwise.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from northsouth.alerts.replay.files import stamps
from northsouth.alerts.replay.files.documents import Json, of_form
from northsouth.alerts.replay.files.source import UNKNOWN, Listed, Points
from northsouth.alerts.replay.series import MetricKey, Numbers, Times
from northsouth.errors import ConfigurationError, Problem, refuse

COMPLETE = "Complete"
PARTIAL = "PartialData"


@dataclass(frozen=True, slots=True)
class Asked:
    """What a request asks for under one Id.

    Attributes:
        metric: the metric; ``None`` for an expression.
        statistic: the statistic.
        period: seconds of one data point.
        unit: the unit asked for, if any.

    """

    metric: MetricKey | None
    statistic: str | None = None
    period: int | None = None
    unit: str | None = None


def is_answer(document: Json) -> bool:
    """Whether a JSON document is an answer."""
    return isinstance(document, Mapping) and "MetricDataResults" in document


def is_request(document: Json) -> bool:
    """Whether a JSON document is a request, or its list of queries."""
    queries = document.get("MetricDataQueries") if isinstance(document, Mapping) else document
    return isinstance(queries, list) and bool(queries) and all(_is_query(query) for query in queries)


def _is_query(value: Json) -> bool:
    return isinstance(value, Mapping) and "Id" in value and bool({"MetricStat", "Expression"} & value.keys())


def asked(requests: Mapping[str, Json]) -> dict[str, Asked]:
    """Return what requests ask for, by Id.

    Args:
        requests: documents by the name of their file.

    Raises:
        ConfigurationError: if two requests ask for different metrics under one Id, or a query cannot be read.

    """
    by_id: dict[str, Asked] = {}
    for name, document in requests.items():
        queries = document["MetricDataQueries"] if isinstance(document, Mapping) else document
        for query in queries:
            wanted = _request_of(name, query)
            before = by_id.setdefault(str(query["Id"]), wanted)
            if before != wanted:
                rule = "an Id stands for one metric in all requests that are read together"
                problem = Problem(str(query["Id"]), f"{before.metric} and {wanted.metric}", rule, "Rename one of them.")
                raise ConfigurationError(name, [problem])
    return by_id


def _request_of(name: str, query: Mapping[str, Json]) -> Asked:
    if "MetricStat" not in query:
        return Asked(None)
    try:
        stat = query["MetricStat"]
        metric = stat["Metric"]
        dimensions = tuple((dimension["Name"], dimension["Value"]) for dimension in metric.get("Dimensions") or ())
        texts = (metric["Namespace"], metric["MetricName"], query.get("AccountId") or "", stat.get("Unit") or "")
        if not all(isinstance(text, str) for text in texts):
            raise TypeError(f"{texts} are not all texts")
        key = MetricKey(texts[0], texts[1], dimensions, texts[2])
        return Asked(key, str(stat["Stat"]), int(stat["Period"]), stat.get("Unit"))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        rule = "a query has MetricStat with Metric, Period and Stat (API_MetricDataQuery)"
        raise ConfigurationError(name, [Problem(str(query["Id"]), repr(error), rule, "Correct the query.")]) from error


@dataclass
class _Series:
    file: str
    label: str
    pages: list[Mapping[str, Json]] = field(default_factory=list)


class Answers:
    """All answers that are read together."""

    def __init__(self, answers: Mapping[str, Json], requests: Mapping[str, Json], zone: str | None) -> None:
        """Gather pages.

        Args:
            answers: documents by the name of their file.
            requests: requests by the name of their file.
            zone: the zone of stamps that have none.

        Raises:
            ConfigurationError: if a result is incomplete or an Id stands for two things.

        """
        self.names = tuple(answers)
        self._zone = zone
        self._asked = asked(requests)
        self._series: dict[str, _Series] = {}
        for name, document in answers.items():
            for position, result in enumerate(_results(name, document)):
                self._gather(name, f"MetricDataResults[{position}]", result)
        refuse(", ".join(self.names), _page_problems(answers), self._status_problems())

    @property
    def said(self) -> str:
        """The format, and where the metrics' names come from."""
        source = "metrics and periods from the request" if self._asked else "without a request: Ids are mapped"
        return f"get-metric-data; {source}"

    def series(self, wanted: Collection[MetricKey] | None) -> list[Listed]:  # noqa: ARG002 - all are in memory
        """Return the results by Id; what a request calls an expression is none."""
        listed = []
        for name, series in self._series.items():
            request = self._asked.get(name, Asked(None))
            aliases = (series.label,) if series.label else ()
            listed.append(
                Listed(name, series.file, aliases, request.metric, request.statistic, request.unit, request.period)
            )
        return listed

    def points(self, chosen: Sequence[Listed]) -> list[Points]:
        """Return the points of some results."""
        with of_form(", ".join(self.names), "get-metric-data"):
            return [self._points(listed) for listed in chosen]

    def _gather(self, file: str, where: str, result: object) -> None:
        if not isinstance(result, Mapping) or "Id" not in result:
            problem = Problem(where, repr(result)[:80], "a result has an Id", "Fetch the answer again.")
            raise ConfigurationError(file, [problem])
        name, label = str(result["Id"]), str(result.get("Label") or "")
        series = self._series.setdefault(name, _Series(file, label))
        if series.label != label:
            given = f"{series.label!r} in {series.file} and {label!r} in {file}"
            rule = "results of one Id are pages of one metric"
            raise ConfigurationError(file, [Problem(name, given, rule, "Read the two on their own.")])
        series.pages.append(result)

    def _points(self, listed: Listed) -> Points:
        statistic = listed.statistic or UNKNOWN
        times, numbers = [], []
        for page in self._series[listed.label].pages:
            stamped, values = page.get("Timestamps") or [], page.get("Values") or []
            if not isinstance(stamped, list) or not isinstance(values, list) or len(stamped) != len(values):
                rule = "as many Timestamps as Values, both lists"
                problem = Problem(listed.label, "another answer", rule, "Fetch it again.")
                raise ConfigurationError(listed.file, [problem])
            times.append(_times(listed, stamped, self._zone))
            numbers.append(_numbers(listed, values))
        empty = np.empty(0, dtype=np.int64)
        return Points(np.concatenate([empty, *times]), {statistic: np.concatenate([empty.astype(float), *numbers])})

    def _status_problems(self) -> Iterator[Problem]:
        for name, series in self._series.items():
            states = [str(page.get("StatusCode") or COMPLETE) for page in series.pages]
            failed = [state for state in states if state not in (COMPLETE, PARTIAL)]
            if failed:
                yield Problem(name, failed[0], "results are Complete", "Ask again, with the rights to read the metric.")
            elif COMPLETE not in states:
                rule = "a result that is PartialData goes on in the page of NextToken"
                yield Problem(name, PARTIAL, rule, "Fetch that page, too, and name both files.")


def _times(listed: Listed, stamped: list[object], zone: str | None) -> Times:
    try:
        return stamps.microseconds(stamped, zone)
    except stamps.StampError as error:
        problem = Problem(f"{listed.label}.Timestamps", str(error), "times as AWS writes them", "Correct the stamp.")
        raise ConfigurationError(listed.file, [problem]) from error


def _numbers(listed: Listed, values: list[object]) -> Numbers:
    wrong = next((value for value in values if isinstance(value, bool) or not isinstance(value, int | float)), None)
    if wrong is not None:
        problem = Problem(f"{listed.label}.Values", repr(wrong), "values are numbers", "Fetch the answer again.")
        raise ConfigurationError(listed.file, [problem])
    return np.array(values, dtype=np.float64)


def _results(name: str, document: Mapping[str, Json]) -> list[Json]:
    results = document["MetricDataResults"]
    if not isinstance(results, list):
        rule = "MetricDataResults is a list"
        raise ConfigurationError(name, [Problem("MetricDataResults", repr(results)[:80], rule, "Fetch it again.")])
    return results


def _page_problems(answers: Mapping[str, Json]) -> Iterator[Problem]:
    """Every page but the last has a NextToken."""
    tokens = [name for name, document in answers.items() if document.get("NextToken")]
    if tokens and len(tokens) == len(answers):
        rule = "pages end with one that has no NextToken"
        yield Problem("NextToken", f"one in {', '.join(tokens)}", rule, "Fetch the page of NextToken and name it, too.")
