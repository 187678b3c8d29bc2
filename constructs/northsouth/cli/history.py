"""What the commands on alarms and history share: which alarms, which metrics, and files written whole or not at all."""

from __future__ import annotations

import argparse
import os
import tempfile
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from northsouth.cli import options
from northsouth.cli.options import UsageError, file_name
from northsouth.errors.reading import fault

if TYPE_CHECKING:
    from northsouth.alerts.replay.alarms import Alarms
    from northsouth.alerts.replay.files.reading import Reading
    from northsouth.alerts.replay.incidents import Incident
    from northsouth.alerts.replay.settings import Settings
    from northsouth.template import Template


def add_sources(parser: argparse.ArgumentParser) -> None:
    """Add the options that say which alarms are tried on which metrics, under which assumptions."""
    options.add_template(parser, required=True)
    parser.add_argument(
        "--metrics", nargs="+", required=True, metavar="FILE", type=file_name, help="the metrics: files and folders"
    )
    add_mapping(parser)
    parser.add_argument("--delay", type=int, default=0, metavar="SECONDS", help="how late points arrive (default: 0)")
    parser.add_argument(
        "--range", type=int, dest="evaluation_range", metavar="POINTS", help="points CloudWatch loads (default: N + 2)"
    )
    add_incidents(parser)


def add_mapping(parser: argparse.ArgumentParser) -> None:
    """Add the options that say what the files of metrics leave out."""
    parser.add_argument(
        "--map",
        dest="mapping",
        action="append",
        default=[],
        metavar="LINE",
        help="what a reference or a series stands for, such as '${aws_nat_gateway.a.id} = nat-0123', or a file of such "
        "lines; may be repeated",
    )
    parser.add_argument("--time-zone", metavar="ZONE", help="the time zone of times that have none, such as UTC")
    parser.add_argument(
        "--period", type=int, metavar="SECONDS", help="what a point covers, if the files do not show it"
    )


def add_incidents(parser: argparse.ArgumentParser) -> None:
    """Add ``--incidents``."""
    parser.add_argument(
        "--incidents",
        metavar="FILE",
        type=file_name,
        help="CSV or JSON with start, end and label: when the alarms are wanted",
    )


def need_extra() -> None:
    """Refuse to go on without the extra ``replay``.

    Raises:
        UsageError: if NumPy or DuckDB is not installed.

    """
    if not all(map(find_spec, ("numpy", "duckdb"))):
        raise UsageError("alarms on history need the extra 'replay': pip install 'northsouth[replay]'")


def add_page(parser: argparse.ArgumentParser) -> None:
    """Add ``--html``."""
    parser.add_argument("--html", metavar="FILE", type=file_name, help="write a page as well, one file for any browser")


def need_page(arguments: argparse.Namespace) -> None:
    """Refuse to go on without the extra ``report`` if a page is asked for.

    Raises:
        UsageError: if Jinja2 is not installed.

    """
    if arguments.html and find_spec("jinja2") is None:
        raise UsageError("pages need the extra 'report': pip install 'northsouth[report]'")


def template(arguments: argparse.Namespace) -> Template:
    """Return the stack or the plan.

    Raises:
        UsageError: if the extra ``replay`` is not installed, or there is no such file.
        TemplateError: if it is not Terraform JSON.

    """
    need_extra()
    return options.template(arguments)


def alarms(source: Template) -> Alarms:
    """Return the alarms of a stack or a plan.

    Raises:
        UsageError: if it declares no alarm.

    """
    from northsouth.alerts.replay.declared import read_alarms

    declared = read_alarms(source)
    if not declared.refused and not list(declared):
        raise UsageError(f"{source.source}: it declares no alarm")
    return declared


def metrics(arguments: argparse.Namespace, wanted: Alarms) -> Reading:
    """Return the metrics that alarms read.

    Raises:
        ConfigurationError: if a file cannot be read, or a metric is not in the files.

    """
    from northsouth.alerts.replay.files import read

    lines = mapping(arguments)
    return read(arguments.metrics, lines, wanted=wanted.stats, period=arguments.period, time_zone=arguments.time_zone)


def mapping(arguments: argparse.Namespace) -> list[str]:
    """Return the lines of the mapping.

    Raises:
        UsageError: if one is neither a line nor a file.

    """
    return [line for text in arguments.mapping for line in _lines(text)]


def settings(arguments: argparse.Namespace) -> Settings:
    """Return the assumptions."""
    from northsouth.alerts.replay.settings import Settings

    return Settings(delay=arguments.delay, evaluation_range=arguments.evaluation_range)


def incidents(arguments: argparse.Namespace, reading: Reading) -> tuple[Incident, ...]:
    """Return the incidents, none if no file is named.

    Raises:
        ConfigurationError: if the file cannot be read, or an incident is outside the history.

    """
    if arguments.incidents is None:
        return ()
    from northsouth.alerts.replay.incidents import incidents_of

    return incidents_of(reading.history, arguments.incidents, arguments.time_zone)


def write(path: str, text: str) -> None:
    """Write a file whole, or not at all; a link stays a link. What is no file, such as ``/dev/null``, is written to.

    Raises:
        UsageError: if it cannot be written.

    """
    target = Path(path).resolve()
    try:
        if target.exists() and not target.is_file():
            target.write_text(text, encoding="utf-8")
        else:
            _write_whole(target, text)
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}") from error


def _write_whole(target: Path, text: str) -> None:
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        Path(name).chmod(0o644)
        Path(name).replace(target)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise


def _lines(text: str) -> list[str]:
    if "=" in text:
        return [text]
    try:
        return Path(text).read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"--map {text}: neither a line 'what = what' nor a file ({fault(error)})") from error
