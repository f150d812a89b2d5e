"""Differences between two arms, over the questions that both answered.

Questions are paired by their hash, never by position, and never selected by how either arm did.
The pairs of many arms would be too many to compute, to adjust for and to read: then each arm is
compared with the first one, which is the model alone wherever that was run.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations, product
from typing import TypeVar

from hei_nw_tasks.metrics import PRIMARY
from postprocess.comparison.arms import Arms, ComparedRun
from postprocess.measures import ABSTENTION, PAIRED
from postprocess.schema.index import Difference, Parity
from postprocess.statistics.multiple import holm
from postprocess.statistics.paired import PairedDifference, paired_difference

RESAMPLES = 10_000
MARGIN = 0.05
# 0.1 points: of arms whose prompts are equal.
PARITY_MARGIN = 0.001
MOST_ARMS_PAIRED = 12  # 66 pairs
T = TypeVar("T")


def differences(arms: Arms, seed: int) -> list[Difference]:
    """Pairs of arms, the later one minus the earlier one, in every metric that both have."""
    return [
        found
        for b, a in pairs(arms)
        for metric in PAIRED
        if (found := difference(a, b, metric, seed))
    ]


def pairs(arms: Sequence[T]) -> list[tuple[T, T]]:
    """The pairs that are compared, the earlier one first: all of them, or each with the first."""
    if len(arms) <= MOST_ARMS_PAIRED:
        return list(combinations(arms, 2))
    return [(arms[0], arm) for arm in arms[1:]]


def parities(arms: Arms, seed: int) -> list[Parity]:
    """Arms of mode B1 that showed nothing against the model alone, in the primary metric."""
    alone = [arm for arm in arms if (arm.summary.mode, arm.summary.baseline) == ("B0", "none")]
    empty = [arm for arm in arms if arm.summary.mode == "B1" and _shows_nothing(arm)]
    found = []
    for a, b in product(empty, alone):
        effect = difference(a, b, PRIMARY, seed, PARITY_MARGIN)
        if effect is not None:
            scored = [
                a.scores[metric][key] == b.scores[metric][key]
                for metric in (PRIMARY, ABSTENTION)
                for key in a.scores[metric].keys() & b.scores[metric].keys()
            ]
            found.append(
                Parity(
                    a=a.label,
                    b=b.label,
                    questions=len(scored),
                    differing=scored.count(False),
                    effect=effect,
                )
            )
    return found


def _shows_nothing(arm: ComparedRun) -> bool:
    return arm.summary.compute["memory_tokens"].mean == 0


def difference(
    a: ComparedRun, b: ComparedRun, metric: str, seed: int, margin: float = MARGIN
) -> Difference | None:
    """Arm a minus arm b in one metric; None if they share no question that has it.

    Args:
        a: One arm.
        b: The other.
        metric: Which of `PAIRED`.
        seed: Of bootstrap and permutation.
        margin: How far apart equivalent arms may be.
    """
    of_a, of_b = a.scores[metric], b.scores[metric]
    shared = sorted(of_a.keys() & of_b.keys())
    if not shared:
        return None
    found = paired_difference(
        [of_a[key] for key in shared],
        [of_b[key] for key in shared],
        [a.worlds[key] for key in shared],
        seed=seed,
        resamples=RESAMPLES,
        margin=margin,
    )
    unpaired = len(of_a) + len(of_b) - 2 * len(shared)
    return named(found, a.label, b.label, metric, unpaired)


def named(
    found: PairedDifference, a: str, b: str, metric: str, unpaired: int, p_holm: float | None = None
) -> Difference:
    """What was found, as it stands in a report.

    Args:
        found: The difference.
        a: What the report calls the first arm.
        b: What it calls the second one.
        metric: Name of the metric.
        unpaired: Questions that only one of the two answered.
        p_holm: The adjusted p.
    """
    return Difference(
        a=a,
        b=b,
        metric=metric,
        n=found.n,
        worlds=found.worlds,
        differing_worlds=found.differing_worlds,
        unpaired=unpaired,
        mean_a=found.mean_a,
        mean_b=found.mean_b,
        difference=found.difference,
        interval=found.interval,
        bootstrap=found.bootstrap,
        p=found.t_p,
        p_holm=p_holm,
        p_permutation=found.permutation_p,
        p_mcnemar=found.mcnemar,
        minimum_detectable_effect=found.minimum_detectable_effect,
        margin=found.margin,
        equivalent=found.equivalent,
    )


def adjusted(groups: Sequence[Sequence[Difference]]) -> list[list[Difference]]:
    """The differences with Holm's p, adjusted over all comparisons of a metric in all groups."""
    p_holm: dict[int, float | None] = {}
    for metric in PAIRED:
        tests = [one for group in groups for one in group if one.metric == metric]
        p_holm |= dict(zip(map(id, tests), holm([one.p for one in tests]), strict=True))
    return [
        [one.model_copy(update={"p_holm": p_holm[id(one)]}) for one in group] for group in groups
    ]
