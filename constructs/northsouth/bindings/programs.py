"""Has a program that somebody else starts load its bindings fast: any command, in whatever virtual environment.

Python imports ``sitecustomize`` at its start. A folder with one of ours goes first on the program's path. Beside it
is a copy of what it needs, for a Python that has no northsouth.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

_PARTS = ("bindings", "tokens")
"""The packages of northsouth that `northsouth.bindings` consists of; they need the standard library only."""


@contextmanager
def environment(variables: Mapping[str, str]) -> Iterator[dict[str, str]]:
    """Give the environment variables with which a program loads its bindings fast, while the context lasts.

    Python started with ``-I``, ``-E`` or ``-S`` pays no heed to them. `northsouth.bindings.OPT_OUT` holds as ever.

    Args:
        variables: the environment variables that the program has anyway.

    """
    package = Path(__file__).parent
    # From a zip, nothing can be copied this way: the program starts as slowly as without northsouth.
    if not package.is_dir():
        yield dict(variables)
        return
    with TemporaryDirectory(prefix="northsouth-start-") as folder:
        shutil.copy2(package / "at_start" / "sitecustomize.py", folder)
        for part in _PARTS:
            shutil.copytree(package.with_name(part), Path(folder, "parts", "northsouth", part))
        path = [folder, *filter(None, [variables.get("PYTHONPATH")])]
        yield {**variables, "PYTHONPATH": os.pathsep.join(path)}
