"""What is vendored is what its authors published, and comes with its licence."""

from __future__ import annotations

import hashlib

from northsouth.report.document import own

UPLOT = {
    "uPlot.iife.min.js": "19c8d4c6ad88929a79f4ae49d6f7161566dfd0ba3d15cc495e974f787eb78f1f",
    "uPlot.min.css": "df630c6a8d6f8eeaff264b50f73ce5b114f646ffd9a0bb74f049b0a00135fa04",
}
"""SHA-256 of the files in uPlot 1.6.32 as npm has it."""


def test_uplot_is_unchanged() -> None:
    for name, digest in UPLOT.items():
        assert hashlib.sha256(own(f"vendor/{name}").encode()).hexdigest() == digest
    assert "MIT License" in own("vendor/uPlot.LICENSE")
    # It stands in a page as it is.
    assert "</script" not in own("vendor/uPlot.iife.min.js")
