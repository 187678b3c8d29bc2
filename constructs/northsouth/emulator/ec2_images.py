"""No machine images: moto makes 1,300 of them after each reset, and nothing here starts an instance.

Real AWS has public images.
"""

from __future__ import annotations

import os


def install() -> None:
    """Leave the images out."""
    os.environ["MOTO_EC2_LOAD_DEFAULT_AMIS"] = "false"
