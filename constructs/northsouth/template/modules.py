"""The path of a module instance, read from its address."""

from __future__ import annotations

from functools import lru_cache

from northsouth.template.expressions import Reference
from northsouth.template.model import MAX_DEPTH, TemplateError


@lru_cache(maxsize=1024)
def module_steps(address: str) -> tuple[str, ...]:
    """Split a module instance's address: ``module.a["x.y"].module.b`` is ``('module.a["x.y"]', 'module.b')``.

    Raises:
        TemplateError: if it nests deeper than ``MAX_DEPTH``.

    """
    if not address:
        return ()
    steps: list[str] = []
    quoted = False
    start = 0
    for position, character in enumerate(address):
        if character == '"' and address[position - 1] != "\\":
            quoted = not quoted
        elif not quoted and position > start and address.startswith(".module.", position):
            steps.append(address[start:position])
            start = position + 1
            if len(steps) > MAX_DEPTH:
                raise TemplateError(f"modules nested deeper than {MAX_DEPTH} levels: {address[:40]}...")
    return (*steps, address[start:])


def without_indices(steps: tuple[str, ...]) -> tuple[str, ...]:
    """Return the path of a module call from the path of one of its instances."""
    return tuple(step.partition("[")[0] for step in steps)


def step_index(step: str) -> str | int | None:
    """Return the key of one module instance: ``module.a["x"]`` gives ``x``, ``module.a[0]`` gives 0."""
    reference = Reference.parse(step)
    return reference.index if reference else None
