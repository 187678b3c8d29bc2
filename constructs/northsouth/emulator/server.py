"""The emulator in this process, bound to loopback."""

from __future__ import annotations

import json
import logging
import urllib.request
from collections.abc import Callable, Iterable
from datetime import datetime
from functools import cache
from threading import Lock, Thread
from typing import Any, Self
from xml.sax.saxutils import escape

import boto3
from botocore.config import Config

from northsouth.emulator.faults import Application, Faults

LOOPBACK = "127.0.0.1"
ACCOUNT = "123456789012"
"""The account everything lives in."""

_log = logging.getLogger(__name__)


class Emulator:
    """moto's server with the extensions, as a context manager.

    Two at once in one process would share moto's back ends, and with them everything that was made.
    """

    def __init__(self, port: int = 0) -> None:
        from moto.moto_server.werkzeug_app import DomainDispatcherApplication, MotoRequestHandler, create_backend_app
        from werkzeug.serving import make_server

        from northsouth.emulator import chatbot, patching, strict
        from northsouth.emulator.extensions import install_all

        install_all()

        class Quiet(MotoRequestHandler):
            def log(self, *_: object) -> None:
                """Say nothing of each request."""

        self._turn = Lock()
        services = DomainDispatcherApplication(create_backend_app)
        # moto lists its own folders at each request, which takes longer than many an answer.
        patching.replace(services, "get_backend_for_host", cache(services.get_backend_for_host))
        self.faults = Faults(_honest(self._turn, strict.in_front_of(chatbot.in_front_of(services))))
        self._server = make_server(LOOPBACK, port, self.faults, threaded=True, request_handler=Quiet)
        self._thread = Thread(target=self._server.serve_forever, daemon=True)
        self.endpoint = f"http://{LOOPBACK}:{self._server.server_port}"

    def start(self) -> Self:
        """Start to answer."""
        from northsouth.emulator import stepfunctions

        stepfunctions.listen(self.endpoint)
        self._thread.start()
        return self

    def stop(self) -> None:
        """Stop to listen and forget everything."""
        self.reset()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def reset(self) -> None:
        """Forget everything that was made."""
        request = urllib.request.Request(f"{self.endpoint}/moto-api/reset", method="POST")  # noqa: S310 - its own
        urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=30).close()

    def judge_alarms(self, start: datetime, end: datetime, between: Callable[[datetime], object] | None = None) -> None:
        """Judge every metric alarm on the data that was put, at each of its evaluations from ``start`` to ``end``.

        Alarms change their states and act as they would have at those moments; composites follow. Until this is called,
        alarms have the states that ``SetAlarmState`` gives them.

        Args:
            start: the first moment, with a time zone.
            end: the last one.
            between: called before each moment at which alarms change, with that moment. It may make requests, such as
                to wait until what alarms have sent so far is delivered; data that it puts are not judged.

        """
        from northsouth.emulator import alarm_evaluation

        with self._turn:
            changes = alarm_evaluation.changes(start, end)
        for moment, group in changes:
            if between is not None:
                between(moment)
            with self._turn:
                alarm_evaluation.make(moment, group)

    def settle(self, seconds: float = 60) -> None:
        """Wait until everything that alarms, rules and pipes have begun is done.

        Messages that a receiver refused wait for their next attempt, and are waited for.

        Args:
            seconds: how long at most.

        Raises:
            TimeoutError: it goes on; with what goes on.

        """
        from northsouth.emulator import under_way

        under_way.settle(seconds)

    def run_schedule(self, name: str, at: datetime, *, group: str = "default", region: str = "us-east-1") -> str | None:
        """Let EventBridge Scheduler call a schedule's target, as the schedule's role.

        Args:
            name: the schedule.
            at: when it is due, with a time zone; ``<aws.scheduler.scheduled-time>`` in its input.
            group: the schedule's group.
            region: the Region.

        Returns:
            why the call failed, as AWS says it; None if it was made. A failure goes to the dead-letter queue.

        Raises:
            KeyError: there is no such schedule.

        """
        from northsouth.emulator import schedule_runs

        return schedule_runs.run(name, at, group=group, region=region)

    def client(self, service: str, region: str = "us-east-1") -> Any:
        """Return a boto3 client of the emulator."""
        return client(self.endpoint, service, region)


def client(endpoint: str, service: str, region: str = "us-east-1") -> Any:
    """Return a boto3 client that talks to an emulator and to nothing else."""
    config = Config(retries={"total_max_attempts": 1}, proxies={}, parameter_validation=False)
    return _session().client(service, region_name=region, endpoint_url=endpoint, config=config)


@cache
def _session() -> boto3.session.Session:
    return boto3.session.Session(aws_access_key_id="testing", aws_secret_access_key="testing")  # noqa: S106 - it takes any


def _honest(turn: Lock, application: Application) -> Application:
    """Answer 501 where moto fails: SDKs take a 500 for a passing fault, and Terraform would try again for minutes.

    One request at a time: moto's back ends are plain dictionaries, and a list of alarms fails while one is put.
    """

    def answer(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        try:
            with turn:
                return application(environ, start_response)
        except Exception as failure:
            action = environ.get("HTTP_X_AMZ_TARGET") or environ.get("PATH_INFO")
            _log.exception("the emulator failed at %s", action)
            is_json = "json" in environ.get("CONTENT_TYPE", "")
            message = f"the emulator failed at {action}: {failure!r}"
            kind, body = _error_json(message) if is_json else _error_xml(message)
            start_response("501 Not Implemented", [("Content-Type", kind), ("Content-Length", str(len(body)))])
            return [body]

    return answer


def _error_json(message: str) -> tuple[str, bytes]:
    return "application/x-amz-json-1.1", json.dumps({"__type": "NotImplementedHere", "message": message}).encode()


def _error_xml(message: str) -> tuple[str, bytes]:
    error = f"<Error><Code>NotImplementedHere</Code><Message>{escape(message)}</Message></Error>"
    return "text/xml", f"<ErrorResponse>{error}</ErrorResponse>".encode()
