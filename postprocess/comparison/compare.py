"""From arms to the index: experiments, their differences, and what is not compared.

Arms of one experiment answered the same questions with the same model and prompt, and are all
paired. Runs of one model and scenario that differ in their questions are listed as not compared,
with the reason; of those that differ in hard negatives alone, the effect of these is shown.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations

from postprocess.comparison.arms import Arm, Identity
from postprocess.comparison.effects import hard_negative_effects
from postprocess.comparison.pairing import (
    RESAMPLES,
    Named,
    adjusted,
    differences,
    in_order,
    labels,
)
from postprocess.comparison.rows import arm_rows, break_evens
from postprocess.comparison.verdict import verdict
from postprocess.schema.index import Difference, Experiment, HardNegativeEffect, Index, Refused

SEED = 0


def compare(arms: Sequence[Arm]) -> Index:
    """Compares every arm with those of the same experiment."""
    return index_of(_experiments(arms), _refused(arms))


def index_of(groups: Sequence[Named], refused: Sequence[Refused] = ()) -> Index:
    """The index of arms that are grouped already.

    Args:
        groups: Arms to be paired, by experiment.
        refused: What is not compared.
    """
    found = adjusted([differences(named, SEED) for named in groups])
    effects = hard_negative_effects(groups, SEED)
    experiments = [
        _experiment(name, named, pairs, _of(effects, named))
        for name, named, pairs in zip(_ids(groups), groups, found, strict=True)
    ]
    return Index(
        seed=SEED,
        resamples=RESAMPLES,
        comparisons=sum(
            one.metric == "exact_match" and one.p is not None for group in found for one in group
        ),
        experiments=experiments,
        not_compared=list(refused),
    )


def _experiments(arms: Sequence[Arm]) -> list[Named]:
    groups: dict[Identity, list[Arm]] = {}
    for arm in sorted(arms, key=lambda arm: (arm.identity.task, arm.summary.run_date)):
        groups.setdefault(arm.identity, []).append(arm)
    ordered = map(in_order, groups.values())
    return [list(zip(labels(group), group, strict=True)) for group in ordered]


def _ids(groups: Sequence[Named]) -> list[str]:
    """A, or A-1 and A-2 where a scenario has several experiments."""
    letters = [named[0][1].summary.scenario for named in groups]
    return [
        letter if letters.count(letter) == 1 else f"{letter}-{letters[: place + 1].count(letter)}"
        for place, letter in enumerate(letters)
    ]


def _experiment(
    name: str, named: Named, pairs: list[Difference], effects: list[HardNegativeEffect]
) -> Experiment:
    first = named[0][1]
    rows = arm_rows(named)
    return Experiment(
        id=name,
        scenario=first.summary.scenario,
        task=first.summary.task,
        task_version=first.summary.task_version,
        model=first.summary.provenance.model,
        rows_sha256=first.identity.rows_sha256,
        dataset=json.dumps(first.summary.provenance.dataset_config, ensure_ascii=False),
        verdict=verdict(rows, pairs),
        arms=rows,
        differences=pairs,
        break_even=break_evens(rows),
        hard_negatives=effects,
        figures=[],
    )


def _of(effects: Sequence[HardNegativeEffect], named: Named) -> list[HardNegativeEffect]:
    """The effects that belong to an experiment: those of its runs with hard negatives."""
    own = {arm.summary.run_id for _, arm in named}
    return [effect for effect in effects if effect.run_with in own]


def _refused(arms: Sequence[Arm]) -> list[Refused]:
    """Pairs of experiments of one task and model, with what keeps them apart."""
    groups: dict[Identity, list[str]] = {}
    for arm in arms:
        groups.setdefault(arm.identity, []).append(arm.summary.run_id)
    return [
        Refused(a=groups[one], b=groups[other], reason=reason)
        for one, other in combinations(groups, 2)
        if (one.task, one.model) == (other.task, other.model)
        and (reason := why_not(one, other)) is not None
    ]


def why_not(one: Identity, other: Identity) -> str | None:
    """Why two runs of one task cannot be paired question by question; None if they can."""
    if one.task != other.task:
        return f"their tasks differ: {one.task} and {other.task}"
    if one.rows_sha256 != other.rows_sha256:
        shas = [f"{(sha or 'unknown')[:12]}" for sha in (one.rows_sha256, other.rows_sha256)]
        return f"their datasets differ: rows sha256 {shas[0]}… and {shas[1]}…"
    if one.task_version != other.task_version:
        return f"their task versions differ: {one.task_version} and {other.task_version}"
    if replace(one, model=other.model) != other:
        return f"their prompts differ: {one.prompt} and {other.prompt}"
    return None
