"""From runs to the index: experiments, their differences, and what is not compared.

Arms of one experiment answered the same questions with the same model and prompt, and are paired;
so are models that answered them with the same arm. Runs of one scenario that cannot be paired are
listed as not compared, with the reason; where they differ in hard negatives alone, the effect of
these is shown. Time and length are linear in the number of runs, however these are spread over
experiments.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from hei_nw_tasks.metrics import PRIMARY
from postprocess.comparison.arms import Arms, ComparedRun, Identity, in_order, labelled
from postprocess.comparison.consolidation import consolidations, sleep_break_evens
from postprocess.comparison.effects import hard_negative_effects
from postprocess.comparison.models import ModelGroup, model_groups, models_refused
from postprocess.comparison.pairing import RESAMPLES, adjusted, differences, parities
from postprocess.comparison.refusing import refused
from postprocess.comparison.rows import arm_rows, break_evens
from postprocess.comparison.verdict import verdict
from postprocess.schema.index import Difference, Experiment, HardNegativeEffect, Index, Refused
from postprocess.spreading import spread
from postprocess.summary.verdict import unproven

SEED = 0


def compare(runs: Sequence[ComparedRun]) -> Index:
    """Compares every run with the other arms of its experiment, and with other models."""
    groups = _experiments(runs)
    named = dict(zip(_ids(groups), groups, strict=True))
    return _index(named, model_groups(named), [*refused(runs), *models_refused(named)])


def index_of(groups: Sequence[Arms]) -> Index:
    """The index of runs that are grouped already.

    Args:
        groups: Labelled arms to be paired, by experiment.
    """
    return _index(dict(zip(_ids(groups), groups, strict=True)), [], [])


def _index(
    groups: Mapping[str, Arms], of_models: Sequence[ModelGroup], not_compared: list[Refused]
) -> Index:
    paired = [*groups.values(), *(group.runs for group in of_models)]
    found = adjusted(list(spread(lambda arms: differences(arms, SEED), paired)))
    effects = hard_negative_effects(list(groups.values()), SEED)
    pairs = iter(found)
    return Index(
        primary_metric=PRIMARY,
        seed=SEED,
        resamples=RESAMPLES,
        comparisons=sum(
            one.metric == PRIMARY and one.p is not None for group in found for one in group
        ),
        experiments=[
            _experiment(name, arms, next(pairs), effects) for name, arms in groups.items()
        ],
        models=[group.comparison(next(pairs)) for group in of_models],
        not_compared=not_compared,
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
        break_even=[*break_evens(rows), *sleep_break_evens(arms)],
        parity=parities(arms, SEED),
        consolidation=consolidations(arms, SEED),
        # An effect is shown with the run that has the hard negatives.
        hard_negatives=[effect for effect in effects if effect.run_with in run_ids],
        files=[],
        figures=[],
    )
