"""``python -m northsouth.bindings main.py``: run a program with its bindings loaded fast, without editing it.

python -m northsouth.bindings PROGRAM [ARGUMENT ...]   # as `python PROGRAM ARGUMENT ...`
python -m northsouth.bindings -m MODULE [ARGUMENT ...] # as `python -m MODULE ARGUMENT ...`
python -m northsouth.bindings --fill-cache             # fill jsii's cache ahead with what is installed

In a `cdktf.json`: "app": "python -m northsouth.bindings main.py".
"""

from __future__ import annotations

import importlib
import pkgutil
import runpy
import sys
from collections.abc import Sequence
from pathlib import Path

from northsouth import bindings
from northsouth.bindings.finder import PROVIDERS

_USAGE = "\n".join((__doc__ or "").splitlines()[2:5])


def main(arguments: Sequence[str]) -> int:
    """Run a program, a module, or fill the cache; return the exit code."""
    bindings.install()
    match list(arguments):
        case ["--fill-cache"]:
            return fill_cache()
        case ["-m", module, *rest]:
            sys.argv = [module, *rest]
            runpy.run_module(module, run_name="__main__", alter_sys=True)
        case [program, *rest] if not program.startswith("-"):
            if not Path(program).exists():
                sys.stderr.write(f"northsouth.bindings: no such program: {program}\n")
                return 2
            sys.argv = [program, *rest]
            # A folder and a zip put themselves on the path.
            if Path(program).is_file():
                sys.path[0] = str(Path(program).resolve().parent)
            runpy.run_path(program, run_name="__main__")
        case _:
            sys.stderr.write(f"{_USAGE}\n")
            return 2
    return 0


def fill_cache() -> int:
    """Have jsii extract and index the installed CDK and providers, so that the next program finds them there."""
    # The other CDK has its own classes of the same names: one process holds one of them.
    cdk = importlib.import_module("cdktf").__name__
    providers = (each.name for each in pkgutil.iter_modules() if each.ispkg and each.name.startswith(PROVIDERS))
    filled = [cdk, *sorted(name for name in providers if name.startswith(cdk))]
    for name in filled:
        importlib.import_module(f"{name}._jsii")
    sys.stdout.write(f"jsii's cache holds {', '.join(filled)}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
