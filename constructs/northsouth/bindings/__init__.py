"""Loads the CDK and its provider bindings fast; the only part of northsouth that knows how.

Importing one submodule of ``cdktf_cdktf_provider_aws`` first runs the package's ``__init__``, which imports all of its
2,139 submodules, and has Node load as many JavaScript files: 8 to 11 s. With this module imported first, both sides
load only what a program uses, and every other behaviour stays as it was::

    from northsouth import bindings

    bindings.install()

    from cdktf_cdktf_provider_aws.nat_gateway import NatGateway

Importing a package of northsouth (``northsouth.egress``) does this already. It holds for every prebuilt provider
(``cdktf_cdktf_provider_*``, ``cdktn_provider_*``) that the process has not imported before; one that it has stays as it
is.

Seven steps make it up, each of which falls back to the stock way with one debug line on the logger
``northsouth.bindings`` and can be switched off by itself (see `OPT_OUT`):

- ``python``: the provider's root package does not import its submodules until they are used.
- ``node``: Node loads the provider's own ``lib/lazy-index.js`` instead of ``lib/index.js``.
- ``index``: the first program on a new jsii cache ends only when jsii has indexed the provider (about 2 s, once).
- ``types``: an object that comes from JavaScript imports the Python module of its class.
- ``relay``: Node starts while jsii is imported, and jsii's kernel runs without a process that passes requests on to it.
- ``checks``: a constructor checks an argument's type against a hint once for all plain values of one type.
- ``preload``: Node starts beside the program, where the program asks for it (`preload`).

It also chooses the CDK: with `CDK` set to ``cdktn``, or where that alone is installed, ``cdktf`` and its providers are
names for ``cdktn`` and its providers (see `northsouth.bindings.cdk`).

Importing this module needs the standard library only.
"""

from __future__ import annotations

import os
import sys
import threading
from typing import TYPE_CHECKING

from northsouth.bindings.cdk import CDK, CdkFinder, chosen
from northsouth.bindings.finder import ProviderFinder

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["CDK", "OPT_OUT", "STEPS", "claim_cdk", "install", "preload"]

OPT_OUT = "NORTHSOUTH_STOCK_BINDINGS"
"""Environment variable that keeps the stock way of loading, read by `install`.

Unset, empty or ``0``: nothing is stock. A comma-separated list of `STEPS` (``node,index``): those are. Any other value,
as ``1``: everything is, as if northsouth were not there.
"""

STEPS = frozenset({"python", "node", "index", "types", "relay", "checks", "preload"})
"""Names of the steps that can be switched off one by one."""

_lock = threading.Lock()


def install() -> None:
    """Choose the CDK, and make provider packages load fast from now on; does nothing the second time.

    Raises:
        ImportError: the variable `CDK` names no CDK, or ``cdktn`` where ``cdktf`` has been imported already.

    """
    with _lock:
        if not any(isinstance(finder, CdkFinder) for finder in sys.meta_path):
            sys.meta_path.insert(0, CdkFinder(chosen(os.environ.get(CDK, "").strip())))
        steps = _enabled(os.environ.get(OPT_OUT, ""))
        if steps and not any(isinstance(finder, ProviderFinder) for finder in sys.meta_path):
            sys.meta_path.insert(0, ProviderFinder(steps))


def preload(provider: str = "cdktf_cdktf_provider_aws") -> Callable[[], None]:
    """Start Node and load a provider in a thread, while the program imports and reads what needs neither.

    Args:
        provider: the provider's Python package.

    Returns:
        What waits until Node is ready; to be called before the first construct, because jsii talks to Node from one
        thread at a time. A failure is no concern here; the import that needs what failed tells of it.

    """
    if "preload" not in _enabled(os.environ.get(OPT_OUT, "")):
        return lambda: None
    from northsouth.bindings import preloading

    return preloading.start(provider)


def claim_cdk() -> None:
    """Hold the program to one CDK, once a construct of northsouth was imported; `northsouth.exports` calls it.

    Raises:
        ImportError: the program uses ``cdktn`` besides, and nobody chose that for northsouth.

    """
    for finder in sys.meta_path:
        if isinstance(finder, CdkFinder):
            finder.claim()


def _enabled(stock: str) -> frozenset[str]:
    if stock.strip() in {"", "0"}:
        return STEPS
    named = {step.strip() for step in stock.split(",")}
    return STEPS - named if named <= STEPS else frozenset()


install()
