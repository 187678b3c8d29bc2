"""Makes chosen calls of the emulator fail: refused, throttled, failing, lost on the way, late.

A rule looks at each call and says what goes wrong with it, if anything::

    with emulator.faults.rule(at({("ec2", "CreateVpc", 1): Fault.LOSE_ANSWER})) as calls:
        ...  # the VPC is made, but whoever asked for it never hears of it

What real AWS does differently: a service throttles or fails a share of the calls for a while, not a chosen one. And a
call with a client token (many of EC2) may be repeated after a lost answer without a second effect; moto makes a second
thing.
"""

from __future__ import annotations

import io
import json
import re
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum
from functools import cache
from typing import Any
from urllib.parse import parse_qs

from moto.core.utils import get_service_model

SLOW_SECONDS = 1.0
"""How late a slow answer is; AWS's SDKs wait longer than that."""

_READS = ("Describe", "Get", "List", "Head", "BatchGet", "Select", "Search", "Validate")
_UNLIKELY = frozenset({"CopyObject", "ListDirectoryBuckets", "UploadPart", "UploadPartCopy"})
"""Operations of S3 that only a header or another host tells from one that is meant here."""

_SIGNED_AS = {"aps": "amp"}
"""Services that botocore knows by another name than the one they are signed with, of those with paths."""

_SCOPE = re.compile(r"Credential=[^/]+/\d+/[^/]+/([^/]+)/aws4_request")
_CBOR = re.compile(r"/service/[^/]+/operation/(\w+)")

Application = Callable[[dict[str, Any], Any], Iterable[bytes]]


class Fault(Enum):
    """What goes wrong with a call."""

    REFUSE = "refused: the credentials may not do it; SDKs do not try again"
    THROTTLE = "throttled: too many calls; SDKs try again"
    FAIL = "an internal error of the service; SDKs try again"
    LOSE_REQUEST = "the connection ends before the call takes effect"
    LOSE_ANSWER = "the call takes effect, then the connection ends"
    SLOW = "the answer comes late"


@dataclass(frozen=True)
class Call:
    """One call.

    Attributes:
        service: the service's name in the request's signature: ``ec2``, ``monitoring``, ``states``.
        operation: the operation: ``CreateVpc``.
        nth: the how manieth of this operation since the rule began, from 1.

    """

    service: str
    operation: str
    nth: int

    @property
    def mutates(self) -> bool:
        """Whether it may change something."""
        return not self.operation.startswith(_READS)


@dataclass(frozen=True)
class Answer:
    """The outcome of a call: the injected fault, and the status of the answer (0 if there was none)."""

    call: Call
    fault: Fault | None
    status: int

    @property
    def took_effect(self) -> bool:
        """Whether it changed something, as far as its status says."""
        return self.call.mutates and 200 <= self.status < 300


Rule = Callable[[Call], Fault | None]


def nothing(_: Call) -> None:
    """Let every call pass, without looking at it."""


def watch(_: Call) -> None:
    """Let every call pass, and note it."""


def at(faults: Mapping[tuple[str, str, int], Fault]) -> Rule:
    """Return a rule that spoils chosen calls, by service, operation and how manieth of it."""
    return lambda call: faults.get((call.service, call.operation, call.nth))


def first_of_each(fault: Fault) -> Rule:
    """Return a rule that spoils the first call of every operation that changes something."""
    return lambda call: fault if call.mutates and call.nth == 1 else None


class Faults:
    """Stands between the server and moto."""

    def __init__(self, application: Application) -> None:
        self._application = application
        self._rule: Rule = nothing
        self._counts: Counter[tuple[str, str]] = Counter()
        self._answers: list[Answer] = []
        self._lock = threading.Lock()

    @contextmanager
    def rule(self, rule: Rule) -> Iterator[list[Answer]]:
        """Let a rule hold for a while; what became of each call since then is in the list."""
        with self._lock:
            self._rule, self._answers = rule, []
            self._counts.clear()
        try:
            yield self._answers
        finally:
            with self._lock:
                self._rule = nothing

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Answer one request, or fail to."""
        identity = identify(environ) if self._rule is not nothing else None
        if identity is None:
            return self._application(environ, start_response)
        with self._lock:
            self._counts[identity] += 1
            call = Call(*identity, nth=self._counts[identity])
            fault, answers = self._rule(call), self._answers
        if fault in _REFUSALS:
            status, headers, refusal = refused(environ, call, fault)
            answers.append(Answer(call, fault, status))
            start_response(f"{status} Fault", [*headers, ("Content-Length", str(len(refusal)))])
            return [refusal]
        if fault is Fault.LOSE_REQUEST:
            answers.append(Answer(call, fault, 0))
            _hang_up(environ)
        body, response_start = self._answered(environ)
        answers.append(Answer(call, fault, int(response_start[0].split()[0])))
        if fault is Fault.LOSE_ANSWER:
            _hang_up(environ)
        if fault is Fault.SLOW:
            time.sleep(SLOW_SECONDS)
        start_response(*response_start)
        return [body]

    def _answered(self, environ: dict[str, Any]) -> tuple[bytes, tuple[Any, ...]]:
        response_starts: list[tuple[Any, ...]] = []
        chunks = self._application(environ, lambda *arguments: response_starts.append(arguments))
        body = b"".join(chunks)
        return body, response_starts[0]


def _hang_up(environ: dict[str, Any]) -> None:
    """End the connection as a network does: without an answer.

    Raises:
        ConnectionAbortedError: always; the server takes it for a client that went away.

    """
    environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
    raise ConnectionAbortedError


def identify(environ: dict[str, Any]) -> tuple[str, str] | None:
    """Return the service and the operation of a request; None if it is not a request to AWS."""
    scope = _SCOPE.search(environ.get("HTTP_AUTHORIZATION", ""))
    if scope is None:
        return None
    service, target, path = scope[1], environ.get("HTTP_X_AMZ_TARGET", ""), environ.get("PATH_INFO", "")
    cbor = _CBOR.fullmatch(path)
    if target or cbor:
        return service, cbor[1] if cbor else target.rpartition(".")[2]
    if "x-www-form-urlencoded" in environ.get("CONTENT_TYPE", ""):
        action = parse_qs(_body(environ).decode("utf-8", "replace")).get("Action")
        return (service, action[0]) if action else None
    operation = _by_path(service, environ["REQUEST_METHOD"], path, environ.get("QUERY_STRING", ""))
    return (service, operation) if operation else None


def _body(environ: dict[str, Any]) -> bytes:
    """Read the body, and leave it to be read again."""
    body: bytes = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    environ["wsgi.input"] = io.BytesIO(body)
    return body


def _by_path(service: str, method: str, path: str, query: str) -> str | None:
    """Return the operation of a REST service: of those that fit, the one that names most of the query."""
    query_names = parse_qs(query, keep_blank_values=True).keys()
    fitting = [
        (len(required), operation)
        for verb, pattern, required, operation in _routes(service)
        if verb == method and required <= query_names and pattern.fullmatch(path) and operation not in _UNLIKELY
    ]
    return max(fitting, key=lambda candidate: candidate[0], default=(0, None))[1]


@cache
def _routes(service: str) -> tuple[tuple[str, re.Pattern[str], frozenset[str], str], ...]:
    model = get_service_model(_SIGNED_AS.get(service, service))
    routes = []
    for name in model.operation_names:
        operation = model.operation_model(name)
        uri, _, query = operation.http["requestUri"].partition("?")
        parts = [
            part if not part.startswith("{") else "(.+)" if part.endswith("+}") else "([^/]+)"
            for part in re.split(r"(\{[^}]*\})", uri.rstrip("/") or "/")
        ]
        required = frozenset(parse_qs(query, keep_blank_values=True))
        if not operation.deprecated:
            routes.append((operation.http["method"], re.compile("".join(parts) + "/?"), required, name))
    return tuple(routes)


@dataclass(frozen=True)
class _Refusal:
    status: int
    code: str
    message: str


_REFUSALS: dict[Fault | None, _Refusal] = {
    Fault.REFUSE: _Refusal(403, "AccessDeniedException", "a fault: not allowed to do this"),
    Fault.THROTTLE: _Refusal(400, "ThrottlingException", "a fault: Rate exceeded"),
    Fault.FAIL: _Refusal(500, "InternalServerException", "a fault: an internal error"),
}
_SPECIAL: dict[tuple[str, Fault | None], _Refusal] = {
    ("ec2", Fault.REFUSE): _Refusal(403, "UnauthorizedOperation", "a fault: not allowed to do this"),
    ("ec2", Fault.THROTTLE): _Refusal(503, "RequestLimitExceeded", "a fault: Request limit exceeded."),
    ("ec2", Fault.FAIL): _Refusal(500, "InternalError", "a fault: an internal error"),
    ("s3", Fault.REFUSE): _Refusal(403, "AccessDenied", "a fault: Access Denied"),
    ("s3", Fault.THROTTLE): _Refusal(503, "SlowDown", "a fault: Please reduce your request rate."),
    ("s3", Fault.FAIL): _Refusal(500, "InternalError", "a fault: We encountered an internal error."),
    ("query", Fault.REFUSE): _Refusal(403, "AccessDenied", "a fault: not allowed to do this"),
    ("query", Fault.THROTTLE): _Refusal(400, "Throttling", "a fault: Rate exceeded"),
    ("query", Fault.FAIL): _Refusal(500, "InternalFailure", "a fault: an internal error"),
}
"""Codes that are not those of the JSON services, by service or protocol."""


def refused(environ: dict[str, Any], call: Call, fault: Fault | None) -> tuple[int, list[tuple[str, str]], bytes]:
    """Return the status, headers and body with which a service says this, in its protocol."""
    form = "x-www-form-urlencoded" in environ.get("CONTENT_TYPE", "")
    known = _SPECIAL.get((call.service, fault)) or (_SPECIAL.get(("query", fault)) if form else None)
    refusal = known or _REFUSALS[fault]
    error = f"<Code>{refusal.code}</Code><Message>{refusal.message}</Message>"
    if call.service == "ec2":
        text = f"<Response><Errors><Error>{error}</Error></Errors><RequestID>fault</RequestID></Response>"
    elif call.service == "s3":
        text = f"<Error>{error}</Error>"
    elif form:
        sender = "Receiver" if refusal.status >= 500 else "Sender"
        text = f"<ErrorResponse><Error><Type>{sender}</Type>{error}</Error><RequestId>fault</RequestId></ErrorResponse>"
    else:
        body = json.dumps({"__type": refusal.code, "message": refusal.message}).encode()
        kind = environ.get("CONTENT_TYPE") or "application/json"
        return refusal.status, [("Content-Type", kind), ("X-Amzn-ErrorType", refusal.code)], body
    return refusal.status, [("Content-Type", "text/xml")], text.encode()
