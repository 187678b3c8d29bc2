"""Objects of the emulator's buckets, written and read past its API.

Log delivery and Athena's own reads and writes are done by AWS, not by a client, so they take this way.
"""

from __future__ import annotations

from collections.abc import Iterator

from moto.s3.models import S3Backend, s3_backends

from northsouth.emulator.patching import require

ACCOUNT = "123456789012"


def _backend() -> S3Backend:
    backend = s3_backends[ACCOUNT]["aws"]
    require(backend, "buckets", "put_object", "get_object")
    return backend


def put(bucket: str, key: str, body: bytes) -> None:
    """Write an object."""
    _backend().put_object(bucket, key, body)


def get(bucket: str, key: str) -> bytes:
    """Read an object."""
    stored = _backend().get_object(bucket, key)
    if stored is None:
        raise KeyError(f"s3://{bucket}/{key}")
    return bytes(stored.value)


def expire(bucket: str, key: str) -> None:
    """Take an object away for good, all its versions, as a lifecycle does in the end."""
    _backend().buckets[bucket].keys.pop(key)


def keys(bucket: str, prefix: str = "") -> list[str]:
    """Return the keys of a bucket's objects, sorted; deleted ones are not among them."""
    stored = _backend().buckets[bucket].keys if bucket in _backend().buckets else {}
    return sorted(key for key, item in stored.items() if key.startswith(prefix) and hasattr(item, "value"))


def size(bucket: str, key: str) -> int:
    """Return the number of bytes of an object."""
    return len(get(bucket, key))


def below(address: str) -> Iterator[tuple[str, str]]:
    """Yield bucket and key of the objects whose address starts with ``s3://bucket/prefix``."""
    bucket, _, prefix = address.removeprefix("s3://").partition("/")
    for key in keys(bucket, prefix):
        yield bucket, key
