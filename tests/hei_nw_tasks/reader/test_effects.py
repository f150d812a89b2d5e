"""With the embedded reader, an experiment shows the effects that it is there to show.

All figures are of evaluation seeds that the reader was not trained on; none is compared with what
one run happened to give, but with what has to hold.
"""

from __future__ import annotations

from collections.abc import Sequence

from tests.hei_nw_tasks.reader.conftest import Answers
from training.evaluate import Answered, mean

EPISODES = {"n": 250, "seed": 11}


def _matches(answered: Sequence[Answered]) -> float:
    value = mean(answered, "exact_match")
    assert value is not None
    return value


def _abstentions(answered: Sequence[Answered]) -> float:
    value = mean(answered, "abstained")
    assert value is not None
    return value


def test_oracle_beats_long_context_beats_no_memory(answers: Answers):
    none, shown, oracle = (
        answers("A", arm, EPISODES) for arm in ("none", "long-context", "oracle")
    )
    assert _matches(none) <= 0.05
    assert _matches(oracle) >= 0.9
    assert _matches(none) + 0.1 < _matches(shown) < _matches(oracle) - 0.05
    assert _abstentions(none) >= 0.7
    assert _abstentions(shown) >= 0.7


def test_settings_are_read_as_well(answers: Answers):
    settings = {"n": 150, "seed": 11}
    assert _matches(answers("C", "none", settings)) <= 0.05
    assert _matches(answers("C", "oracle", settings)) >= 0.9


def test_retrieval_is_as_good_as_what_it_finds(answers: Answers):
    few, more = (answers("A", "rag", EPISODES, k=k) for k in (1, 5))
    assert mean(more, "evidence_shown") > mean(few, "evidence_shown")
    assert _matches(more) > _matches(few)
    found = [one for one in more if one.scores.get("evidence_shown") == 1.0]
    missed = [one for one in more if one.scores.get("evidence_shown") == 0.0]
    assert _matches(found) > _matches(missed) + 0.3


def test_hard_negatives_make_the_long_context_harder(answers: Answers):
    with_them = answers("A", "long-context", EPISODES)
    without = answers("A", "long-context", {**EPISODES, "confounders_ratio": 0.0})
    assert _matches(without) > _matches(with_them)
