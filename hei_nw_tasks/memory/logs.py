"""The logs that questions are about, kept once and looked up by id.

A dataset row names its log and how much of it is visible: `{"world_id": "0f24…", "store_size": 23}`
means the first 23 events. Loading a dataset registers its logs; the model looks them up:

    visible_log(doc) -> VisibleLog(log=Log("0f24…", texts=("On 7 October …", …)), …, visible=23)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from hei_nw_tasks.retrieval.protocols import Log

if TYPE_CHECKING:
    from generators.datasets.tables import Tables

_COLUMNS = ("scenario", "world_id", "store_size", "query", "evidence")


@dataclass(frozen=True)
class VisibleLog:
    """The part of a log that a question may see: its first `visible` events, in time order.

    Attributes:
        log: Id and texts of the whole log.
        event_ids: Ids of all its events, in the same order.
        visible: Number of events up to the question's date.
    """

    log: Log
    event_ids: tuple[str, ...]
    visible: int

    def positions(self, event_ids: list[str]) -> list[int]:
        """Positions of the visible ones among these events, in time order."""
        wanted = set(event_ids)
        return [i for i, name in enumerate(self.event_ids[: self.visible]) if name in wanted]


# lm_eval loads the task and calls the model; this is the only place where the two meet.
_LOGS: dict[str, tuple[Log, tuple[str, ...]]] = {}


def register(tables: Tables) -> None:
    """Keep the logs of a dataset for the models of this process."""
    for world in tables.worlds:
        texts = tuple(event.text for event in world.events)
        ids = tuple(event.event_id for event in world.events)
        _LOGS[world.world_id] = Log(world.world_id, texts), ids


def is_question(doc: object) -> bool:
    """Whether a document of lm_eval is one of ours."""
    return isinstance(doc, Mapping) and all(name in doc for name in _COLUMNS)


def visible_log(doc: Mapping[str, Any]) -> VisibleLog:
    """The events that a question may see.

    Raises:
        ConfigError: The log was not loaded in this process, or is shorter than the question says.
    """
    from generators.errors import ConfigError

    log, ids = _LOGS.get(doc["world_id"], (None, ()))
    if log is None or len(ids) < doc["store_size"]:
        raise ConfigError(
            f"question {doc.get('id')!r} is about the log {doc['world_id']!r}, which was not "
            "loaded: its request is from a cache that was made with other settings "
            "→ run again with --cache_requests refresh"
        )
    return VisibleLog(log, ids, doc["store_size"])
