"""Reads every request before anybody answers it, and refuses what AWS would refuse.

In this order: the body can be read; the request fits botocore's model (``request_check``); the session's role may make
it (``session_rights``); it keeps the rules that AWS documents and the model does not know (``documented``).
"""

from __future__ import annotations

import uuid
import warnings
from collections.abc import Callable, Iterable
from typing import Any

from moto.core.exceptions import ServiceException
from moto.core.serialize import get_serializer_class

from northsouth.emulator import documented, permissions, request_check, session_rights
from northsouth.emulator.patching import RequestError
from northsouth.emulator.request import Request, UnreadableError, read

Application = Callable[[dict[str, Any], Any], Iterable[bytes]]


def in_front_of(application: Application) -> Application:
    """Return an application that refuses bad requests, and gives all others to ``application``."""

    def answer(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        try:
            request = read(environ)
        except UnreadableError as unreadable:
            return _refuse(unreadable.request, _malformed(unreadable.request), start_response)
        if request is not None:
            try:
                request_check.check(request.operation, dict(request.parameters))
                session_rights.authorize(request)
                documented.check(request)
            except ServiceException as refusal:
                return _refuse(request, refusal, start_response)
        with permissions.session(request.role if request else ""):
            return application(environ, start_response)

    return answer


def _malformed(request: Request) -> ServiceException:
    if request.protocol == "rest-xml":
        return RequestError("MalformedXML", "The XML you provided was not well-formed")
    return RequestError("SerializationException", "The body is not valid JSON")


def _refuse(request: Request, refusal: ServiceException, start_response: Any) -> Iterable[bytes]:
    """Answer with an error in the service's protocol."""
    serializer = get_serializer_class(request.service, request.protocol)(request.operation)
    with warnings.catch_warnings():
        # moto warns of codes that a model does not list; AWS documents more of them than the models have.
        warnings.simplefilter("ignore")
        answer: Any = serializer.serialize(refusal)
    body = answer["body"].encode() if isinstance(answer["body"], str) else answer["body"]
    headers = {**answer["headers"], "Content-Length": str(len(body)), "x-amzn-RequestId": str(uuid.uuid4())}
    status = 403 if refusal.code == "AccessDenied" else answer["status_code"]
    start_response(f"{status} Refused", [(name, str(value)) for name, value in headers.items()])
    return [body]
