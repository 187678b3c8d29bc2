"""``northsouth adopt``: import blocks for what exists, into the addresses of a stack."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from northsouth.adoption.existing import Existing, read_existing
from northsouth.adoption.matching import match
from northsouth.adoption.writing import Adoption, adoption, as_data, as_text
from northsouth.cli import options
from northsouth.cli.options import UsageError
from northsouth.template import Template, TemplateError, read
from northsouth.template.reading import decode

LEFT_OUT = 1
"""Exit code when something that exists, or may exist, is not adopted as it is."""

_OWN = {"import", "moved", "terraform"}
_CODES = """\
exit codes:
  0   everything that exists for the stack is adopted, and nothing of it would be changed
  1   something is left out, or would be changed: the report says what to give to which construct
  2   wrong arguments, or a file that cannot be read

Nothing is applied. Put the file beside the stack's cdk.tf.json, or declare Imports(stack, "imports", file="FILE"),
then plan: the plan has to say `0 to destroy`.
"""


def register(commands: options.Commands) -> None:
    """Add the subcommand."""
    parser = commands.add_parser(
        "adopt",
        help="write import blocks for what exists",
        description="Find what exists already of what a stack declares, and write the import blocks that bring it to "
        "the addresses of the stack, with the names and tags to give so that nothing is changed.",
        epilog=_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument(
        "stack",
        nargs="?",
        metavar="STACK",
        type=options.file_name,
        help=f"a directory with a cdk.tf.json, such a file, or what `terraform show -json` printed of a plan of it "
        f"(default: the only {options.STACKS})",
    )
    parser.add_argument(
        "--from",
        dest="sources",
        action="append",
        default=[],
        metavar="FILE",
        type=options.file_name,
        help="what exists: a terraform.tfstate, or what `terraform show -json` printed of a state or plan; may be "
        "repeated",
    )
    parser.add_argument(
        "--account", action="store_true", help="ask AWS what exists, read-only (needs 'northsouth[account]')"
    )
    parser.add_argument("--region", help="the Region to ask in (default: that of the stack's provider)")
    parser.add_argument(
        "--as",
        dest="chosen",
        action="append",
        default=[],
        metavar="ADDRESS=ID",
        help="decide which object a declared address is; may be repeated",
    )
    parser.add_argument(
        "--same-state",
        action="store_true",
        help="the objects are in the state of this very stack, at other addresses: write moved blocks",
    )
    parser.add_argument(
        "--output",
        default="imports.tf.json",
        metavar="FILE",
        type=options.file_name,
        help="the file to write (default: imports.tf.json)",
    )
    parser.add_argument("--toml", action="store_true", help="write what to give as an environment file has it")
    parser.add_argument("--json", action="store_true", help="write the report as JSON")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Find, write the blocks, and report."""
    _check(arguments)
    file = _stack(arguments.stack)
    template = read(file)
    existing = [candidate for source in arguments.sources for candidate in read_existing(source)]
    if arguments.account:
        existing += _of_account(template, file, arguments.region)
    if not arguments.same_state:
        _refuse_own_state(template, existing)
    adopted = adoption(match(template, existing, chosen=_chosen(arguments.chosen)), same_state=arguments.same_state)
    output = Path(arguments.output)
    _refuse_foreign(output)
    if adopted.imported:
        _write(output, adopted)
    if arguments.json:
        sys.stdout.write(f"{json.dumps(as_data(adopted), indent=2)}\n")
    else:
        sys.stdout.write(as_text(adopted, str(output), toml=arguments.toml))
    return 0 if adopted.complete else LEFT_OUT


def _write(output: Path, adopted: Adoption) -> None:
    try:
        output.write_text(json.dumps(adopted.document(), indent=2) + "\n", encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{output}: {error.strerror or error}; name another file with --output") from None


def _check(arguments: argparse.Namespace) -> None:
    if not arguments.sources and not arguments.account:
        raise UsageError("say what exists: --from FILE (a state or a plan), or --account")
    if arguments.region and not arguments.account:
        raise UsageError("--region is where --account looks; give both, or neither")
    if arguments.same_state and arguments.account:
        raise UsageError("--same-state moves what a state holds; give the state with --from, without --account")


def _stack(named: str | None) -> Path:
    if named is None:
        known = sorted(Path().glob(options.STACKS))
        if len(known) != 1:
            raise UsageError(f"{len(known)} stacks are in cdktf.out/stacks; name one" if known else "name a STACK")
        return known[0]
    path = Path(named)
    file = path / "cdk.tf.json" if path.is_dir() else path
    if not file.is_file():
        raise UsageError(f"{file} is not there; give a directory with a cdk.tf.json, as `cdktf synth` writes it")
    return file


def _chosen(pairs: Sequence[str]) -> dict[str, str]:
    chosen: dict[str, str] = {}
    for pair in pairs:
        # An address may hold `=` within its quotes; an id does not, but in a name that somebody chose.
        address, equals, import_id = pair.partition("=") if '"' not in pair else _after_key(pair)
        if not (address and equals and import_id):
            raise UsageError(f"--as {pair}: write it as ADDRESS=ID")
        chosen[address] = import_id
    return chosen


def _after_key(pair: str) -> tuple[str, str, str]:
    address, bracket, import_id = pair.partition('"]=')
    return f'{address}"]' if bracket else "", bracket, import_id


def _refuse_own_state(template: Template, existing: Sequence[Existing]) -> None:
    """Refuse a state that is the stack's own: an import of what it holds at another address destroys it."""
    own = [candidate.address for candidate in existing if candidate.address and candidate.address in template.resources]
    if own:
        raise UsageError(
            f"the state holds {own[0]}, which the stack declares: it is the stack's own. To import what it holds at "
            "another address would destroy it; write moved blocks with --same-state"
        )


def _refuse_foreign(output: Path) -> None:
    """Refuse to overwrite a file that holds anything but such blocks."""
    if not output.exists():
        return
    try:
        document = decode(output.read_bytes(), str(output))
    except (OSError, TemplateError):
        document = None
    if not isinstance(document, dict) or document.keys() - _OWN:
        raise UsageError(f"{output} is there, and holds something else; name another file with --output")


def _of_account(template: Template, file: Path, region: str | None) -> tuple[Existing, ...]:
    from northsouth.adoption import account
    from northsouth.drift.account import clients, regions

    document = decode(file.read_bytes(), str(file))
    named = regions([document]) if isinstance(document, dict) else ()
    chosen = region or (named[0] if named else os.environ.get("AWS_REGION", ""))
    if not chosen:
        raise UsageError("no provider of the stack names its Region; give it with --region")
    return account.existing(clients(), chosen, template)
