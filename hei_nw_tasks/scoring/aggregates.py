"""Scores of several responses together.

>>> harmonic_mean(0.5, 1.0)
0.6666666666666666
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import combinations

from hei_nw_tasks.scoring.text import normalize


def harmonic_mean(a: float | None, b: float | None) -> float | None:
    """2ab / (a + b): the headline of answerable exact match and abstention recall.

    0.0 if either is 0, so always abstaining and never abstaining both score nothing; None if either
    is missing.
    """
    if a is None or b is None:
        return None
    return 2 * a * b / (a + b) if a and b else 0.0


def hot_patch_score(
    efficacy: float | None, paraphrase: float | None, locality: float | None
) -> float | None:
    """Harmonic mean of the three: an edit has to take, in other words too, and change no more.

    The score S of Meng et al. (2022, "Locating and Editing Factual Associations in GPT"), with
    exact match in place of probabilities. 0.0 if any of the three is 0; None if any is missing.

    >>> hot_patch_score(1.0, 0.5, 1.0)
    0.75
    """
    if efficacy is None or paraphrase is None or locality is None:
        return None
    means = (efficacy, paraphrase, locality)
    return 3 / sum(1 / mean for mean in means) if all(means) else 0.0


def paraphrase_consistency(groups: Iterable[Sequence[str]]) -> float | None:
    """How often two wordings of one question get the same response, right or wrong, in [0, 1].

    The share of equal pairs after normalisation, averaged over the groups (Elazar et al., 2021,
    "Measuring and Improving Consistency in Pretrained Language Models"). None without any pair.

    Args:
        groups: Per fact that is asked for, the responses to all its wordings.
    """
    shares = []
    for responses in groups:
        said = [normalize(response) for response in responses]
        equal = [one == other for one, other in combinations(said, 2)]
        if equal:
            shares.append(sum(equal) / len(equal))
    return sum(shares) / len(shares) if shares else None
