"""Embedders for the stores of others, which take lists of numbers.

    vectors_of("sentence-transformers/all-MiniLM-L6-v2").query("Who lost a key?") -> [0.02, …]

All memories that name an embedder alike share it: a memory is made for each world, an encoder is
loaded once.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, cached_property

from hei_nw_tasks.retrieval.protocols import Embedder
from hei_nw_tasks.retrieval.registry import make_embedder


class Vectors:
    """Turns texts into lists of numbers.

    Args:
        embedder: Loaded when the first text is embedded.
    """

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder

    @cached_property
    def dimensions(self) -> int:
        """Length of a vector."""
        return len(self.query("How long is a vector?"))

    def query(self, text: str) -> list[float]:
        """The vector of a question."""
        vector: list[float] = self._embedder.embed_queries([text])[0].tolist()
        return vector

    def passages(self, texts: Sequence[str]) -> list[list[float]]:
        """The vectors of events."""
        vectors: list[list[float]] = self._embedder.embed_passages(texts).tolist()
        return vectors

    def query_flops(self, text: str) -> float | None:
        """FLOPs to embed a question; None if unknown."""
        return self._embedder.query_flops(text)


@cache
def vectors_of(
    embedder: str | None, query_prefix: str | None = None, passage_prefix: str | None = None
) -> Vectors:
    """What all memories share that name an embedder alike.

    Args:
        embedder: Id or folder of an encoder, or module:Class; None for the default.
        query_prefix: Before a question; None for what the encoder was trained with.
        passage_prefix: Before an event, likewise.

    Raises:
        ConfigError: There is no such embedder.
    """
    return Vectors(make_embedder(embedder, query_prefix, passage_prefix))
