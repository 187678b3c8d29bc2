"""The app's tree: one stack for each environment."""

from __future__ import annotations

from collections.abc import Sequence

from cdktf import App

from northsouth.at_synth import judge_now
from northsouth.errors import ConfigurationError, Problem, refuse
from northsouth.stacks.edge import EdgeStack
from northsouth.stacks.keys import KeyedError
from northsouth.stacks.loading import in_file
from northsouth.stacks.settings import Environment


def synthesize(environments: Sequence[Environment], *, outdir: str | None = None) -> None:
    """Write the stacks of all environments, by default to ``cdktf.out`` or where the ``cdktf`` command says.

    Raises:
        ConfigurationError: with the problems that only the constructs can find, of every environment.

    """
    # A warning would carry a stack trace into manifest.json, with paths of this machine and of this run.
    app = App(outdir=outdir, context={"@cdktf/disable_stack_trace_in_metadata": True})
    problems: list[Problem] = []
    for environment in environments:
        try:
            stack = EdgeStack(app, environment)
            problems += [in_file(problem, environment.file) for problem in judge_now(stack)]
        except ConfigurationError as error:
            problems += [
                in_file(problem if isinstance(error, KeyedError) else problem.within(error.subject), environment.file)
                for problem in error.problems
            ]
    refuse("the environment files", problems)
    app.synth()
