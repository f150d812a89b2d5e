"""Keeps the indexes of the logs that were asked about last, so that each is made once."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from typing import Generic, TypeVar

from hei_nw_tasks.retrieval.protocols import Log

_MOST = 16
Index = TypeVar("Index")


class Indexes(Generic[Index]):
    """One index for each of the last 16 logs.

    Args:
        make: Makes the index of a log.
    """

    def __init__(self, make: Callable[[Log], Index]) -> None:
        self._make = make
        self._kept: OrderedDict[str, Index] = OrderedDict()

    def of(self, log: Log) -> Index:
        """The index of a log, made if it is not kept."""
        if log.log_id not in self._kept:
            self._kept[log.log_id] = self._make(log)
            if len(self._kept) > _MOST:
                self._kept.popitem(last=False)
        self._kept.move_to_end(log.log_id)
        return self._kept[log.log_id]
