"""Searches the episodes of a scope: by words, by vectors, or by both."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hei_nw_tasks.memory.episodic.ranking import Ranking
from hei_nw_tasks.retrieval.bm25 import best, words
from hei_nw_tasks.retrieval.hybrid import DEPTH, fuse

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from hei_nw_tasks.memory.episodic.storing import EpisodeFile
    from hei_nw_tasks.retrieval.protocols import Embedder

# The nearest text by words is looked for among so many of the best matches.
_NEAREST = 10


class Search:
    """A search over one scope.

    Args:
        file: Of the scope.
        retriever: bm25, dense or hybrid.
        embedder: Of the latter two.
        age: Of the oldest episode that is found, in microseconds; None for any.
    """

    def __init__(
        self, file: EpisodeFile, retriever: str, embedder: Embedder | None, age: int | None
    ) -> None:
        self._file, self._retriever, self._embedder, self._age = file, retriever, embedder, age
        self._ranking = Ranking(file)
        self._embedded: dict[str, NDArray[np.float32]] = {}

    def find(self, query: str, at: int, k: int | None) -> list[tuple[str, str, float | None]]:
        """The best matches at a moment: id, text and score, ties by the order of writing.

        Args:
            query: What to look for.
            at: The moment, in microseconds.
            k: Most of them; None for all.
        """
        import numpy as np

        visible = self._visible(at)
        seen = np.flatnonzero(visible)
        k = len(seen) if k is None else min(k, len(seen))
        scored = []
        if self._embedder is not None:
            vector = self._embedder.embed_queries([query])[0]
            scored.append(self._ranking.products(vector)[seen])
        if self._retriever != "dense":
            scored.append(self._ranking.bm25(query, visible)[seen])
        depth = k if len(scored) == 1 else max(DEPTH, k)
        found = fuse([best(scores, depth) for scores in scored], k)
        # Ranks that are merged have no score of their own.
        scores = scored[0][found].tolist() if len(scored) == 1 else [None] * len(found)
        texts = self._file.texts(self._ranking.seqs(seen[found]))
        return [(id_, text, score) for (id_, text), score in zip(texts, scores, strict=True)]

    def similarity(self, text: str, at: int) -> float:
        """Greatest similarity of a text to what is found at a moment, in [0, 1]; 0 if nothing is.

        It is the cosine of their vectors, or without an embedder the share of their words that both
        have (Jaccard), over the ten best matches.
        """
        visible = self._visible(at)
        if self._embedder is not None:
            vector = self._embedder.embed_passages([text])[0]
            self._embedded = {text: vector}
            cosines = self._ranking.cosines(vector)[visible]
            return min(max(float(cosines.max(initial=0.0)), 0.0), 1.0)
        matches = best(self._ranking.bm25(text, visible), _NEAREST)
        stored = self._file.texts(self._ranking.seqs([i for i in matches if visible[i]]))
        return max((overlap(text, other) for _, other in stored), default=0.0)

    def embed(self) -> None:
        """Embed the episodes that have no vector yet."""
        if self._embedder is None or not (new := self._file.without_vector()):
            return
        vectors = {seq: self._embedded[t] for seq, t in new.items() if t in self._embedded}
        rest = [seq for seq in new if seq not in vectors]
        if rest:
            made = self._embedder.embed_passages([new[seq] for seq in rest])
            vectors |= dict(zip(rest, made, strict=True))
        self._file.keep_vectors(vectors)

    def flops(self, text: str) -> float | None:
        """FLOPs to embed a text; None if unknown."""
        return 0.0 if self._embedder is None else self._embedder.query_flops(text)

    def _visible(self, at: int) -> NDArray[np.bool_]:
        self.embed()
        self._ranking.follow()
        return self._ranking.visible(at, None if self._age is None else at - self._age)


def overlap(one: str, other: str) -> float:
    """Similarity of two texts by their words: those in both, of those in either (Jaccard 1901).

    >>> overlap("Ada lost a key.", "A key!")
    0.5
    """
    ours, theirs = set(words(one)), set(words(other))
    return len(ours & theirs) / len(ours | theirs) if ours | theirs else 1.0
