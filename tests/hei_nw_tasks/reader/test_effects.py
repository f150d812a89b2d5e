"""With the embedded reader, an experiment shows the effects that it is there to show.

All figures are of evaluation seeds that the reader was not trained on; none is compared with what
one run happened to give, but with what has to hold.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from statistics import fmean, stdev
from typing import Any

import pytest

from tests.hei_nw_tasks.reader.conftest import Answers
from training.evaluate import ScoredAnswer, mean

pytestmark = pytest.mark.slow
# The reader was trained on questions in the words of the log only.
EPISODES = {"n": 100, "seed": 11, "cue_overlap": "lexical"}
TRANSCRIPTS = {"n": 100, "seed": 11, "lengths": [1000, 1500]}
STORES = {"n": 150, "seed": 11, "store_sizes": [32, 64], "collision_groups": [1, 4]}


def _matches(answered: Sequence[ScoredAnswer]) -> float:
    value = mean(answered, "exact_match")
    assert value is not None
    return value


def _abstentions(answered: Sequence[ScoredAnswer]) -> float:
    value = mean(answered, "abstained")
    assert value is not None
    return value


def _lead(more: Sequence[ScoredAnswer], less: Sequence[ScoredAnswer]) -> tuple[float, float]:
    """95% interval of the mean difference in exact match over the same questions."""
    assert [one.doc["query"] for one in more] == [one.doc["query"] for one in less]
    differences = [
        one.scores["exact_match"] - other.scores["exact_match"]
        for one, other in zip(more, less, strict=True)
        if "exact_match" in one.scores
    ]
    half = 1.96 * stdev(differences) / len(differences) ** 0.5
    return fmean(differences) - half, fmean(differences) + half


def _where(
    answered: Sequence[ScoredAnswer], here: Callable[[Mapping[str, Any]], bool]
) -> list[ScoredAnswer]:
    return [one for one in answered if here(one.doc)]


def test_the_evidence_beats_the_log_beats_no_memory(answers: Answers):
    none, shown, oracle = (
        answers("A", arm, EPISODES) for arm in ("none", "long-context", "oracle")
    )
    assert min(one.doc["store_size"] for one in shown) >= 32
    assert _matches(none) <= 0.05
    # 0.86 with seed 11, 0.89 and 0.90 with seeds 12 and 13.
    assert _matches(oracle) >= 0.85
    assert _lead(shown, none)[0] > 0
    assert _lead(oracle, shown)[0] > 0.3
    assert _abstentions(none) >= 0.7
    assert _abstentions(oracle) >= 0.7


def test_oracle_beats_retrieval_beats_no_memory(answers: Answers):
    none, found, oracle = (answers("A", arm, EPISODES) for arm in ("none", "rag", "oracle"))
    assert _lead(found, none)[0] > 0.3
    assert _lead(oracle, found)[0] > 0.05


def test_a_whole_transcript_helps_and_the_evidence_alone_helps_more(answers: Answers):
    none, shown, oracle = (
        answers("E", arm, TRANSCRIPTS) for arm in ("none", "long-context", "oracle")
    )
    assert _matches(none) <= 0.05
    assert _lead(shown, none)[0] > 0.3
    assert _lead(oracle, shown)[0] > 0.05
    assert _abstentions(shown) >= 0.7


def test_settings_are_read_as_well(answers: Answers):
    settings = {"n": 100, "seed": 11, "cue_overlap": "lexical"}
    assert _matches(answers("C", "none", settings)) <= 0.05
    assert _matches(answers("C", "oracle", settings)) >= 0.9


def test_retrieval_is_as_good_as_what_it_finds(answers: Answers):
    answered = answers("A", "rag", EPISODES)
    found = [one for one in answered if one.scores.get("evidence_shown") == 1.0]
    missed = [one for one in answered if one.scores.get("evidence_shown") == 0.0]
    assert _matches(found) > _matches(missed) + 0.3


def test_what_is_found_more_often_is_answered_more_often(answers: Answers):
    settings = {"n": 100, "seed": 11, "lengths": [1000, 1500, 2000]}
    one, five = (answers("E", "rag", settings, k=k) for k in (1, 5))
    shown = [mean(answered, "evidence_shown") or 0.0 for answered in (one, five)]
    assert shown[1] > shown[0] + 0.05
    assert _lead(five, one)[0] > 0


def test_among_hard_negatives_retrieval_helps_less(answers: Answers):
    # Of whole logs the reader reads too little, so it is asked about what BM25 found.
    settings = {**EPISODES, "n": 150}
    hard = answers("A", "rag", settings)
    easy = answers("A", "rag", {**settings, "confounders_ratio": 0})
    assert _lead(easy, hard)[0] > 0


def test_what_is_recent_is_soon_past(answers: Answers):
    answered = answers("A", "recent", EPISODES)
    today = _where(answered, lambda doc: doc["lag"] == 0)
    long_ago = _where(answered, lambda doc: doc["lag"] is not None and doc["lag"] >= 7)
    # A lead of 0.3 depends on the seed, as few questions are asked today: 0.31 with seed 11, 0.50
    # and 0.25 with seeds 12 and 13.
    assert _matches(today) > _matches(long_ago) + 0.1
    assert _matches(long_ago) <= 0.05


def test_a_larger_store_interferes_more(answers: Answers):
    answered = answers("D", "long-context", STORES)
    small, large = (
        _where(answered, lambda doc, size=size: doc["store_size"] == size) for size in (32, 64)
    )
    assert _matches(small) > _matches(large) + 0.2
