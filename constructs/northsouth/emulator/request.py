"""A request as AWS reads it: which operation of which service it calls, as whom, and with which parameters.

All protocols of AWS are read (query, EC2's, JSON, REST with JSON or XML), by botocore's model of the service. What the
model does not know stays among the parameters under the name it came with, so that the check finds it.
"""

from __future__ import annotations

import gzip
import io
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, cast
from urllib.parse import parse_qsl

from botocore.exceptions import UnknownServiceError
from moto.core.model import OperationModel, Shape, StructureShape
from moto.core.parse import RequestParserError, RestXMLParser
from moto.core.request import Request as WebRequest
from moto.core.request import determine_request_protocol
from moto.core.routing import get_service_router
from moto.core.utils import get_service_model
from werkzeug.exceptions import NotFound

_SCOPE = re.compile(r"Credential=[^/]+/\d+/([^/]+)/([^/]+)/aws4_request")
_SIGNED_AS = {"aps": "amp", "elasticloadbalancing": "elbv2", "monitoring": "cloudwatch", "states": "stepfunctions"}
"""Services that are signed with another name than botocore's, of those that this library declares."""

_NOT_PARAMETERS = ("Action", "Version")
_NUMBERS: dict[str, Callable[[str], Any]] = {"integer": int, "long": int, "float": float, "double": float}
_TRUTH = {"true": True, "false": False}

Tree = dict[str, Any]
"""The parameters of a form by the parts of their names; what stands at a name itself is under the empty name."""


@dataclass(frozen=True)
class Request:
    """One request.

    Attributes:
        service: the service, by botocore's name.
        region: the Region it was signed for.
        operation: botocore's model of the operation.
        protocol: in which form the service answers.
        parameters: its parameters, by the names in the model.
        role: the ARN of the role whose session makes the call; empty for the account's own credentials.

    """

    service: str
    region: str
    operation: OperationModel
    protocol: str
    parameters: Mapping[str, Any]
    role: str = ""

    @property
    def name(self) -> str:
        """The operation's name: ``CreateVpc``."""
        return str(self.operation.name)


class UnreadableError(Exception):
    """The body is not in the form of the service's protocol."""

    def __init__(self, request: Request) -> None:
        super().__init__(request.name)
        self.request = request


def read(environ: dict[str, Any]) -> Request | None:
    """Read a request; its body can be read again afterwards. None if it is no signed request to a known operation.

    Raises:
        UnreadableError: its body is not XML, or not JSON, where the service's protocol asks for it.

    """
    scope = _SCOPE.search(environ.get("HTTP_AUTHORIZATION", ""))
    service = _SIGNED_AS.get(scope[2], scope[2]) if scope else ""
    if scope is None or not _is_service(service):
        return None
    raw = _body(environ)
    web = WebRequest({**environ, "wsgi.input": io.BytesIO(raw)})
    try:
        operation, labels = get_service_router(service).match(web)
        protocol = determine_request_protocol(get_service_model(service), web.content_type)
    except (NotFound, NotImplementedError):
        return None
    body = gzip.decompress(raw) if environ.get("HTTP_CONTENT_ENCODING") == "gzip" else raw
    role = environ.get("HTTP_X_AMZ_SECURITY_TOKEN", "")
    request = Request(service, scope[1], operation, protocol, {}, role if role.startswith("arn:") else "")
    try:
        parameters = _READERS[protocol](operation, web, body, labels)
    except (ValueError, RequestParserError):
        raise UnreadableError(request) from None
    return Request(service, scope[1], operation, protocol, parameters, request.role)


@cache
def _is_service(service: str) -> bool:
    try:
        get_service_model(service)
    except UnknownServiceError:
        return False
    return True


def _body(environ: dict[str, Any]) -> bytes:
    """Read the body, and leave it to be read again."""
    if not environ.get("CONTENT_LENGTH"):
        return b""
    body: bytes = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
    environ["wsgi.input"] = io.BytesIO(body)
    return body


def _read_form(operation: OperationModel, web: WebRequest, body: bytes, _labels: Mapping[str, Any]) -> dict[str, Any]:
    tree: Tree = {}
    for key, value in parse_qsl(body.decode() or web.query_string.decode(), keep_blank_values=True):
        if key not in _NOT_PARAMETERS:
            branch = tree
            for part in key.split("."):
                branch = branch.setdefault(part, {})
            branch[""] = value
    name_of = _name_in_ec2 if operation.service_model.protocol == "ec2" else _name_in_query
    return _FormReader(name_of).structure(operation.input_shape, tree)


def _name_in_query(shape: Shape, default: str) -> str:
    return str(shape.serialization.get("locationNameForQueryCompatibility") or shape.serialization.get("name", default))


def _name_in_ec2(shape: Shape, default: str) -> str:
    if "queryName" in shape.serialization:
        return str(shape.serialization["queryName"])
    name = str(shape.serialization.get("name", default))
    return name[0].upper() + name[1:]


class _FormReader:
    """Reads the tree of a form by the model's shapes."""

    def __init__(self, name_of: Callable[[Shape, str], str]) -> None:
        self._name_of = name_of

    def structure(self, shape: StructureShape | None, tree: Tree) -> dict[str, Any]:
        rest = {name: branch for name, branch in tree.items() if name}
        read: dict[str, Any] = {}
        for member, kind in (shape.members if shape else {}).items():
            branch = self._take_branch(kind, member, rest)
            if branch is not None:
                read[member] = self._value(kind, branch)
        return {**read, **{name: branch.get("", branch) for name, branch in rest.items()}}

    def _take_branch(self, kind: Any, member: str, rest: Tree) -> Tree | None:
        """Take a member's branch away; a flattened list can be named by its member's name."""
        branch: Tree | None = rest.pop(self._name_of(kind, member), None)
        if branch is None and kind.type_name == "list" and self._is_flat(kind):
            branch = rest.pop(self._name_of(kind.member, member), None)
        return branch

    def _is_flat(self, kind: Any) -> bool:
        return self._name_of is _name_in_ec2 or bool(kind.serialization.get("flattened"))

    def _value(self, kind: Any, branch: Tree) -> Any:
        if kind.type_name == "structure":
            return self.structure(kind, branch)
        if kind.type_name == "list":
            items = branch if self._is_flat(kind) else branch.get(self._name_of(kind.member, "member"), {})
            return [self._value(kind.member, items[number]) for number in _numbers(items)]
        if kind.type_name == "map":
            items = branch if self._is_flat(kind) else branch.get("entry", {})
            key, value = self._name_of(kind.key, "key"), self._name_of(kind.value, "value")
            entries = [items[number] for number in _numbers(items)]
            return {entry.get(key, {}).get(""): self._value(kind.value, entry.get(value, {})) for entry in entries}
        return _scalar(kind.type_name, branch.get("", ""))


def _numbers(items: Tree) -> list[str]:
    return sorted(filter(str.isdigit, items), key=int)


def _scalar(kind: str, text: str) -> Any:
    """Return what a text stands for; if it stands for nothing of this kind, the text."""
    if kind == "boolean":
        return _TRUTH.get(text.lower(), text)
    try:
        return _NUMBERS[kind](text) if kind in _NUMBERS else text
    except ValueError:
        return text


def _read_json(operation: OperationModel, _web: WebRequest, body: bytes, _labels: Mapping[str, Any]) -> dict[str, Any]:
    return cast("dict[str, Any]", _from_json(operation.input_shape, json.loads(body or b"{}")))


def _read_rest_json(
    operation: OperationModel, web: WebRequest, body: bytes, labels: Mapping[str, Any]
) -> dict[str, Any]:
    return _read_rest(operation.input_shape, web, body, labels, lambda: json.loads(body), _from_json)


def _read_rest_xml(
    operation: OperationModel, web: WebRequest, body: bytes, labels: Mapping[str, Any]
) -> dict[str, Any]:
    """Read a request of S3; moto's own reader of XML leaves out what it does not know."""
    reader = cast("Any", RestXMLParser)(operation)
    shape = operation.input_shape
    return _read_rest(shape, web, body, labels, lambda: reader._initial_body_parse(body), reader._parse_shape)


def _read_rest(
    shape: StructureShape | None,
    web: WebRequest,
    body: bytes,
    labels: Mapping[str, Any],
    parse: Callable[[], Any],
    convert: Callable[[Any, Any], Any],
) -> dict[str, Any]:
    """Read what is in the path, the query, the headers and the body, which can be one member or all of the others."""
    located = _located(shape, web, labels)
    if shape is None or not body:
        return located
    payload = shape.serialization.get("payload")
    if payload is None:
        return {**convert(shape, parse()), **located}
    kind = shape.members[payload].type_name
    if kind == "blob":
        return {**located, payload: body}
    return {**located, payload: body.decode() if kind == "string" else convert(shape.members[payload], parse())}


def _from_json(shape: Any, value: Any) -> Any:
    """Name members as the model does, not as JSON does, and leave out what is null."""
    if shape is None or value is None:
        return value
    if shape.type_name == "structure" and isinstance(value, dict) and not shape.is_document_type:
        known = _json_names(shape)
        named = ((known.get(name, name), member) for name, member in value.items() if member is not None)
        return {name: _from_json(shape.members.get(name), member) for name, member in named}
    if shape.type_name == "list" and isinstance(value, list):
        return [_from_json(shape.member, item) for item in value]
    if shape.type_name == "map" and isinstance(value, dict):
        return {key: _from_json(shape.value, item) for key, item in value.items()}
    return value


@cache
def _json_names(shape: StructureShape) -> dict[str, str]:
    return {member.serialization.get("name", name): name for name, member in shape.members.items()}


def _located(shape: StructureShape | None, web: WebRequest, labels: Mapping[str, Any]) -> dict[str, Any]:
    """Read what is in the path, in the query and in the headers."""
    read: dict[str, Any] = {}
    for member, kind in (shape.members if shape else {}).items():
        name = kind.serialization.get("name", member)
        place = kind.serialization.get("location")
        value: Any = None
        if place == "uri":
            value = labels.get(name)
        elif place == "header":
            value = web.headers.get(name)
        elif place == "querystring" and kind.type_name == "list":
            value = web.args.getlist(name) or None
        elif place == "querystring":
            value = web.args.get(name)
        if value is not None:
            read[member] = value if kind.type_name in ("list", "map") else _scalar(kind.type_name, value)
    return read


_READERS: dict[str, Callable[[OperationModel, WebRequest, bytes, Mapping[str, Any]], dict[str, Any]]] = {
    "ec2": _read_form,
    "query": _read_form,
    "json": _read_json,
    "rest-json": _read_rest_json,
    "rest-xml": _read_rest_xml,
}
