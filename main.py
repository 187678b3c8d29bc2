"""What ``cdktf`` runs for this repository: ``northsouth synth`` of the files in ``environments/``."""

from __future__ import annotations

import sys

from northsouth.cli.main import main

if __name__ == "__main__":
    sys.exit(main(["synth", *sys.argv[1:]]))
