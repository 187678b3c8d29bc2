"""The two sides of a change: their files are read, recognised and compared; pure but for reading."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from northsouth.comparison import Comparison, compare, declared_state, planned
from northsouth.template import Plan, Template, parse, read, read_plan
from northsouth.template.model import Kind, TemplateError

_STACK = "cdk.tf.json"


@dataclass(frozen=True, slots=True)
class Side:
    """The environment on one side of a change.

    Attributes:
        template: its resources.
        file: where they were read from.
        digest: the SHA-256 of that file.
        plan: the plan, if the file is one.
        state: what the file declares, if it is a synthesized stack.

    """

    template: Template
    file: str
    digest: str
    plan: Plan | None = None
    state: Mapping[str, object] | None = None


@dataclass(frozen=True, slots=True)
class Sides:
    """Both sides, and what a deploy would do.

    Attributes:
        before: the environment as it is; ``None`` if nothing is known of it.
        after: the environment as it will be.
        comparison: what changes; ``None`` if it cannot be judged.
        why: why there is no comparison.

    """

    before: Side | None
    after: Side
    comparison: Comparison | None
    why: str = ""


def read_sides(before: str | Path | None, after: str | Path) -> Sides:
    """Read one file or two.

    Args:
        before: a synthesized stack, a plan or a state (``terraform show -json``); ``None`` if there is none. What a
            plan says will be is then the side before.
        after: the same. A plan alone is both sides: its prior state, and what it says will be.

    Raises:
        TemplateError: if a file cannot be read, or is none of these.

    """
    new = read_side(after)
    if before is None:
        if new.plan is None:
            return Sides(None, new, None, "there is nothing to compare with; name the file before with --before")
        old = replace(new, template=new.plan.prior, plan=None)
        return Sides(old, new, planned(new.plan))
    old = read_side(before)
    if new.plan is not None:
        return Sides(old, new, planned(new.plan))
    if old.state is None or new.state is None:
        kinds = f"{old.template.kind} and {new.template.kind}"
        return Sides(old, new, None, f"a {kinds} cannot be compared; give two synthesized stacks, or a plan as --after")
    return Sides(old, new, compare(old.state, new.state))


def read_side(path: str | Path) -> Side:
    """Read one file; of a folder, the one stack in it.

    Raises:
        TemplateError: if it cannot be read, or a folder holds no stack or several.

    """
    file = _stack(Path(path)) if Path(path).is_dir() else Path(path)
    template = read(file)
    raw = file.read_bytes()
    digest = hashlib.sha256(raw).hexdigest()
    name = str(file)
    if template.kind is Kind.PLAN:
        plan = read_plan(file)
        return Side(plan.template, name, digest, plan)
    if template.kind is Kind.SYNTHESIZED:
        state = declared_state(json.loads(raw))
        # Without what says something of the machine, so that both sides have the same resources.
        return Side(parse(state, source=name), name, digest, state=state)
    return Side(template, name, digest)


def _stack(folder: Path) -> Path:
    if (folder / _STACK).is_file():
        return folder / _STACK
    stacks = sorted(folder.glob(f"stacks/*/{_STACK}"))
    if len(stacks) == 1:
        return stacks[0]
    if not stacks:
        raise TemplateError(f"{folder}: no {_STACK} in it; name the folder that `cdktf synth` wrote")
    raise TemplateError(f"{folder}: {len(stacks)} stacks in it; name one, such as {stacks[0].parent}")
