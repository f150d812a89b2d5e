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
    """Largest distance of any lag bin's or cue type's count from its even share.

    Counted over the answerable ones of the first 64 questions; in questions.
    """
    answerable = [question for question in questions[:PREFIX] if question.answerable]
    bins = Counter(_bin(config, question) for question in answerable)
    cues = Counter(question.cue_type for question in answerable)
    all_cues = {question.cue_type for question in questions if question.answerable}
    by_bin = [
        abs(bins[f"lag {a}-{b}"] - len(answerable) / len(config.bins)) for a, b in config.bins
    ]
    by_cue = [abs(cues[cue] - len(answerable) / len(all_cues)) for cue in all_cues]
    return max(by_bin + by_cue, default=0.0)


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
