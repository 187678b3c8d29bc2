"""The app's tree: one stack for each environment."""

from __future__ import annotations

from collections.abc import Sequence

from cdktf import App

from stacks.edge import EdgeStack
from stacks.settings import Environment


def synthesize(environments: Sequence[Environment], *, outdir: str | None = None) -> None:
    """Write the stacks of all environments, by default to ``cdktf.out`` or where the ``cdktf`` command says."""
    # A warning would carry a stack trace into manifest.json, with paths of this machine and of this run.
    app = App(outdir=outdir, context={"@cdktf/disable_stack_trace_in_metadata": True})
    for environment in environments:
        EdgeStack(app, environment)
    app.synth()
