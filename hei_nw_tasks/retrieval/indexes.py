"""Keeps the indexes of the logs that were asked about last, so that each only grows."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Generic, Protocol, TypeVar

from hei_nw_tasks.retrieval.protocols import Log

_MOST = 16


class Growing(Protocol):
    """An index of texts."""

    def grow(self, texts: Sequence[str]) -> None:
        """Index these texts; they begin with those that are indexed already."""


Index = TypeVar("Index", bound=Growing)


class Indexes(Generic[Index]):
    """One index for each of the last 16 logs.

    Args:
        make: Makes an empty index.
    """

    def __init__(self, make: Callable[[], Index]) -> None:
        self._make = make
        self._kept: OrderedDict[str, tuple[Index, tuple[str, ...]]] = OrderedDict()

    def of(self, log: Log) -> Index:
        """The index of a log, with all of its events."""
        index, texts = self._kept.pop(log.log_id, (None, ()))
        if index is None or texts != log.texts[: len(texts)]:
            index = self._make()
        index.grow(log.texts)
        self._kept[log.log_id] = index, log.texts
        if len(self._kept) > _MOST:
            self._kept.popitem(last=False)
        return index
