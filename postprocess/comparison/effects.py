"""What hard negatives do: the same questions of the same arm, with and without them.

Runs with and without hard negatives ask the same questions under the same ids; their logs, and so
the hashes of the questions, differ.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from itertools import combinations
from typing import Any

from postprocess.comparison.arms import Arm
from postprocess.comparison.pairing import Named, difference
from postprocess.schema.index import HardNegativeEffect

_SETTINGS = ("hard_negative", "confounders_ratio")


def hard_negative_effects(groups: Sequence[Named], seed: int) -> list[HardNegativeEffect]:
    """Exact match with more hard negatives minus with fewer, for every two such runs."""
    arms = sorted((one for named in groups for one in named), key=lambda one: -_amount(one[1]))
    return [
        found
        for more, fewer in combinations(arms, 2)
        if (found := _effect(more, fewer[1], seed)) is not None
    ]


def _effect(more: tuple[str, Arm], without: Arm, seed: int) -> HardNegativeEffect | None:
    label, with_them = more
    if _amount(with_them) == _amount(without) or _rest(with_them) != _rest(without):
        return None
    found = difference(
        ("with", {one.question_id: one for one in with_them.answered.values()}),
        ("without", {one.question_id: one for one in without.answered.values()}),
        "exact_match",
        seed,
    )
    if found is None:
        return None
    return HardNegativeEffect(
        arm=label,
        setting=f"{_setting(with_them)} against {_setting(without)}",
        run_with=with_them.summary.run_id,
        run_without=without.summary.run_id,
        effect=found,
    )


def _amount(arm: Arm) -> float:
    """Hard negatives per target."""
    found = arm.summary.hard_negatives
    ratio = 1.0 if found.confounders_ratio is None else found.confounders_ratio
    return 0.0 if found.hard_negative is False else ratio


def _setting(arm: Arm) -> str:
    found = arm.summary.hard_negatives
    return f"hard_negative={found.hard_negative}, confounders_ratio={found.confounders_ratio}"


def _rest(arm: Arm) -> str:
    """All that has to be equal besides."""
    summary, identity = arm.summary, arm.identity
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
