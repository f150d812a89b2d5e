"""Differences between two arms, over the questions that both answered.

Questions are paired by their hash, never by position, and never chosen by how either arm did.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import TypeVar, get_args

from postprocess.comparison.arms import Answered, Arm
from postprocess.schema.index import Difference, PairedMetric
from postprocess.statistics.multiple import holm
from postprocess.statistics.paired import paired_difference
from postprocess.summary.strata import interval_model

Named = list[tuple[str, Arm]]
RESAMPLES = 10_000
MARGIN = 0.05
Key = TypeVar("Key", bytes, str)
_ORDER = ("none", "recent", "rag", "long-context", "oracle")


def in_order(arms: Sequence[Arm]) -> list[Arm]:
    """Arms from the model alone to the ceiling; others before the ceiling, then by date."""

    def place(arm: Arm) -> tuple[int, str, str]:
        known = arm.summary.baseline in _ORDER
        rank = _ORDER.index(arm.summary.baseline) if known else len(_ORDER) - 2
        return rank, arm.summary.arm, arm.summary.run_date

    return sorted(arms, key=place)


def labels(arms: Sequence[Arm]) -> list[str]:
    """A name for each arm: its baseline, with as much more as tells it from the others."""
    return [
        next(
            name
            for place, name in enumerate(names)
            if sum(other[place] == name for other in map(_names, arms)) == 1 or name == names[-1]
        )
        for names in map(_names, arms)
    ]


def _names(arm: Arm) -> tuple[str, ...]:
    found = arm.summary
    return found.baseline, found.arm, f"{found.arm} of {found.run_date}"


def differences(named: Sequence[tuple[str, Arm]], seed: int) -> list[Difference]:
    """All pairs of arms, the later one minus the earlier one, in every metric that both have."""
    return [
        found
        for (b, arm_b), (a, arm_a) in combinations(named, 2)
        for metric in get_args(PairedMetric)
        if (found := difference((a, arm_a.answered), (b, arm_b.answered), metric, seed))
    ]


def difference(
    a: tuple[str, Mapping[Key, Answered]],
    b: tuple[str, Mapping[Key, Answered]],
    metric: PairedMetric,
    seed: int,
) -> Difference | None:
    """Arm a minus arm b in one metric; None where they share no question that has it.

    Args:
        a: Name and answers of an arm, by whatever pairs them.
        b: The same of the other.
        metric: Which of the scores.
        seed: Of bootstrap and permutation.
    """
    of_a, of_b = (
        {key: one for key, one in arm.items() if metric in one.scores} for _, arm in (a, b)
    )
    shared = sorted(of_a.keys() & of_b.keys())
    if not shared:
        return None
    found = paired_difference(
        [of_a[key].scores[metric] for key in shared],
        [of_b[key].scores[metric] for key in shared],
        [of_a[key].world_id for key in shared],
        seed=seed,
        resamples=RESAMPLES,
        margin=MARGIN,
    )
    return Difference(
        a=a[0],
        b=b[0],
        metric=metric,
        n=found.n,
        worlds=found.worlds,
        differing_worlds=found.differing_worlds,
        unpaired=len(of_a) + len(of_b) - 2 * len(shared),
        mean_a=found.mean_a,
        mean_b=found.mean_b,
        difference=found.difference,
        interval=interval_model(found.interval),
        bootstrap=interval_model(found.bootstrap),
        p=found.t_p,
        p_holm=None,
        p_permutation=found.permutation_p,
        p_mcnemar=found.mcnemar,
        minimum_detectable_effect=found.minimum_detectable_effect,
        margin=found.margin,
        equivalent=found.equivalent,
    )


def adjusted(groups: Sequence[Sequence[Difference]]) -> list[list[Difference]]:
    """The same differences with Holm's p, over all comparisons of a metric in all groups."""
    found = [list(group) for group in groups]
    for metric in get_args(PairedMetric):
        places = [
            (group, place)
            for group, members in enumerate(found)
            for place, one in enumerate(members)
            if one.metric == metric
        ]
        adjusted_p = holm([found[group][place].p for group, place in places])
        for (group, place), p in zip(places, adjusted_p, strict=True):
            found[group][place] = found[group][place].model_copy(update={"p_holm": p})
    return found
