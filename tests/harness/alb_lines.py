"""Makes plausible access log lines, the same for the same seed, for tests and benchmarks of bulk parsing."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

_PATHS = ("/", "/api/v2/orders?id={n}", "/static/app.{n}.js", "/search?q=\\x22red%20shoes\\x22&page={n}", "/a b/{n}")
_AGENTS = (
    "curl/8.5.0",
    "-",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/135.0.0.0 Safari/537.36",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)  Mobile/15E148",
)
_GROUP = "arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/web/73e2d6bc24d8a067"
_CERTIFICATE = "arn:aws:acm:us-east-1:123456789012:certificate/12345678-1234-1234-1234-123456789012"
_FIRST = datetime(2026, 2, 1, tzinfo=UTC)


def lines(count: int, *, seed: int = 0, start: datetime = _FIRST, seconds: float = 3600.0) -> Iterator[str]:
    """Yield ``count`` lines spread evenly over ``seconds`` from ``start``, most of them with the 34 fields of 2026."""
    rng = random.Random(seed)
    for number in range(count):
        yield _line(rng, start + timedelta(seconds=seconds * number / count))


def _line(rng: random.Random, at: datetime) -> str:
    number = rng.getrandbits(32)
    client = f"203.0.113.{number % 254 + 1}" if number % 8 else f"2001:db8::{number % 65536:x}"
    served = number % 20 != 7
    status = rng.choice((200, 200, 200, 200, 304, 404, 500)) if served else 403
    target = f"10.2.{number % 256}.{number // 256 % 254 + 1}:8080" if served else "-"
    times = f"0.00{number % 10} 0.{number % 1000:03d} 0.000" if served else "-1 -1 -1"
    path = rng.choice(_PATHS).format(n=number)
    received = (at - timedelta(milliseconds=number % 1000)).isoformat(timespec="microseconds")[:26]
    fields = [
        "h2",
        f"{at.isoformat(timespec='microseconds')[:26]}Z",
        "app/edge/50dc6c495c0c9188",
        f"{client}:{number % 60000 + 1024}",
        target,
        times,
        str(status),
        str(status) if served else "-",
        str(number % 5000),
        str(number % 500000),
        f'"GET https://www.example.com:443{path} HTTP/2.0"',
        f'"{rng.choice(_AGENTS)}"',
        "TLS_AES_128_GCM_SHA256 TLSv1.3",
        _GROUP if served else "-",
        f'"Root=1-{number:08x}-36d228ad5d99923122bbe354"',
        f'"www.example.com" "{_CERTIFICATE}"',
        str(number % 100),
        f"{received}Z",
        '"waf,forward" "-" "-"' if served else '"waf" "-" "WAFForbidden"',
        f'"{target}" "{status}"' if served else '"-" "-"',
        '"-" "-"',
        *((f"TID_{number:032x}", '"-" "-" "-"', "10.2.0.17") if number % 10 else ()),
    ]
    return " ".join(fields)
