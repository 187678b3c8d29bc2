"""Starts Node beside the program: the kernel and the provider load while Python imports and reads other things."""

from __future__ import annotations

import importlib
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


def start(provider: str) -> Callable[[], None]:
    """Import what a provider needs of Node in a thread of its own; return what waits for that."""
    thread = threading.Thread(target=_load, args=(provider,), name="northsouth-preload")
    thread.start()
    return thread.join


def _load(provider: str) -> None:
    try:
        importlib.import_module(f"{provider}._jsii")
    except Exception as error:
        # Whoever needs it imports it again, and gets the error.
        from northsouth.bindings.kernel import logger

        logger.debug("%s was not preloaded: %s", provider, error)
