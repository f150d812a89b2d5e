"""The logs that questions are about, kept once and looked up by id.

A dataset row names its log and how much of it is visible: `{"world_id": "0f24…", "store_size": 23}`
means the events of ranks 0 to 22. Loading a dataset registers its logs; the model looks them up:

    visible_log(doc) -> VisibleLog(log=Log("0f24…", texts=("On 7 October …", …)), …, visible=23)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from hei_nw_tasks.retrieval.protocols import Log

if TYPE_CHECKING:
    from generators.datasets.tables import Tables
    from generators.records import World

_COLUMNS = ("scenario", "world_id", "store_size", "query", "evidence")


@dataclass(frozen=True)
class VisibleLog:
    """The part of a log that a question may see.

    Attributes:
        log: Id and texts of a log whose first events these are, in time order.
        event_ids: Ids of all its events, in the same order.
        visible: Number of events that the question may see.
    """

    log: Log
    event_ids: tuple[str, ...]
    visible: int

    def positions(self, event_ids: list[str]) -> list[int]:
        """Positions of the visible ones among these events, in time order."""
        wanted = set(event_ids)
        return [i for i, name in enumerate(self.event_ids[: self.visible]) if name in wanted]


# lm_eval loads the task and calls the model; this is the only place where the two meet. Beside each
# world is the style of its texts: worlds of both styles have the same ids.
_WORLDS: dict[str, tuple[World, str]] = {}


def register(tables: Tables) -> None:
    """Keep the logs of a dataset for the models of this process."""
    for world in tables.worlds:
        _WORLDS[world.world_id] = world, tables.manifest.config.style
    _log.cache_clear()


@lru_cache(maxsize=1024)
def _log(world_id: str, store_size: int) -> tuple[Log, tuple[str, ...]]:
    """A log that begins with the events of a store; all stores share it if they are beginnings."""
    world, style = _WORLDS[world_id]
    events, log_id = world.events, world_id if style == "log" else f"{world_id}:{style}"
    if events and events[0].rank is not None:
        events, log_id = world.store(store_size), f"{log_id}:{store_size}"
    return Log(log_id, tuple(event.text for event in events)), tuple(e.event_id for e in events)


def is_question(doc: object) -> bool:
    """Whether a document of lm_eval is one of ours."""
    return isinstance(doc, Mapping) and all(name in doc for name in _COLUMNS)


def visible_log(doc: Mapping[str, Any]) -> VisibleLog:
    """The events that a question may see.

    Raises:
        ConfigError: The log was not loaded in this process, or is shorter than the question says.
    """
    from generators.errors import ConfigError

    found, size = _WORLDS.get(doc["world_id"]), doc["store_size"]
    if found is None or len(found[0].events) < size:
        raise ConfigError(
            f"question {doc.get('id')!r} is about the log {doc['world_id']!r}, which was not "
            "loaded: its request is from a cache that was made with other settings "
            "→ run again with --cache_requests refresh"
        )
    return VisibleLog(*_log(doc["world_id"], size), size)
