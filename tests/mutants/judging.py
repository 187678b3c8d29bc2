"""What became of the mutants of a module: killed, equivalent, or a survivor that is listed or not."""

from __future__ import annotations

import ast
import copy
import difflib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

LEAST = 0.95
"""The share of mutants that must be killed, of those that are not equivalent."""
KILLED = {"killed", "timeout", "segfault", "caught by type check"}
"""What mutmut calls a mutant that is noticed: a test fails, never ends or crashes, or mypy rejects it."""


@dataclass(frozen=True)
class Mutant:
    """One change of a function.

    Attributes:
        function: the function, a method with its class.
        change: the lines it removes, each after ``- ``, and the lines it adds, each after ``+ ``.
        killed: whether a test noticed it.
        wording: whether it only changes letters of a message for people.

    """

    function: str
    change: str
    killed: bool
    wording: bool


@dataclass(frozen=True)
class Listed:
    """Survivors of one function that have one reason.

    Attributes:
        module: the module's full name.
        function: the function, a method with its class.
        changes: what each of them changes, as a report prints it.
        reason: why no test kills them.
        equivalent: whether nobody can observe the changes; then they do not count in the score.

    """

    module: str
    function: str
    changes: Sequence[str]
    reason: str
    equivalent: bool = False


@dataclass(frozen=True)
class Report:
    """The mutants of a module, and which of its survivors are listed."""

    module: str
    mutants: Sequence[Mutant]
    listed: Sequence[Listed] = field(default=())

    def _listed(self, *, equivalent: bool) -> set[tuple[str, str]]:
        return {
            (each.function, change.strip())
            for each in self.listed
            if each.equivalent is equivalent
            for change in each.changes
        }

    @property
    def survivors(self) -> list[Mutant]:
        """The mutants that no test kills and that change more than the wording of a message."""
        return [mutant for mutant in self.mutants if not mutant.killed and not mutant.wording]

    @property
    def unlisted(self) -> list[Mutant]:
        """The survivors without a reason."""
        known = self._listed(equivalent=True) | self._listed(equivalent=False)
        return [mutant for mutant in self.survivors if (mutant.function, mutant.change) not in known]

    @property
    def outdated(self) -> list[tuple[str, str]]:
        """The listed changes that are killed, or are no longer made."""
        surviving = {(mutant.function, mutant.change) for mutant in self.survivors}
        return sorted((self._listed(equivalent=True) | self._listed(equivalent=False)) - surviving)

    @property
    def equivalent(self) -> int:
        """How many survivors are listed as equivalent."""
        known = self._listed(equivalent=True)
        return sum((mutant.function, mutant.change) in known for mutant in self.survivors)

    @property
    def killed(self) -> int:
        """How many mutants are killed, without those that only change a message's wording."""
        return sum(mutant.killed and not mutant.wording for mutant in self.mutants)

    @property
    def score(self) -> float:
        """The share of killed mutants among those that are not equivalent."""
        judged = self.killed + len(self.survivors) - self.equivalent
        return self.killed / judged if judged else 1.0

    @property
    def passed(self) -> bool:
        """Whether every survivor is listed and enough mutants are killed."""
        return not self.unlisted and self.score >= LEAST

    def text(self) -> str:
        """Return the report: the score, then every survivor that is not listed, then what is outdated."""
        wording = sum(mutant.wording for mutant in self.mutants)
        counts = f"{self.killed} killed, {len(self.survivors)} survive: {self.equivalent} of them equivalent"
        lines = [
            f"{self.module}: score {self.score:.1%} ({counts}, {len(self.unlisted)} not listed; {wording} of wording)"
        ]
        for mutant in self.unlisted:
            lines += [f"  not listed: {mutant.function}", *(f"    {line}" for line in mutant.change.splitlines())]
        for function, change in self.outdated:
            lines += [f"  listed, but no survivor: {function}", *(f"    {line}" for line in change.splitlines())]
        return "\n".join(lines)


def read_mutants(module: str, statuses: str, mutated: str) -> list[Mutant]:
    """Return the mutants of a module.

    Args:
        module: the module's full name.
        statuses: what ``mutmut results`` prints: a line ``name: status`` for each mutant.
        mutated: the module as mutmut wrote it, with a function for each mutant.

    """
    functions = {node.name: node for node in ast.walk(ast.parse(mutated)) if isinstance(node, ast.FunctionDef)}
    mutants = []
    for line in statuses.replace("\r", "\n").splitlines():
        name, _, status = line.strip().rpartition(": ")
        if not name.startswith(f"{module}.x"):
            continue
        mangled = name.removeprefix(f"{module}.")
        original, changed = functions[f"{mangled.partition('__mutmut_')[0]}__mutmut_orig"], functions[mangled]
        function = mangled.partition("__mutmut_")[0].removeprefix("x_").removeprefix("xǁ").replace("ǁ", ".")
        change = "\n".join(_difference(original, changed))
        mutants.append(
            Mutant(function, change, status in KILLED, _without_wording(original) == _without_wording(changed))
        )
    return mutants


def _difference(original: ast.FunctionDef, changed: ast.FunctionDef) -> Iterator[str]:
    """Yield the lines that differ, written in one form whatever the form of the source."""
    before, after = (ast.unparse(_renamed(node)).splitlines() for node in (original, changed))
    for line in list(difflib.unified_diff(before, after, lineterm="", n=0))[2:]:
        if not line.startswith("@@"):
            yield f"{line[0]} {line[1:].strip()}"


def _renamed(node: ast.FunctionDef) -> ast.FunctionDef:
    same = copy.deepcopy(node)
    same.name, same.decorator_list = "f", []
    return same


def _without_wording(node: ast.FunctionDef) -> str:
    """Return a function as text, its messages for people left empty."""
    same = _renamed(node)
    names: set[str] = set()
    parts: list[ast.AST] = []
    for call in (each for each in ast.walk(same) if isinstance(each, ast.Call)):
        if isinstance(call.func, ast.Name) and call.func.id == "Problem":
            # The first argument is the place, which other code reads.
            parts += [*call.args[1:], *call.keywords]
    parts += [part for each in ast.walk(same) if isinstance(each, ast.Raise) for part in ast.iter_child_nodes(each)]
    names |= {part.id for part in parts if isinstance(part, ast.Name)}
    for each in ast.walk(same):
        if isinstance(each, ast.Assign) and any(
            isinstance(part, ast.Name) and part.id in names for part in each.targets
        ):
            parts.append(each.value)
    for part in parts:
        for text in ast.walk(part):
            if isinstance(text, ast.Constant) and isinstance(text.value, str):
                text.value = ""
    return ast.dump(same)
