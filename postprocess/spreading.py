"""Many like pieces of work, in as many processes as there are processors."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from typing import Any, TypeVar

# With fewer pieces, starting processes takes longer than it saves.
FEWEST = 40
Item = TypeVar("Item")
Result = TypeVar("Result")
# What the processes inherit: functions that refer to each other, and data read so far, need not be
# sent to them.
_inherited: list[tuple[Callable[[Any], Any], Sequence[Any]]] = []


def spread(function: Callable[[Item], Result], items: Sequence[Item]) -> Iterator[Result]:
    """The results of a function for each item, in the order of the items.

    Few items are done in this process, and so are all where processes cannot be forked: results of
    others have to be pickled.

    Raises:
        Exception: What the function raises, of the first item for which it does.
    """
    processes = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 1
    if processes < 2 or len(items) < FEWEST:
        yield from map(function, items)
        return
    _inherited.append((function, items))
    try:
        forking = multiprocessing.get_context("fork")
        with ProcessPoolExecutor(processes, mp_context=forking) as pool:
            try:
                yield from pool.map(_at, range(len(items)))
            finally:
                pool.shutdown(wait=True, cancel_futures=True)
    finally:
        _inherited.pop()


def is_apart() -> bool:
    """Whether this is one of those processes, whose results are pickled."""
    return multiprocessing.parent_process() is not None


def _at(place: int) -> Any:
    function, items = _inherited[-1]
    return function(items[place])
