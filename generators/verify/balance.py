"""Proves that prefixes and strides of a dataset are balanced (invariant I4).

`--limit 64` must have the same mix as the whole. Each of several processes takes every second,
third … document and must soon meet every lag bin: lm_eval cannot gather a table row that one
process lacks.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from generators.config import Config
from generators.records import Question
from generators.scenario import Scenario
from generators.world.schedule import MAX_STRIDE

PREFIX = 64
UNANSWERABLE = "unanswerable"


def strata(scenario: Scenario[Any], config: Config, questions: Sequence[Question]) -> list[str]:
    """The stratum of each question; all unanswerable ones share one."""
    return [scenario.stratum(config, q) if q.answerable else UNANSWERABLE for q in questions]


def prefix_imbalance(names: Sequence[str], cue_types: Sequence[str | None]) -> float:
    """How far the first 64 questions are from an even mix, in questions.

    The largest distance of any stratum's count from its share: unanswerable questions from
    their share of the whole, strata from even shares of the answerable ones, cue types from their
    shares of the answerable ones in the whole.

    Args:
        names: Stratum of each question.
        cue_types: Cue type of each question, at least one; None for one without an answer.
    """
    first = [name for name in names[:PREFIX] if name != UNANSWERABLE]
    cues = Counter(cue for cue in cue_types[:PREFIX] if cue is not None)
    whole = Counter(cue for cue in cue_types if cue is not None)
    groups = {*names} - {UNANSWERABLE}
    counts = Counter(first)
    share = sum(name != UNANSWERABLE for name in names) / len(names)
    distances = [len(first) - len(names[:PREFIX]) * share]
    distances += [counts[group] - len(first) / len(groups) for group in groups]
    expected = len(first) / max(whole.total(), 1)
    distances += [cues[cue] - count * expected for cue, count in whole.items()]
    return max(map(abs, distances))


def longest_wait(names: Sequence[str]) -> int | None:
    """Number of documents after which every process has met every stratum.

    Processes are all residues of all strides from 1 to 16. None if some process never meets some
    stratum.
    """
    wanted = set(names)
    longest = 0
    for stride in range(1, MAX_STRIDE + 1):
        for rank in range(stride):
            own = names[rank::stride]
            if not wanted <= set(own):
                return None
            longest = max(longest, *(own.index(name) + 1 for name in wanted))
    return longest
