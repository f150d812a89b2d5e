"""Proves that prefixes and strides of a dataset are balanced (invariant I4).

`--limit 64` must mean the same mix as the whole, and each of several processes, which take
every second, third … document, must soon meet every lag bin: lm_eval cannot gather a row of its
table that one process lacks.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from generators.config import Config
from generators.records import Question
from generators.strata import MAX_STRIDE

PREFIX = 64


def _bin(config: Config, question: Question) -> str:
    if question.lag is None:
        return "unanswerable"
    return next(f"lag {low}-{high}" for low, high in config.bins if low <= question.lag < high)


def prefix_imbalance(config: Config, questions: Sequence[Question]) -> float:
    """How far the first 64 questions are from an even mix, in questions.

    The largest distance of any stratum's count from its share: unanswerable questions from
    their share of the whole, lag bins and cue types from even shares of the answerable ones.
    """
    first = questions[:PREFIX]
    answerable = [question for question in first if question.answerable]
    bins = Counter(_bin(config, question) for question in answerable)
    cues = Counter(question.cue_type for question in answerable)
    cue_types = {question.cue_type for question in questions if question.answerable}
    share = sum(question.answerable for question in questions) / len(questions)
    distances = [len(answerable) - len(first) * share]
    distances += [bins[f"lag {a}-{b}"] - len(answerable) / len(config.bins) for a, b in config.bins]
    distances += [cues[cue] - len(answerable) / len(cue_types) for cue in cue_types]
    return max(map(abs, distances))


def longest_wait(config: Config, questions: Sequence[Question]) -> int | None:
    """Documents that the unluckiest process takes until it has met every stratum.

    Strata are the lag bins and the unanswerable questions; processes are all residues of all
    strides from 1 to 16. None if some process never meets one of them.
    """
    strata = [_bin(config, question) for question in questions]
    wanted = {"unanswerable", *(f"lag {low}-{high}" for low, high in config.bins)}
    longest = 0
    for stride in range(1, MAX_STRIDE + 1):
        for rank in range(stride):
            own = strata[rank::stride]
            if not wanted <= set(own):
                return None
            longest = max(longest, *(own.index(stratum) + 1 for stratum in wanted))
    return longest
