"""Searches the episodes of a scope: by words, by vectors, or by both."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hei_nw_tasks.memory.episodic.ranking import WordRanking
from hei_nw_tasks.memory.episodic.vectors import VectorRanking
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
        self._words, self._vectors = WordRanking(file), VectorRanking(file)
        self._embedded: dict[str, NDArray[np.float32]] = {}
        self._last = 0

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
        seqs = self._words.seqs[seen]
        k = len(seen) if k is None else min(k, len(seen))
        depth = max(DEPTH, k) if self._retriever == "hybrid" else k
        rankings: list[list[int]] = []
        scores: list[float] = []
        if self._embedder is not None:
            self._vectors.show(seqs)
            vector = self._embedder.embed_queries([query])[0]
            found, scores = self._vectors.nearest(vector, depth)
            rankings.append(found)
        if self._retriever != "dense":
            matches = self._words.bm25(query, visible)[seen]
            found = best(matches, depth)
            scores = matches[found].tolist()
            rankings.append(found)
        found = fuse(rankings, k)
        texts = self._file.texts(seqs[found].tolist())
        # Ranks that are merged leave no score.
        told = scores if len(rankings) == 1 else [None] * len(found)
        return [(id_, text, score) for (id_, text), score in zip(texts, told, strict=True)]

    def similarity(self, text: str, at: int) -> float:
        """Greatest similarity of a text to what is found at a moment, in [0, 1]; 0 if nothing is.

        It is the cosine of their vectors, or without an embedder the share of their words that both
        have (Jaccard), over the ten best matches.
        """
        import numpy as np

        visible = self._visible(at)
        seqs = self._words.seqs[visible]
        if self._embedder is not None:
            vector = self._embedder.embed_passages([text])[0]
            self._embedded = {text: vector}
            self._vectors.show(seqs)
            return min(max(self._vectors.cosine(vector), 0.0), 1.0)
        matches = self._words.bm25(text, visible)[np.flatnonzero(visible)]
        stored = self._file.texts(seqs[best(matches, _NEAREST)].tolist())
        return max((overlap(text, other) for _, other in stored), default=0.0)

    def embed(self) -> None:
        """Embed the episodes that have no vector yet."""
        if self._embedder is None or not (new := self._file.without_vector(self._last)):
            return
        vectors = {seq: self._embedded[t] for seq, t in new.items() if t in self._embedded}
        rest = [seq for seq in new if seq not in vectors]
        if rest:
            made = self._embedder.embed_passages([new[seq] for seq in rest])
            vectors |= dict(zip(rest, made, strict=True))
        self._file.keep_vectors(vectors)
        self._last = max(new)

    def flops(self, text: str) -> float | None:
        """FLOPs to embed a text; None if unknown."""
        return 0.0 if self._embedder is None else self._embedder.query_flops(text)

    def _visible(self, at: int) -> NDArray[np.bool_]:
        self.embed()
        self._words.follow()
        return self._words.visible(at, None if self._age is None else at - self._age)


def overlap(one: str, other: str) -> float:
    """Similarity of two texts by their words: those in both, of those in either (Jaccard 1901).

    >>> overlap("Ada lost a key.", "A key!")
    0.5
    """
    ours, theirs = set(words(one)), set(words(other))
    return len(ours & theirs) / len(ours | theirs) if ours | theirs else 1.0
