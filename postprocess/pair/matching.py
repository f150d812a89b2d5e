"""Which documents of two runs are the same: those whose hashes are equal.

A hash that several documents of a run share tells them apart only together with `doc_id`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from postprocess.pair.documents import Documents, Measure


@dataclass(frozen=True)
class Matched:
    """Documents of two runs.

    Attributes:
        a: One run.
        b: The other.
        pairs: `doc_id` in each of the documents that both have, in the order of a.
        repeated: Documents that are paired by `doc_id` as well.
        other_prompts: Pairs whose prompts differ.
        other_targets: Pairs whose right answers differ.
    """

    a: Documents
    b: Documents
    pairs: list[tuple[int, int]]
    repeated: int
    other_prompts: int
    other_targets: int

    def scored(self, measure: Measure) -> list[tuple[int, int]]:
        """The pairs of which both have a value."""
        of_a, of_b = self.a.scores[measure], self.b.scores[measure]
        return [(i, j) for i, j in self.pairs if i in of_a and j in of_b]


def matched(a: Documents, b: Documents) -> Matched:
    """Pairs the documents of two runs."""
    repeated = a.repeated | b.repeated
    of_b = {_key(b, doc_id, repeated): doc_id for doc_id in sorted(b.documents)}
    pairs = [
        (doc_id, of_b[key])
        for doc_id in sorted(a.documents)
        if (key := _key(a, doc_id, repeated)) in of_b
    ]
    both = [(a.documents[i], b.documents[j]) for i, j in pairs]
    return Matched(
        a,
        b,
        pairs,
        repeated=_count(one.doc_hash in repeated for one, _ in both),
        other_prompts=_count(one.prompt_hash != two.prompt_hash for one, two in both),
        other_targets=_count(one.target_hash != two.target_hash for one, two in both),
    )


def _key(documents: Documents, doc_id: int, repeated: set[str]) -> tuple[str, int | None]:
    doc_hash = documents.documents[doc_id].doc_hash
    return doc_hash, doc_id if doc_hash in repeated else None


def _count(true: Iterable[bool]) -> int:
    return sum(true)
