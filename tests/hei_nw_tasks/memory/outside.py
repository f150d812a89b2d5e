"""What the tests of mem0 and LangGraph share: worlds to replay, and what has to come back."""

from __future__ import annotations

import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, time
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from generators.datasets.source import config_from
from generators.records import Event
from generators.scenarios import scenario
from hei_nw_tasks.memory.plugged import PluggedMemory
from hei_nw_tasks.memory.protocol import Budget
from hei_nw_tasks.memory.replay import replay
from hei_nw_tasks.memory.replayed import RecalledItem, Replay
from hei_nw_tasks.memory.stores import Store
from hei_nw_tasks.memory.systems import made_with
from hei_nw_tasks.retrieval.embedding import HFEmbedder
from tests.hei_nw_tasks.retrieval.encoder import encoder_folder

K = 10
SETTINGS: dict[str, dict[str, Any]] = {
    **{"A": {}, "B": {}, "C": {}, "E": {"lengths": [500]}},
    "D": {"store_sizes": [32], "collision_groups": [1, 4]},
}
# The questions of a store are asked when it has so many events.
SIZES = (8, 16)


class Encoder:
    """The real encoder; texts that it has embedded before cost nothing."""

    name = "MiniLM"

    def embed_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return np.stack([_vector(text) for text in texts])

    embed_queries = embed_passages

    def query_flops(self, text: str) -> float | None:
        return _encoder().query_flops(text)


@cache
def _encoder() -> HFEmbedder:
    return HFEmbedder(str(encoder_folder()))


@cache
def _vector(text: str) -> NDArray[np.float32]:
    vector: NDArray[np.float32] = _encoder().embed_passages([text])[0]
    return vector


EMBEDDER = f"{__name__}:Encoder"


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever talks to another machine fails."""
    connect, resolve = socket.socket.connect, socket.getaddrinfo

    def refuse(host: object) -> None:
        if host not in ("127.0.0.1", "::1", "localhost"):
            raise AssertionError(f"connects to {host!r}")

    def guarded(self: socket.socket, address: Any) -> None:
        if self.family != socket.AF_UNIX:
            refuse(address[0])
        connect(self, address)

    def resolved(host: Any, *args: Any, **kwargs: Any) -> Any:
        refuse(host)
        return resolve(host, *args, **kwargs)

    monkeypatch.setattr(socket.socket, "connect", guarded)
    monkeypatch.setattr(socket, "getaddrinfo", resolved)


def small_store(name: str, world: int = 0) -> Store:
    """The first events of a world, one question after half of them, and one at the end.

    The fifth event asks to forget the third.
    """
    made = scenario(name).world(config_from(name, {"n": 2, **SETTINGS[name]}), world)
    events = [event._replace(forgets=()) for event in made.events[: max(SIZES)]]
    events[4] = events[4]._replace(forgets=(events[2].event_id,))
    questions = [
        replace(question, store_size=size, as_of=events[size - 1].date.isoformat())
        for question, size in zip(made.questions, SIZES, strict=False)
    ]
    return Store(made.world_id, events, questions)


def replayed(
    memory: str, stores: Sequence[Store], folder: Path, *, reopen: bool = False, **options: Any
) -> list[Replay]:
    """Have a memory told and asked."""
    make = made_with(memory, {"embedder": EMBEDDER, **options})

    def made(known: set[str]) -> PluggedMemory:
        return PluggedMemory(memory, make, timeout_s=600, known=known)

    folder.mkdir(parents=True)
    return replay(stores, made, folder, Budget(K), reopen=reopen)


def items_of(made: Replay) -> dict[str, list[RecalledItem]]:
    """What was recalled for each question."""
    return {id_: found.items for id_, found in made.recalled.items()}


def texts_of(made: Replay) -> dict[str, list[tuple[str, str | None]]]:
    """Texts and ids of what was recalled: scores may differ in the last bits."""
    return {
        id_: [(item.text, item.event_id) for item in items] for id_, items in items_of(made).items()
    }


@contextmanager
def opened(memory: str, folder: Path, scope: str = "u", **options: Any) -> Iterator[Any]:
    """A memory by itself."""
    made = made_with(memory, {"embedder": EMBEDDER, **options})()
    made.open(scope, folder)
    try:
        yield made
    finally:
        made.close()


def nearest(query: str, events: Sequence[Event], least: float = -1) -> dict[str, float]:
    """The events whose vectors are nearest to a query's, with their cosines, best first."""
    vectors = Encoder().embed_passages([event.text for event in events]).astype(np.float64)
    cosines = vectors @ Encoder().embed_passages([query])[0].astype(np.float64)
    order = np.argsort(-cosines, kind="stable")[:K]
    return {events[i].event_id: float(cosines[i]) for i in order if cosines[i] >= least}


def check_recalled(
    found: Sequence[RecalledItem], query: str, events: Sequence[Event], least: float = -1
) -> None:
    """Items are the nearest of these events: their texts, ids and cosines."""
    texts = {event.event_id: event.text for event in events}
    expected = nearest(query, events, least)
    assert [item.event_id for item in found] == list(expected)
    assert [item.text for item in found] == [texts[id_] for id_ in expected]
    assert [item.score for item in found] == pytest.approx(list(expected.values()), abs=1e-5)


def end_of_day(event: Event) -> datetime:
    """The last moment of an event's day."""
    return datetime.combine(event.date, time.max, UTC)
