"""With the embedded reader, an experiment shows the effects that it is there to show.

All figures are of evaluation seeds that the reader was not trained on; none is compared with what
one run happened to give, but with what has to hold.
"""

from __future__ import annotations

from collections.abc import Sequence

from tests.hei_nw_tasks.reader.conftest import Answers
from training.evaluate import Answered, mean

EPISODES = {"n": 150, "seed": 11}


def _matches(answered: Sequence[Answered]) -> float:
    value = mean(answered, "exact_match")
    assert value is not None
    return value


def _abstentions(answered: Sequence[Answered]) -> float:
    value = mean(answered, "abstained")
    assert value is not None
    return value


def test_oracle_beats_retrieval_beats_no_memory(answers: Answers):
    none, found, oracle = (answers("A", arm, EPISODES) for arm in ("none", "rag", "oracle"))
    assert _matches(none) <= 0.05
    assert _matches(oracle) >= 0.8
    assert _matches(none) + 0.1 < _matches(found) < _matches(oracle) - 0.1
    assert _abstentions(none) >= 0.7


def test_a_whole_transcript_helps_and_the_evidence_alone_helps_more(answers: Answers):
    settings = {"n": 100, "seed": 11, "lengths": [1000, 1500]}
    none, shown, oracle = (
        answers("E", arm, settings) for arm in ("none", "long-context", "oracle")
    )
    assert _matches(none) <= 0.05
    assert _matches(none) + 0.1 < _matches(shown) < _matches(oracle) - 0.1
    assert _abstentions(shown) >= 0.7


def test_settings_are_read_as_well(answers: Answers):
    settings = {"n": 150, "seed": 11}
    assert _matches(answers("C", "none", settings)) <= 0.05
    assert _matches(answers("C", "oracle", settings)) >= 0.9


def test_retrieval_is_as_good_as_what_it_finds(answers: Answers):
    answered = answers("A", "rag", EPISODES)
    found = [one for one in answered if one.scores.get("evidence_shown") == 1.0]
    missed = [one for one in answered if one.scores.get("evidence_shown") == 0.0]
    assert _matches(found) > _matches(missed) + 0.1
