"""The effect of hard negatives: the same questions of the same arm, with and without them.

Runs with and without hard negatives ask the same questions under the same ids, but over other logs,
so the hashes of their questions differ.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations
from typing import Any

from hei_nw_tasks.metrics import PRIMARY
from postprocess.comparison.arms import Arms, ComparedRun
from postprocess.comparison.pairing import difference
from postprocess.schema.index import HardNegativeEffect

_SETTINGS = ("hard_negative", "confounders_ratio")


def hard_negative_effects(groups: Sequence[Arms], seed: int) -> list[HardNegativeEffect]:
    """The primary metric with more hard negatives minus with fewer, for every two such runs."""
    runs = sorted((run for arms in groups for run in arms), key=lambda run: -_amount(run))
    alike: dict[str, Arms] = {}
    for run in runs:
        alike.setdefault(_everything_else(run), []).append(run)
    return [
        found
        for arms in alike.values()
        for more, fewer in combinations(arms, 2)
        if (found := _effect(more, fewer, seed)) is not None
    ]


def _effect(more: ComparedRun, fewer: ComparedRun, seed: int) -> HardNegativeEffect | None:
    if _amount(more) == _amount(fewer):
        return None
    with_them = replace(more.by_question_id(), label="with")
    without = replace(fewer.by_question_id(), label="without")
    found = difference(with_them, without, PRIMARY, seed)
    if found is None:
        return None
    return HardNegativeEffect(
        arm=more.label,
        setting=f"{_setting(more)} against {_setting(fewer)}",
        run_with=more.summary.run_id,
        run_without=fewer.summary.run_id,
        effect=found,
    )


def _amount(run: ComparedRun) -> float:
    """Hard negatives per target."""
    found = run.summary.hard_negatives
    ratio = 1.0 if found.confounders_ratio is None else found.confounders_ratio
    return 0.0 if found.hard_negative is False else ratio


def _setting(run: ComparedRun) -> str:
    found = run.summary.hard_negatives
    return f"hard_negative={found.hard_negative}, confounders_ratio={found.confounders_ratio}"


def _everything_else(run: ComparedRun) -> str:
    """All other settings, which have to be equal."""
    summary, identity = run.summary, run.identity
    config: dict[str, Any] = dict(summary.provenance.dataset_config)
    for name in _SETTINGS:
        config.pop(name, None)
    return json.dumps(
        [
            *(identity.task, identity.task_version, identity.model, identity.prompt),
            *(summary.arm, config, summary.provenance.generator_version),
        ],
        sort_keys=True,
    )
