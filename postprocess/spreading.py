"""Many like pieces of work, in as many processes as there are processors."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing.connection import wait
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

    Few items are done in this process, and so are all where it cannot be forked safely. Results
    of other processes have to be pickled.

    Raises:
        Exception: What the function raises, of the first item for which it does.
    """
    processes = _processors() if _can_be_forked() else 1
    if processes < 2 or len(items) < FEWEST:
        yield from map(function, items)
        return
    _inherited.append((function, items))
    try:
        forking = multiprocessing.get_context("fork")
        with ProcessPoolExecutor(processes, forking, initializer=_begin) as pool:
            try:
                yield from pool.map(_at, range(len(items)))
            finally:
                pool.shutdown(wait=True, cancel_futures=True)
    finally:
        _inherited.pop()


def is_apart() -> bool:
    """Whether this is one of those processes, whose results are pickled."""
    return multiprocessing.parent_process() is not None


def _processors() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 1


def _can_be_forked() -> bool:
    """Whether no other thread could hold a lock that is then never released; torch starts some."""
    return threading.active_count() == 1 and "torch" not in sys.modules


def _begin() -> None:
    """Leave it to the process that reads the results to say why it ends, and end with it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for asked in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(asked, signal.SIG_DFL)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    assert parent is not None
    wait([parent.sentinel])
    os._exit(1)


def _at(place: int) -> Any:
    function, items = _inherited[-1]
    return function(items[place])
