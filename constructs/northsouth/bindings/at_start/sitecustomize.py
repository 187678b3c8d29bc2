"""Loads bindings fast in whatever program Python starts now; `northsouth.bindings.programs` put this on its path.

The program is somebody's own. Its virtual environment may lack northsouth, and its Python may be of another version.
What cannot work there leaves the program as it would be without this file. This file hides a `sitecustomize` of the
environment's own, and so runs it afterwards.
"""

import sys
from contextlib import suppress

_FOLDER = __file__.rpartition("sitecustomize")[0].rstrip("/\\")


def _install_bindings() -> None:
    try:
        import northsouth.bindings
    except ModuleNotFoundError:
        # Behind everything else: what is installed here goes first.
        sys.path.append(_FOLDER + "/parts")
        import northsouth.bindings  # noqa: F401 importing it is all


def _run_the_hidden() -> None:
    from importlib.machinery import PathFinder
    from importlib.util import module_from_spec

    spec = PathFinder.find_spec("sitecustomize", [place for place in sys.path if place.rstrip("/\\") != _FOLDER])
    if spec is not None and spec.loader is not None:
        module = module_from_spec(spec)
        sys.modules["sitecustomize"] = module
        spec.loader.exec_module(module)


if sys.version_info >= (3, 11):  # noqa: UP036 the program's Python, not northsouth's
    with suppress(Exception):
        _install_bindings()
_run_the_hidden()
