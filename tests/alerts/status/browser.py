"""A headless Chromium: Debian's, or whichever is named by ``CHROMIUM``, driven by Playwright."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, sync_playwright

from tests.harness.provider import ToolMissing

_NAMES = ("chromium", "chromium-browser", "google-chrome")


def executable() -> str:
    """Return the browser's path.

    Raises:
        ToolMissing: there is none.

    """
    named = os.environ.get("CHROMIUM")
    found = named or next(filter(None, map(shutil.which, _NAMES)), None)
    if found is None:
        raise ToolMissing("there is no Chromium on the PATH: apt-get install chromium, or set CHROMIUM to one")
    return found


@contextmanager
def chromium() -> Iterator[Browser]:
    """Run a browser."""
    path = executable()
    with sync_playwright() as playwright:
        # The sandbox does not run as root, which tests in a container often are; it only loads pages from loopback.
        browser = playwright.chromium.launch(
            executable_path=path, args=["--no-sandbox", "--disable-dev-shm-usage", "--no-proxy-server"]
        )
        try:
            yield browser
        finally:
            browser.close()
