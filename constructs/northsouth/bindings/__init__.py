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

Eight steps make it up. Each of them can be switched off by itself (see `OPT_OUT`). Where a step cannot work, it leaves
the stock way and logs one debug line on the logger ``northsouth.bindings``:

- ``python``: the provider's root package does not import its submodules until they are used.
- ``node``: Node loads the provider's own ``lib/lazy-index.js`` instead of ``lib/index.js``.
- ``index``: the first program on a new jsii cache ends only when jsii has indexed the provider (about 2 s, once).
- ``types``: an object that comes from JavaScript imports the Python module of its class.
- ``relay``: Node starts while jsii is imported, and jsii's kernel runs without a process that passes requests on to it.
- ``checks``: a constructor checks an argument's type against a hint once for all plain values of one type.
- ``tokens``: Node cuts a long text at its tokens without reading the rest of the text at each of them.
- ``methods``: the methods of northsouth's own dataclasses are compiled when they are first called.

It also chooses the CDK: with `CDK` set to ``cdktn``, or where that alone is installed, ``cdktf`` and its providers are
names for ``cdktn`` and its providers (see `northsouth.bindings.cdk`).

Importing this module needs the standard library only.
"""

from __future__ import annotations

import os
import sys
import threading

from northsouth.bindings import methods, relay
from northsouth.bindings.cdk import CDK, CdkFinder, chosen
from northsouth.bindings.finder import PROVIDERS, ProviderFinder
from northsouth.bindings.log import debug

__all__ = ["CDK", "OPT_OUT", "STEPS", "claim_cdk", "install"]

OPT_OUT = "NORTHSOUTH_STOCK_BINDINGS"
"""Environment variable that keeps the stock way of loading, read by `install`.

- Unset, empty, ``0``, ``false``, ``no`` or ``off``: no step is off.
- ``1``, ``true``, ``yes``, ``on`` or ``all``: every step is off, as if northsouth were not there.
- A comma-separated list of `STEPS`, as ``node,index``: these are off. A name of `DROPPED` is ignored. So is any other
  name, after one debug line.
"""

STEPS = frozenset({"python", "node", "index", "types", "relay", "checks", "tokens", "methods"})
"""Names of the steps that can be switched off one by one."""

DROPPED = frozenset({"preload"})
"""Names of steps that earlier versions had. Nothing is left to switch off."""

_A_WHOLE_PROVIDER = 200
"""More submodules than a program imports by name: the root package has imported them all."""

_lock = threading.Lock()


def install() -> None:
    """Choose the CDK, and make provider packages load fast from now on; does nothing the second time.

    Raises:
        ImportError: the variable `CDK` names no CDK, or ``cdktn`` where ``cdktf`` has been imported already.

    """
    with _lock:
        if not any(isinstance(finder, CdkFinder) for finder in sys.meta_path):
            sys.meta_path.insert(0, CdkFinder(chosen(os.environ.get(CDK, "").strip())))
        if any(isinstance(finder, ProviderFinder) for finder in sys.meta_path):
            return
        steps = _enabled(os.environ.get(OPT_OUT, ""))
        if "python" in steps:
            _say_what_came_too_early()
        if steps:
            sys.meta_path.insert(0, ProviderFinder(steps))
        if "relay" in steps:
            relay.install()
        if "methods" in steps:
            methods.install()


def _say_what_came_too_early() -> None:
    """Print one line for each provider that was imported as a whole, before this module could do anything about it."""
    for name in [name for name in sys.modules if name.endswith("._jsii") and name.startswith(PROVIDERS)]:
        package = name.removesuffix("._jsii")
        submodules = sum(each.startswith(f"{package}.") for each in list(sys.modules))
        if submodules > _A_WHOLE_PROVIDER:
            sys.stderr.write(
                f"northsouth: {package} was imported before northsouth, with all its {submodules} submodules: 10 to "
                "40 s at every start. Write `import northsouth.bindings` above it (`import northsouth` alone does "
                "nothing).\n"
            )


def claim_cdk() -> None:
    """Hold the program to one CDK, once a construct of northsouth was imported; `northsouth.exports` calls it.

    Raises:
        ImportError: the program uses ``cdktn`` besides, and nobody chose that for northsouth.

    """
    for finder in sys.meta_path:
        if isinstance(finder, CdkFinder):
            finder.claim()


def _enabled(stock: str) -> frozenset[str]:
    value = stock.strip().lower()
    if value in {"", "0", "false", "no", "off"}:
        return STEPS
    if value in {"1", "true", "yes", "on", "all"}:
        return frozenset()
    named = {name.strip() for name in value.split(",")}
    for name in sorted(named - STEPS - DROPPED - {""}):
        debug("%s names %r, which is no step; the steps are %s", OPT_OUT, name, ", ".join(sorted(STEPS)))
    return STEPS - named


install()
