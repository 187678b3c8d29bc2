"""Athena that runs its queries: moto keeps the executions, :mod:`northsouth.emulator.athena_sql` gives them results.

What real Athena does differently: a query takes seconds and can wait in a queue; here it has ended when
StartQueryExecution returns. Only the catalog ``AwsDataCatalog`` exists, and results are not written to the results
bucket. Also here: what moto lacks for the provider to delete a named query and to read the tags of what has none.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from moto.athena.models import AthenaBackend, athena_backends
from moto.athena.responses import AthenaResponse
from moto.glue.models import glue_backends

from northsouth.emulator import patching
from northsouth.emulator.athena_sql import LimitExceeded, Outcome, Query
from northsouth.emulator.athena_tables import QueryFailed
from northsouth.emulator.objects import ACCOUNT, put
from northsouth.emulator.patching import Parameters, RequestError


@dataclass
class Fault:
    """A failure to come: the next ``times`` statements that match fail or never end, and leave something behind."""

    statement: str
    times: int
    leaving: str | None = None
    never_ends: bool = False


@dataclass
class _Result:
    state: str
    reason: str
    outcome: Outcome


def fail_next(statement: str, *, times: int = 1, leaving: str | None = None, region: str = "us-east-1") -> None:
    """Let the next statements that match a regular expression fail.

    Args:
        statement: the regular expression.
        times: how many of them.
        leaving: the name of an object that each leaves in the folder it was to write.
        region: the Region.

    """
    _faults(athena_backends[ACCOUNT][region]).append(Fault(statement, times, leaving))


def hang_next(statement: str, *, times: int = 1, region: str = "us-east-1") -> None:
    """Let the next statements that match a regular expression run until they are stopped.

    A state that waits for one reaches its time-out at once: :mod:`northsouth.emulator.stepfunctions`.
    """
    _faults(athena_backends[ACCOUNT][region]).append(Fault(statement, times, never_ends=True))


def queries(region: str = "us-east-1") -> list[tuple[str, str]]:
    """Return statement and state of every query that ran, in order."""
    backend = athena_backends[ACCOUNT][region]
    results = _results(backend)
    return [(execution.query, results[name].state) for name, execution in backend.executions.items()]


def scanned(region: str = "us-east-1") -> list[int]:
    """Return the bytes each query scanned, in order."""
    return [result.outcome.scanned for result in _results(athena_backends[ACCOUNT][region]).values()]


def install() -> None:
    """Replace moto's operations."""
    patching.require(AthenaBackend, "start_query_execution", "_process_ddl", "get_work_group")
    patching.require(AthenaResponse, "athena_backend", "get_query_execution", "get_query_results")
    patching.add_operations(AthenaResponse, "athena_backend", OPERATIONS)


def _results(backend: AthenaBackend) -> dict[str, _Result]:
    # Kept in moto's back end, which a reset empties.
    results: dict[str, _Result] = vars(backend).setdefault("northsouth_results", {})
    return results


def _faults(backend: AthenaBackend) -> list[Fault]:
    faults: list[Fault] = vars(backend).setdefault("northsouth_faults", [])
    return faults


def _tokens(backend: AthenaBackend) -> dict[str, str]:
    tokens: dict[str, str] = vars(backend).setdefault("northsouth_tokens", {})
    return tokens


def _start(backend: AthenaBackend, request: Parameters) -> dict[str, Any]:
    name = request.get("WorkGroup", "primary")
    workgroup = backend.work_groups.get(name)
    if workgroup is None:
        raise RequestError("InvalidRequestException", f"WorkGroup {name} is not found.")
    token = request.get("ClientRequestToken")
    if token in _tokens(backend):
        known = _tokens(backend)[token]
        if backend.executions[known].query != request["QueryString"]:
            raise RequestError("InvalidRequestException", "Idempotent parameters do not match")
        return {"QueryExecutionId": known}
    context = request.get("QueryExecutionContext", {})
    configuration = dict(request.get("ResultConfiguration") or workgroup.configuration.get("ResultConfiguration", {}))
    identifier = backend.start_query_execution(request["QueryString"], context, configuration, name, None)
    if token:
        _tokens(backend)[token] = identifier
    backend.executions[identifier].status = "SUCCEEDED"
    _results(backend)[identifier] = _run(backend, request["QueryString"], context.get("Database"), workgroup)
    return {"QueryExecutionId": identifier}


def _run(backend: AthenaBackend, statement: str, database: str | None, workgroup: Any) -> _Result:
    for fault in _faults(backend):
        if fault.times and re.match(fault.statement, statement):
            fault.times -= 1
            _leave(statement, fault.leaving)
            if fault.never_ends:
                return _Result("RUNNING", "", Outcome())
            return _Result("FAILED", "GENERIC_INTERNAL_ERROR: injected by the test", Outcome())
    limit = workgroup.configuration.get("BytesScannedCutoffPerQuery")
    try:
        outcome = Query(glue_backends[ACCOUNT][backend.region_name], database, limit).run(statement)
    except QueryFailed as error:
        return _Result("FAILED", str(error), Outcome())
    except LimitExceeded as error:
        return _Result("CANCELLED", str(error), Outcome())
    return _Result("SUCCEEDED", "", outcome)


def _leave(statement: str, name: str | None) -> None:
    target = re.search(r"TO\s*'s3://([^/']+)/([^']+)'", statement)
    if name and target:
        put(target[1], target[2] + name, b"half a file")


def _execution(backend: AthenaBackend, request: Parameters) -> dict[str, Any]:
    identifier = request["QueryExecutionId"]
    if identifier not in backend.executions:
        raise RequestError("InvalidRequestException", f"QueryExecution {identifier} was not found")
    execution, result = backend.executions[identifier], _results(backend)[identifier]
    status = {
        "State": result.state,
        "SubmissionDateTime": execution.start_time,
        **({} if result.state == "RUNNING" else {"CompletionDateTime": execution.end_time}),
        **({"StateChangeReason": result.reason} if result.reason else {}),
    }
    return {
        "QueryExecution": {
            "QueryExecutionId": identifier,
            "Query": execution.query,
            "StatementType": "DML",
            "ResultConfiguration": execution.config or {},
            "QueryExecutionContext": execution.context or {},
            "Status": status,
            "Statistics": {"DataScannedInBytes": result.outcome.scanned},
            "WorkGroup": execution.workgroup.name if execution.workgroup else "primary",
        }
    }


def _query_results(backend: AthenaBackend, request: Parameters) -> dict[str, Any]:
    result = _results(backend)[request["QueryExecutionId"]]
    if result.state != "SUCCEEDED":
        raise RequestError(
            "InvalidRequestException", f"Query did not finish successfully. Final query state: {result.state}"
        )
    outcome = result.outcome
    # The first row is the header; NULL is a cell without a value.
    rows = [{"Data": [{"VarCharValue": name} for name in outcome.columns]}]
    rows += [{"Data": [{} if value is None else {"VarCharValue": str(value)} for value in row]} for row in outcome.rows]
    return {"ResultSet": {"Rows": rows if outcome.columns else [], "ResultSetMetadata": {"ColumnInfo": []}}}


def _stop(backend: AthenaBackend, request: Parameters) -> dict[str, Any]:
    result = _results(backend)[request["QueryExecutionId"]]
    if result.state == "RUNNING":
        result.state, result.reason = "CANCELLED", "Query cancelled by user"
    return {}


def _delete_named_query(backend: AthenaBackend, request: Parameters) -> dict[str, Any]:
    backend.named_queries.pop(request["NamedQueryId"], None)
    return {}


def _tags(backend: AthenaBackend, request: Parameters) -> dict[str, Any]:
    return {"Tags": [], **backend.tagger.list_tags_for_resource(request["ResourceARN"])}


OPERATIONS = {
    "StartQueryExecution": _start,
    "GetQueryExecution": _execution,
    "StopQueryExecution": _stop,
    "GetQueryResults": _query_results,
    "DeleteNamedQuery": _delete_named_query,
    "ListTagsForResource": _tags,
}
