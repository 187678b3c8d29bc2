"""An index on loopback that counts, and what the Glue job reads of it: without a cluster and without Spark."""

from __future__ import annotations

import base64
import gzip
import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from fnmatch import fnmatch
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from northsouth.logs import index_export

USER, PASSWORD = "archive", 'pa"ss'


@dataclass
class Index:
    """Documents, each as the text that was sent, with the time by which the index finds it.

    Attributes:
        name: the index's name.
        documents: time and text.
        silent_shards: shards that do not answer.
        address: where it listens.
        asked: the queries that came.

    """

    name: str = "app-logs-1"
    documents: list[tuple[str, str]] = field(default_factory=list)
    silent_shards: int = 0
    address: tuple[str, int] = ("", 0)
    asked: list[Any] = field(default_factory=list)

    def add(self, at: str, **more: Any) -> None:
        """Index a document of this time."""
        self.documents.append((at, json.dumps({"@timestamp": at, **more})))

    def found(self, query: Any) -> list[str]:
        """Return the documents of a window."""
        ((name, window),) = query["query"]["range"].items()
        assert (name, window["format"]) == ("@timestamp", "strict_date_optional_time")
        return [text for at, text in self.documents if window["gte"] <= at < window["lt"]]

    def answer(self, url: str, authorization: str, query: Any) -> tuple[int, dict[str, Any]]:
        """Answer a request as ``_count`` does."""
        parts = urlsplit(url)
        pattern = parts.path.removesuffix("/_count").lstrip("/")
        if authorization != "Basic " + base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode():
            return 401, {"error": "Unauthorized"}
        if not fnmatch(self.name, pattern):
            missing = parse_qs(parts.query).get("allow_no_indices") == ["false"]
            return (404, {"error": "no such index"}) if missing else (200, {"count": 0, "_shards": {"failed": 0}})
        self.asked.append(query)
        return 200, {"count": len(self.found(query)), "_shards": {"total": 5, "failed": self.silent_shards}}

    def script(self, arguments: Mapping[str, str], client: Callable[[str], Any]) -> None:
        """Do what the Glue job does, with the rights of its role: the connector and Spark are left out."""
        given = index_export.parsed([word for name, value in arguments.items() for word in (name, value)])
        stored = json.loads(client("secretsmanager").get_secret_value(SecretId=given["secret"])["SecretString"])
        assert (stored["USERNAME"], stored["PASSWORD"]) == (USER, PASSWORD)
        lines = self.found(json.loads(index_export.query(given["time_field"], given["start"], given["end"])))
        bucket, _, folder = given["folder"].removeprefix("s3://").partition("/")
        s3 = client("s3")
        for old in s3.list_objects_v2(Bucket=bucket, Prefix=folder).get("Contents", []):
            s3.delete_object(Bucket=bucket, Key=old["Key"])
        body = gzip.compress("".join(f"{index_export.line(text)}\n" for text in lines).encode())
        s3.put_object(Bucket=bucket, Key=f"{folder}part-00000.txt.gz", Body=body)


@contextmanager
def served() -> Iterator[Index]:
    """Serve an index."""
    index = Index()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            query = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            status, answer = index.answer(self.path, self.headers.get("Authorization", ""), query)
            text = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json; charset=UTF-8")
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    index.address = ("127.0.0.1", server.server_address[1])
    try:
        yield index
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
