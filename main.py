"""The app: reads the environment files, builds their stacks, synthesizes."""

from __future__ import annotations

import os
import sys
from pathlib import Path

# Node 20 is the oldest that this app supports; jsii would announce its end of life at every run.
os.environ.setdefault("JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION", "20")

from northsouth import bindings


def main() -> int:
    """Synthesize every chosen environment; print one report and return 2 if any of them is wrong."""
    # Node starts while the files are read and judged, which needs the standard library and pydantic.
    node_is_ready = bindings.preload()
    from northsouth.errors import ConfigurationError
    from stacks.loading import environment_files, load_environments

    try:
        environments = load_environments(environment_files(Path("environments")))
        from stacks.app import synthesize

        node_is_ready()
        synthesize(environments)
    except ConfigurationError as error:
        print(error, file=sys.stderr)  # noqa: T201 - the report is this program's answer
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
