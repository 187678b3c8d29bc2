"""Shares work among processes that see the caller's memory, so that a history is never copied."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from typing import Any, TypeVar, cast

Item = TypeVar("Item")
Result = TypeVar("Result")

PARTS = 8
"""Parts that each process gets, so that none waits long for another."""

_work: list[Callable[[Any], Any]] = []


def shared(work: Callable[[Item], Result], items: Sequence[Item], workers: int) -> Iterator[Result]:
    """Yield the results of some work, in the order of its items.

    Args:
        work: what is done with each item; it need not be picklable, its results must be.
        items: what it is done with.
        workers: how many processes share it. With one, or where the system cannot fork, the caller does it.

    """
    if workers < 2 or len(items) < 2 or "fork" not in multiprocessing.get_all_start_methods():
        yield from map(work, items)
        return
    context = multiprocessing.get_context("fork")
    part = max(1, len(items) // (PARTS * workers))
    with ProcessPoolExecutor(workers, mp_context=context, initializer=_work.append, initargs=(work,)) as pool:
        yield from cast("Iterator[Result]", pool.map(_do, items, chunksize=part))


def _do(item: object) -> object:
    return _work[-1](item)
