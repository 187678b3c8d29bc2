"""The app: reads the environment files, builds their stacks, synthesizes."""

from __future__ import annotations

import os
import sys
from pathlib import Path

# Node 20 is the oldest that this app supports; jsii would announce its end of life at every run.
os.environ.setdefault("JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION", "20")

from northsouth.errors import ConfigurationError
from stacks.loading import environment_files, load_environments


def main() -> int:
    """Synthesize every chosen environment; print one report and return 2 if any of them is wrong."""
    try:
        environments = load_environments(environment_files(Path("environments")))
        # Importing the stacks starts Node.js; a file that is wrong is refused before that.
        from stacks.app import synthesize

        synthesize(environments)
    except ConfigurationError as error:
        print(error, file=sys.stderr)  # noqa: T201 - the report is this program's answer
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
