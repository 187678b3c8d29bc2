"""What is measured, against whom, and the ratio that is the target."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.environments import ROOT
from benchmarks.measure import Program
from benchmarks.peers import PROGRAMS, Peers

OURS, STOCK, EMPTY = "northsouth", "stock cdktf", "empty cdktf app"
CDKTN, CDKTN_OURS, AWS_CDK = "cdktn", "northsouth on cdktn", "AWS CDK Python"
JS_INDEX, JS_DEEP, TS_NODE = "JS require", "JS deep require", "ts-node template"
TROPOSPHERE, CONSTRUCT = "troposphere", "DnsOverrides"


@dataclass(frozen=True)
class Case:
    """Programs that are compared; the first is ours.

    Attributes:
        title: what they do.
        programs: how to run them, ours first.
        targets: the greatest ratio of ours to a program that is the goal, by its name.
        rounds: how often each is run, after once for its caches.
        same: names of programs that must write the same bytes as ours.
        memory: whether the greatest PSS of the process tree is compared, not the time.

    """

    title: str
    programs: Sequence[Program]
    targets: Mapping[str, float] = field(default_factory=dict)
    rounds: int = 5
    same: Sequence[str] = ()
    memory: bool = False


class Bench:
    """Makes the programs of every case."""

    def __init__(self, peers: Peers, scratch: Path, chosen: Callable[[str], bool]) -> None:
        self._peers = peers
        self._scratch = scratch
        self._chosen = chosen
        self.environment = {
            "JSII_RUNTIME_PACKAGE_CACHE_ROOT": str(peers.jsii_cache),
            "JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION": "20",
            "CHECKPOINT_DISABLE": "1",
        }

    @property
    def python(self) -> Path:
        """The interpreter that has northsouth and the provider."""
        return self._peers.python("cdktf")

    def ten(self) -> Case:
        return Case(
            "10 rules",
            self._rules(
                10, OURS, STOCK, EMPTY, CDKTN, CDKTN_OURS, AWS_CDK, JS_INDEX, JS_DEEP, TS_NODE, TROPOSPHERE, CONSTRUCT
            ),
            {STOCK: 0.055, CDKTN: 0.15, AWS_CDK: 0.17, JS_INDEX: 0.25, TS_NODE: 0.10},
            same=[STOCK],
        )

    def construct(self) -> Case:
        programs = self._rules(10, CONSTRUCT, EMPTY)
        return Case("10 names with DnsOverrides, our import included", programs, {EMPTY: 1.4}, rounds=9)

    def thousand(self) -> Case:
        return Case(
            "1,000 rules, one by one",
            self._rules(1000, OURS, STOCK, CDKTN, AWS_CDK, JS_INDEX, JS_DEEP, TROPOSPHERE),
            {STOCK: 0.12, CDKTN: 0.40, AWS_CDK: 0.50},
            rounds=3,
            same=[STOCK],
        )

    def data(self) -> Case:
        ours = self._python(OURS, "cdktf", "rules.py", "10000", "data")
        others = self._rules(10000, STOCK, JS_DEEP, TROPOSPHERE)
        return Case("10,000 rules: ours as data, theirs one by one", [ours, *others], {STOCK: 0.08, JS_DEEP: 0.85}, 3)

    def memory(self) -> Case:
        programs = self._rules(10, OURS, STOCK, CDKTN, AWS_CDK, JS_INDEX, JS_DEEP)
        return Case("memory of 10 rules, MiB (PSS of all processes)", programs, {STOCK: 0.20}, 2, memory=True)

    def command_line(self) -> Case:
        cdktf = self._peers.javascript() / "node_modules" / ".bin" / "cdktf"
        programs = []
        for name, how in ((OURS, ""), (STOCK, " stock")):
            folder = self._scratch / f"cli{how}"
            folder.mkdir()
            app = f"{self._peers.python('cdktf')} {PROGRAMS / 'rules.py'} cdktf.out 10{how}"
            settings = {"language": "python", "app": app, "projectId": "benchmark", "sendCrashReports": "false"}
            (folder / "cdktf.json").write_text(json.dumps(settings))
            programs.append(Program(name, [cdktf, "synth", "--hcl=false"], self.environment, folder))
        return Case("`cdktf synth` of 10 rules", programs, {STOCK: 0.18}, 3)

    def example(self) -> Case:
        python = self._peers.python("cdktf")
        output = self._scratch / "example"
        both = {**self.environment, "CDKTF_OUTDIR": str(output)}
        command = [python, "main.py"]
        stock = {**both, "NORTHSOUTH_STOCK_BINDINGS": "1"}
        programs = [
            Program(OURS, command, both, ROOT, output),
            Program(STOCK, command, stock, ROOT, output),
            *self._rules(0, EMPTY),
        ]
        return Case("the example environment (`python main.py`)", programs, {STOCK: 0.09, EMPTY: 2.0}, same=[STOCK])

    def small(self) -> Case:
        """Return the environment that a team declares first."""
        output = self._scratch / "small"
        command = [self._peers.python("cdktf"), "main.py", PROGRAMS / "small.toml"]
        ours = Program(OURS, command, {**self.environment, "CDKTF_OUTDIR": str(output)}, ROOT, output)
        return Case(
            "a small environment (`benchmarks/programs/small.toml`)", [ours, *self._rules(0, EMPTY)], {EMPTY: 1.3}
        )

    def differences(self) -> Case:
        """Return `northsouth diff` of an app that knows nothing of northsouth: it is synthesized twice."""
        folder = self._scratch / "foreign"
        folder.mkdir()
        python = self._peers.python("cdktf")
        app = f"{python} {PROGRAMS / 'rules.py'} $CDKTF_OUTDIR 10 stock"
        settings = {"language": "python", "app": app, "projectId": "benchmark", "sendCrashReports": "false"}
        (folder / "cdktf.json").write_text(json.dumps(settings))
        identity = ["-c", "user.name=benchmark", "-c", "user.email=benchmark@example.com"]
        for command in (["init", "--quiet"], ["add", "."], [*identity, "commit", "--quiet", "--message", "An app"]):
            subprocess.run(["git", *command], cwd=folder, check=True)
        diff = [python, "-m", "northsouth.cli.main", "diff", "HEAD"]
        stock = {**self.environment, "NORTHSOUTH_STOCK_BINDINGS": "1"}
        programs = [Program(OURS, diff, self.environment, folder), Program(STOCK, diff, stock, folder)]
        return Case("`northsouth diff HEAD` of a foreign app", programs, {STOCK: 0.15}, 3)

    def light(self, python: Path, path: str) -> tuple[Case, Case]:
        """Return what CI measures: ours against stock and an empty app, in the environment that it has."""
        common = {**self.environment, "PYTHONPATH": path}
        del common["JSII_RUNTIME_PACKAGE_CACHE_ROOT"]
        output = self._scratch / "light"

        def program(name: str, script: str, *more: str) -> Program:
            return Program(name, [python, PROGRAMS / script, output, *more], common, output=output)

        stock = program(STOCK, "rules.py", "10", "stock")
        empty = program(EMPTY, "empty.py")
        ours, construct = program(OURS, "rules.py", "10"), program(CONSTRUCT, "overrides.py", "10")
        return (
            Case("10 rules against an empty app", [construct, empty], {EMPTY: 1.4}, 5),
            Case("10 rules against stock", [ours, stock], {STOCK: 0.055}, 1, same=[STOCK]),
        )

    def _rules(self, count: int, *names: str) -> list[Program]:
        return [self._program(name, str(count)) for name in names if self._chosen(name) or name == names[0]]

    def _program(self, name: str, count: str) -> Program:
        match name:
            case "northsouth":
                return self._python(name, "cdktf", "rules.py", count)
            case "stock cdktf":
                return self._python(name, "cdktf", "rules.py", count, "stock")
            case "empty cdktf app":
                return self._python(name, "cdktf", "empty.py")
            case "DnsOverrides":
                return self._python(name, "cdktf", "overrides.py", count)
            case "cdktn":
                return self._python(name, "cdktn", "rules.py", count, "cdktn", "stock")
            case "northsouth on cdktn":
                return self._python(name, "cdktn", "rules.py", count, "cdktn")
            case "AWS CDK Python":
                return self._python(name, "awscdk", "rules_awscdk.py", count)
            case "troposphere":
                return self._python(name, "troposphere", "rules_troposphere.py", count)
        folder = self._peers.javascript()
        output = self._scratch / f"{name}-{count}"
        if name == TS_NODE:
            command: list[str | Path] = [folder / "node_modules" / ".bin" / "ts-node", "rules.ts", output, count]
        else:
            command = ["node", "rules.js", output, count, "index" if name == JS_INDEX else "deep"]
        return Program(name, command, self.environment, folder, output)

    def _python(self, name: str, environment: str, script: str, *more: str) -> Program:
        # Ours and stock write to one folder, because its path is in what they write.
        output = self._scratch / "-".join([script, *(word for word in more if word != "stock")])
        return Program(
            name, [self._peers.python(environment), PROGRAMS / script, output, *more], self.environment, output=output
        )
