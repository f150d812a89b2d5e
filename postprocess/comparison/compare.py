"""From runs to the index: experiments, their differences, and what is not compared.

Arms of one experiment answered the same questions with the same model and prompt, and are paired.
Runs of one model and scenario that differ in their questions are listed as not compared, with the
reason; where they differ in hard negatives alone, the effect of these is shown. Time and length are
linear in the number of runs, however these are spread over experiments.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace

from hei_nw_tasks.metrics import PRIMARY
from postprocess.comparison.arms import Arms, ComparedRun, Identity, in_order, labelled
from postprocess.comparison.effects import hard_negative_effects
from postprocess.comparison.pairing import RESAMPLES, adjusted, differences, parities
from postprocess.comparison.rows import arm_rows, break_evens
from postprocess.comparison.verdict import verdict
from postprocess.schema.index import Difference, Experiment, HardNegativeEffect, Index, Refused
from postprocess.summary.verdict import unproven

SEED = 0


def compare(runs: Sequence[ComparedRun]) -> Index:
    """Compares every run with the other arms of its experiment."""
    return index_of(_experiments(runs), _refused(runs))


def index_of(groups: Sequence[Arms], refused: Sequence[Refused] = ()) -> Index:
    """The index of runs that are grouped already.

    Args:
        groups: Labelled arms to be paired, by experiment.
        refused: What is not compared.
    """
    found = adjusted([differences(arms, SEED) for arms in groups])
    effects = hard_negative_effects(groups, SEED)
    experiments = [
        _experiment(name, arms, pairs, effects)
        for name, arms, pairs in zip(_ids(groups), groups, found, strict=True)
    ]
    return Index(
        primary_metric=PRIMARY,
        seed=SEED,
        resamples=RESAMPLES,
        comparisons=sum(
            one.metric == PRIMARY and one.p is not None for group in found for one in group
        ),
        experiments=experiments,
        not_compared=list(refused),
        left_out=[],
    )


def _experiments(runs: Sequence[ComparedRun]) -> list[Arms]:
    groups: dict[Identity, Arms] = {}
    for run in sorted(runs, key=lambda run: (run.identity.task, run.summary.run_date)):
        groups.setdefault(run.identity, []).append(run)
    return [labelled(in_order(group)) for group in groups.values()]


def _ids(groups: Sequence[Arms]) -> list[str]:
    """A, or A-1 and A-2 where a scenario has several experiments."""
    letters = [arms[0].summary.scenario for arms in groups]
    return [
        letter if letters.count(letter) == 1 else f"{letter}-{letters[: place + 1].count(letter)}"
        for place, letter in enumerate(letters)
    ]


def _experiment(
    name: str, arms: Arms, pairs: list[Difference], effects: Sequence[HardNegativeEffect]
) -> Experiment:
    first = arms[0]
    rows, run_ids = arm_rows(arms), {run.summary.run_id for run in arms}
    doubts = (run.summary.provenance.dataset_doubt for run in arms)
    return Experiment(
        id=name,
        scenario=first.summary.scenario,
        task=first.summary.task,
        task_version=first.summary.task_version,
        model=first.summary.provenance.model,
        rows_sha256=first.identity.rows_sha256,
        dataset=json.dumps(first.summary.provenance.dataset_config, ensure_ascii=False),
        verdict=unproven(next(filter(None, doubts), None)) + verdict(rows, pairs),
        arms=rows,
        differences=pairs,
        break_even=break_evens(rows),
        parity=parities(arms, SEED),
        # An effect is shown with the run that has the hard negatives.
        hard_negatives=[effect for effect in effects if effect.run_with in run_ids],
        figures=[],
    )


def _refused(runs: Sequence[ComparedRun]) -> list[Refused]:
    """What keeps experiments of one task and model apart from the first of them."""
    groups: dict[Identity, list[str]] = {}
    for run in runs:
        groups.setdefault(run.identity, []).append(run.summary.run_id)
    first: dict[tuple[str, str], Identity] = {}
    for identity in groups:
        first.setdefault((identity.task, identity.model), identity)
    return [
        Refused(a=groups[one], b=groups[other], reason=reason)
        for other in groups
        if (reason := why_not(one := first[other.task, other.model], other)) is not None
    ]


def why_not(one: Identity, other: Identity) -> str | None:
    """Why two runs cannot be paired question by question; None if they can."""
    if one.task != other.task:
        return f"their tasks differ: {one.task} and {other.task}"
    if one.style != other.style:
        return f"their events are told in different styles: {one.style} and {other.style}"
    if one.rows_sha256 != other.rows_sha256:
        shas = [f"{(sha or 'unknown')[:12]}" for sha in (one.rows_sha256, other.rows_sha256)]
        return f"their datasets differ: rows sha256 {shas[0]}… and {shas[1]}…"
    if one.task_version != other.task_version:
        return f"their task versions differ: {one.task_version} and {other.task_version}"
    if replace(one, model=other.model) != other:
        return f"their prompts differ: {one.prompt} and {other.prompt}"
    return None
