"""A program on a small prebuilt provider: ``python small_provider.py CDK OUT [fast]``.

With ``fast``, northsouth is imported first, and a step that falls back to the stock way is told on the standard error.
"""

from __future__ import annotations

import importlib
import logging
import sys

CDK, OUT, *FAST = sys.argv[1:]
PROVIDER = {"cdktf": "cdktf_cdktf_provider_random", "cdktn": "cdktn_provider_random"}[CDK]


def main() -> None:
    if FAST:
        logging.basicConfig(level=logging.DEBUG)
        from northsouth import bindings

        bindings.install()
    random = importlib.import_module(PROVIDER)
    cdk = importlib.import_module(CDK)
    app = cdk.App(outdir=OUT)
    stack = cdk.TerraformStack(app, "stack")
    random.provider.RandomProvider(stack, "random")
    random.password.Password(stack, "password", length=20)
    random.id.Id(stack, "id", byte_length=8)
    app.synth()
    print(*sorted(name for name in sys.modules if name.count(".") == 1 and name.startswith(f"{PROVIDER}.")))  # noqa: T201


if __name__ == "__main__":
    main()
