"""What a retriever and an embedder have to do; a class of your own fits in by `module:Class`.

>>> log = Log("0f24", ("On Monday it rained.", "On Tuesday Ada lost a key."))
>>> retriever.search("Who lost a key?", log, visible=2, k=1)  # doctest: +SKIP
[1]
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
    """The events of one world, oldest first.

    Attributes:
        log_id: Names the log; what belongs to it (an index) can be kept by this name.
        texts: One for each event.
    """

    log_id: str
    texts: tuple[str, ...]


class Embedder(Protocol):
    """Turns texts into vectors whose inner product says how near they are.

    Attributes:
        name: Identity of model and revision, for caches.
    """

    name: str

    def embed_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Vectors of length 1, one a row: (texts, dimensions)."""

    def embed_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Vectors of length 1, one a row: (texts, dimensions)."""

    def query_flops(self, text: str) -> float | None:
        """Operations to embed one query; None where unknown."""


class Retriever(Protocol):
    """Ranks the events of a log for a query."""

    def search(self, query: str, log: Log, visible: int, k: int) -> list[int]:
        """Positions of the best k of the first `visible` events, best first.

        Events that are not visible may not have any influence. Ties go by position; fewer than k
        events give them all.
        """

    def query_flops(self, query: str) -> float | None:
        """Operations to embed a query; 0 for a retriever that embeds nothing, None if unknown."""
