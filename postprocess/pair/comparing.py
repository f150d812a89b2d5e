"""The difference of two runs in one metric, and what came of it in words."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from postprocess.comparison.compare import SEED
from postprocess.comparison.pairing import MARGIN, RESAMPLES, named
from postprocess.comparison.verdict import ALPHA
from postprocess.pair.documents import Measure
from postprocess.pair.matching import Matched
from postprocess.rendering import values
from postprocess.schema.index import Difference
from postprocess.schema.pair import Comparison, Flip, Unpaired
from postprocess.statistics.intervals import FEWEST_WORLDS
from postprocess.statistics.paired import PairedDifference, paired_difference


@dataclass(frozen=True)
class Scores:
    """One metric of two runs.

    Attributes:
        a: Values of the documents that both have.
        b: Values of the same documents, in the same order.
        clusters: The cluster of each.
        only_a: Values of documents for which b has none.
        only_b: Values of documents for which a has none.
    """

    a: Sequence[float]
    b: Sequence[float]
    clusters: Sequence[str]
    only_a: Sequence[float]
    only_b: Sequence[float]

    @property
    def bounded(self) -> bool:
        """Whether every value is from 0 to 1."""
        every = (self.a, self.b, self.only_a, self.only_b)
        return all(0 <= value <= 1 for values in every for value in values)


@dataclass(frozen=True)
class Found:
    """A comparison before it is adjusted for the others."""

    task: str
    pooled: list[str]
    measure: Measure
    lower_is_better: bool | None
    a: str
    b: str
    complete: bool
    scores: Scores
    result: PairedDifference
    flips: list[Flip]


def scores_of(matches: Sequence[Matched], measure: Measure) -> Scores:
    """One metric of two runs, over the documents of one task, or of several that are pooled."""
    a, b, clusters = list[float](), list[float](), list[str]()
    only_a, only_b = list[float](), list[float]()
    for match in matches:
        pairs = match.scored(measure)
        of_a, of_b = match.a.scores[measure], match.b.scores[measure]
        a += [of_a[i] for i, _ in pairs]
        b += [of_b[j] for _, j in pairs]
        clusters += [match.a.documents[i].cluster for i, _ in pairs]
        paired_a, paired_b = {i for i, _ in pairs}, {j for _, j in pairs}
        only_a += [value for i, value in of_a.items() if i not in paired_a]
        only_b += [value for j, value in of_b.items() if j not in paired_b]
    return Scores(a, b, clusters, only_a, only_b)


def compared(scores: Scores) -> PairedDifference:
    """Side a minus side b: the same statistics as those of arms in our own report."""
    return paired_difference(
        scores.a,
        scores.b,
        scores.clusters,
        seed=SEED,
        resamples=RESAMPLES,
        margin=MARGIN if scores.bounded else None,
        bounded=scores.bounded,
    )


def comparison(found: Found, p_holm: float | None) -> Comparison:
    """A comparison as it stands in the file."""
    scores, result = found.scores, found.result
    unpaired = len(scores.only_a) + len(scores.only_b)
    difference = named(result, found.a, found.b, found.measure.metric, unpaired, p_holm)
    said = verdict(difference, found.lower_is_better, bounded=scores.bounded)
    return Comparison(
        task=found.task,
        pooled=found.pooled,
        filter=found.measure.filter,
        lower_is_better=found.lower_is_better,
        unit="share" if scores.bounded else "number",
        difference=difference,
        only_a=result.only_a,
        only_b=result.only_b,
        unpaired=_unpaired(scores),
        verdict=said if found.complete else f"INCOMPLETE: {said}",
        differing=sum(x != y for x, y in zip(scores.a, scores.b, strict=True)),
        flips=found.flips,
    )


def verdict(found: Difference, lower_is_better: bool | None, *, bounded: bool) -> str:
    """What a difference says, in one sentence."""
    size = values.amount_of_difference(found.difference, share=bounded)
    if found.p_holm is None:
        few = f"{found.worlds} independent draws are fewer than {FEWEST_WORLDS}"
        return f"{size}; {few}: no test, no interval."
    ends = f"95% CI {values.difference_interval(found.interval, share=bounded)}"
    if found.interval is None:
        ends = "no CI"
    tested = f"{size} ({ends}, p = {values.p_value(found.p_holm)} after Holm)"
    if found.p_holm < ALPHA:
        above, below = (found.a, found.b) if found.difference > 0 else (found.b, found.a)
        if lower_is_better is None:
            return f"{above} is higher: {tested}."
        return f"{below if lower_is_better else above} is better: {tested}."
    told = "no difference is shown"
    if found.equivalent and found.margin is not None:
        told = f"equivalent within ±{100 * found.margin:g} points"
    effect = found.minimum_detectable_effect
    if effect is None:
        return f"{told}: {tested}."
    smallest = values.amount_of_difference(effect, share=bounded).removeprefix("+")
    return f"{told}: {tested}; with 80% power one of {smallest} would have been."


def _unpaired(scores: Scores) -> Unpaired:
    least = most = None
    n, a, b = len(scores.a), scores.only_a, scores.only_b
    if scores.bounded and n:
        # A value that is missing can be anything from 0 to 1.
        known = math.fsum((*scores.a, *(-value for value in scores.b)))
        every = n + len(a) + len(b)
        least = (known + math.fsum(a) - len(a) - math.fsum(b)) / every
        most = (known + math.fsum(a) - math.fsum(b) + len(b)) / every
    return Unpaired(a=len(a), b=len(b), mean_a=_mean(a), mean_b=_mean(b), least=least, most=most)


def _mean(numbers: Sequence[float]) -> float | None:
    return math.fsum(numbers) / len(numbers) if numbers else None
