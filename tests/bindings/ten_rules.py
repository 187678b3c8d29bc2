"""The benchmark's ten rules, in a program that notes how it was loaded: ``python ten_rules.py OUT FACTS [cdktn]``."""

from __future__ import annotations

import atexit
import json
import logging
import runpy
import sys
from pathlib import Path

RULES = Path(__file__).parents[2] / "benchmarks" / "programs" / "rules.py"
PROVIDERS = ("cdktf_cdktf_provider_aws.", "cdktn_provider_aws.")


class Lines(logging.Handler):
    """Keeps what is logged."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(f"{record.levelname}: {record.getMessage()}")


def main(out: Path, facts: Path, *options: str) -> None:
    log = Lines()
    logger = logging.getLogger("northsouth.bindings")
    logger.addHandler(log)
    logger.setLevel(logging.DEBUG)
    logger.propagate = False
    seen = {"imported": 0, "indexing": False, "northsouth": None, "log": log.lines}
    # Registered first, so run last: the end of a program may be logged too.
    atexit.register(lambda: facts.write_text(json.dumps(seen)))

    sys.argv = [str(RULES), str(out), "10", *options]
    runpy.run_path(str(RULES), run_name="__main__")

    seen["imported"] = sum(name.startswith(PROVIDERS) and name.count(".") == 1 for name in sys.modules)
    if "northsouth.bindings" in sys.modules:
        from northsouth.bindings import kernel

        seen["northsouth"] = kernel.__file__
        # Where the hook did not load, the question is one the library does not ask.
        logger.removeHandler(log)
        seen["indexing"] = bool(kernel._ask("isIndexing"))
        logger.addHandler(log)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), *sys.argv[3:])
