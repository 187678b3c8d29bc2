"""``northsouth rules export``: writes rules for those who read them from files."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from northsouth.cli import options, rules_source
from northsouth.cli.options import UsageError, pair

if TYPE_CHECKING:
    from northsouth.alerts.prometheus import RulePack

SUFFIXES = {
    "file": ".rules.yaml",
    "prometheus-operator": ".prometheusrule.yaml",
    "mimir": ".mimir.yaml",
    "grafana": ".grafana.json",
}
OUTDATED = 1
"""Exit code of ``--check`` when a file differs."""

_EXAMPLES = """\
examples:
  northsouth rules export environments/example.toml rules --tests
  northsouth rules export alerts.packs:RULES k8s --format prometheus-operator --label release=kube-prometheus-stack
  northsouth rules export cdktf.out/stacks/example/cdk.tf.json mimir --format mimir
  northsouth rules export environments/example.toml dashboards --format grafana

exit codes: 0 written, 1 --check found a difference, 2 wrong arguments or rules
"""


def register(commands: options.Commands) -> None:
    """Add the subcommand."""
    parser = commands.add_parser(
        "export",
        help="write rule files, manifests of the Prometheus Operator, namespaces of Mimir, or Grafana dashboards",
        description="Write one file for each pack, or for each namespace of a stack. Other files are left alone.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    rules_source.add_source(parser)
    parser.add_argument(
        "directory", metavar="DIR", type=options.file_name, help="the directory to write to; made if it is not there"
    )
    parser.add_argument("--format", choices=tuple(SUFFIXES), default="file", help="who reads the rules (default: file)")
    parser.add_argument("--tests", action="store_true", help="also write the unit tests, for `promtool test rules`")
    parser.add_argument("--kubernetes-namespace", metavar="NAMESPACE", help="the namespace of the manifests")
    parser.add_argument(
        "--label",
        dest="labels",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="a label of the manifests, for the operator's ruleSelector; may be repeated",
    )
    parser.add_argument("--check", action="store_true", help="write nothing; fail if a file is not as it would be")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Write the files, and say which."""
    _check(arguments)
    files = {Path(arguments.directory) / name: text for name, text in _files(arguments).items()}
    if arguments.check:
        outdated = [path for path, text in files.items() if _content(path) != text]
        sys.stdout.writelines(f"{path} is not up to date\n" for path in outdated)
        return OUTDATED if outdated else 0
    for path, text in files.items():
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        except OSError as error:
            raise UsageError(f"{path}: {error.strerror}") from error
        sys.stdout.write(f"{path}\n")
    return 0


def _check(arguments: argparse.Namespace) -> None:
    if arguments.format != "prometheus-operator" and (arguments.labels or arguments.kubernetes_namespace):
        raise UsageError("--label and --kubernetes-namespace are for --format prometheus-operator")
    if arguments.format != "file" and arguments.tests:
        raise UsageError("--tests is for --format file: promtool reads rule files")


def _files(arguments: argparse.Namespace) -> dict[str, str]:
    """Return the text of each file by its path below the directory."""
    labels = dict(map(pair, arguments.labels))
    loaded = rules_source.load(arguments.source)
    from northsouth.alerts.prometheus.exports import Format, render, render_values

    files: dict[str, str] = {}
    for rules in loaded:
        path = f"{rules.name}{SUFFIXES[arguments.format]}"
        where = {"kubernetes_namespace": arguments.kubernetes_namespace, "labels": labels}
        if rules.pack is None:
            files[path] = render_values(Format(arguments.format), rules.name, rules.groups, **where)
            continue
        files[path] = render(Format(arguments.format), rules.name, rules.pack.groups(), **where)
        if arguments.tests:
            files |= _tests(rules.pack, path)
    return files


def _tests(pack: RulePack, rules: str) -> dict[str, str]:
    """Return the files of a pack's tests: one for each interval, because promtool evaluates a file at one."""
    from northsouth.alerts.prometheus.promtool import scenario_files

    return {f"tests/{name}": text for name, text in scenario_files(pack, f"../{rules}").items()}


def _content(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8")
    except OSError:
        return None
