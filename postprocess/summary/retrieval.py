"""Retrieval and reading, apart: was the evidence shown, and was it read?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from postprocess.reading.answers import ScoredAnswer
from postprocess.schema.scenario import Reading, Retrieval
from postprocess.summary.strata import estimate

RANKING = (
    *("recall_any@1", "recall_any@5", "recall_any@10", "recall_all@1", "recall_all@5"),
    *("recall_all@10", "mrr@10", "ndcg@10"),
)


def retrieval(scored: Sequence[ScoredAnswer]) -> Retrieval | None:
    """Ranking metrics, and the 2×2 table of shown and right; None where no memory was shown."""
    having = [one for one in scored if "evidence_shown" in one.measured]
    if not any(one.measured["evidence_shown"] for one in having):
        return None
    ranking = {}
    for name in RANKING:
        ranked = [one for one in scored if name in one.measured]
        if ranked:
            worlds = [one.asked.world_id for one in ranked]
            ranking[name] = estimate([one.measured[name] for one in ranked], worlds)
    return Retrieval(ranking=ranking, reading=_reading(having))


def _reading(having: Sequence[ScoredAnswer]) -> Reading:
    # Evidence counts as shown when all of it was: a part of a list is not enough to be right.
    cells = Counter(
        (one.measured["evidence_shown"] == 1.0, one.scores["exact_match"] == 1.0)
        for one in having
        if one.asked.answerable
    )
    return Reading(
        shown_right=cells[True, True],
        shown_wrong=cells[True, False],
        missed_right=cells[False, True],
        missed_wrong=cells[False, False],
    )
