"""What a retriever and an embedder have to do; `module:Class` names a class of your own.

log = Log("0f24", ("On Monday it rained.", "On Tuesday Ada lost a key."))
retriever.search("Who lost a key?", log, k=1) -> [1]
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Log:
    """Events, oldest first.

    Attributes:
        log_id: Names the log. A log of the same name that has more events begins with these, so
            that an index can be kept by the name, and grow.
        texts: Texts of the events.
    """

    log_id: str
    texts: tuple[str, ...]


class Embedder(Protocol):
    """Turns texts into vectors whose inner product is their similarity.

    Vectors are finite and none is zero, else the run is refused. One with an attribute `weights`, a
    text that differs wherever vectors differ, finds its own vectors in a cache; another is known by
    its vectors of a probe.

    Attributes:
        name: Model and revision, for caches.
    """

    name: str

    def embed_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Vectors: (texts, dimensions)."""

    def embed_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Vectors: (texts, dimensions)."""

    def query_flops(self, text: str) -> float | None:
        """FLOPs to embed one query; None if unknown."""


class Retriever(Protocol):
    """Ranks the events of a log for a query.

    It is handed nothing but the events that precede the question.
    """

    def search(self, query: str, log: Log, k: int) -> list[int]:
        """Positions of the best k events of a log, best first, none of them twice.

        Ties are broken by position; if there are fewer than k events, all of them are returned.
        """

    def query_flops(self, query: str) -> float | None:
        """FLOPs to embed a query; 0 if nothing is embedded, None if unknown."""
