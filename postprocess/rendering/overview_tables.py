"""The overview: every model with every arm on every scenario, at a glance and in order.

matrix(experiments)   a row for each model and scenario, a column for each arm
ranking(experiments)  of one scenario, every model with every arm, the highest headline first
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from hei_nw_tasks.memory.registry import ARMS
from hei_nw_tasks.metrics import PRIMARY
from postprocess.comparison.arms import rank
from postprocess.comparison.verdict import ALPHA, role
from postprocess.measures import ABSTENTION, EXACT, HEADLINE, heading
from postprocess.rendering import values
from postprocess.rendering.tables import Column, Table, column
from postprocess.rendering.values import MISSING, Ours
from postprocess.schema.index import ArmRow, Difference, Experiment, Index
from postprocess.schema.run import Summary

SHADES = 10
BETTER, WORSE = Ours("▲"), Ours("▼")


@dataclass(frozen=True)
class Cell:
    """An arm of an experiment in the matrix.

    Attributes:
        arm: The arm.
        against_alone: `BETTER` or `WORSE` than the model alone, where that is significant.
    """

    arm: ArmRow
    against_alone: str

    @property
    def shade(self) -> int:
        """How dark the cell is: tenths of what is correct."""
        return round(SHADES * (self.arm.scores[PRIMARY].mean or 0.0))

    @property
    def text(self) -> Ours:
        """What is correct, with its interval, and the mark."""
        return Ours(f"{values.rate(self.arm.scores[PRIMARY])} {self.against_alone}".rstrip())


@dataclass(frozen=True)
class Matrix:
    """Experiments by arms.

    Attributes:
        arms: Headings: the arm, with its settings where those differ.
        scenarios: By letter, its experiments, and the cells of each; None where an arm was not run.
    """

    arms: list[str]
    scenarios: list[tuple[str, list[tuple[Experiment, list[Cell | None]]]]]

    @property
    def table(self) -> Table[tuple[Experiment, list[Cell | None]]]:
        """The same as a table of text, without its first two columns."""
        rows = [row for _, rows in self.scenarios for row in rows]
        return Table([self._column(place, arm) for place, arm in enumerate(self.arms)], rows)

    def _column(self, place: int, arm: str) -> Column[tuple[Experiment, list[Cell | None]]]:
        def text(row: tuple[Experiment, list[Cell | None]]) -> str:
            cell = row[1][place]
            return MISSING if cell is None else cell.text

        return Column(arm, text)


def matrix(experiments: Sequence[Experiment]) -> Matrix:
    """All experiments by all arms; of a scenario, models are in the order of their names."""
    rows = [row for one in experiments for row in one.arms]
    full = sorted({(rank(row.baseline), _settings(row), row.baseline) for row in rows})
    names = [baseline for _, _, baseline in full]
    cells = {one.id: _cells(one) for one in experiments}
    in_order = sorted(experiments, key=lambda one: (one.scenario, one.model.lower(), one.id))
    return Matrix(
        arms=[_known(baseline) if names.count(baseline) == 1 else arm for _, arm, baseline in full],
        scenarios=[
            (scenario, [(one, [cells[one.id].get(arm) for _, arm, _ in full]) for one in alike])
            for scenario, alike in groupby(in_order, key=lambda one: one.scenario)
        ],
    )


def ranking(experiments: Sequence[Experiment]) -> Table[tuple[Experiment, ArmRow]]:
    """Every arm of every experiment, the highest headline first."""

    def score(name: str, title: str) -> Column[tuple[Experiment, ArmRow]]:
        return column(title, lambda row: values.rate(row[1].scores.get(name)))

    rows = [(one, arm) for one in experiments for arm in one.arms]
    models: list[Column[tuple[Experiment, ArmRow]]] = [column("Model", lambda row: row[0].model)]
    return Table(
        [
            column("Arm", lambda row: row[1].arm),
            *(models if len({one.model for one in experiments}) > 1 else []),
            column("n", lambda row: Ours(row[1].questions)),
            score(HEADLINE, heading(HEADLINE)),
            score(PRIMARY, heading(PRIMARY)),
            score(EXACT, "In the right words"),
            score(ABSTENTION, heading(ABSTENTION)),
            column("FLOPs", lambda row: values.amount(row[1].economics.flops_per_question, "FLOP")),
            column("Latency p50", lambda row: values.seconds(row[1].latency.p50_s)),
        ],
        sorted(rows, key=_by_headline),
    )


def best(experiments: Sequence[Experiment]) -> tuple[Experiment, ArmRow] | None:
    """The memory with the highest headline; None where no memory has one."""
    rows = [
        (one, arm)
        for one in experiments
        for arm in one.arms
        if role(arm) == "memory" and arm.scores[HEADLINE].mean is not None
    ]
    return min(rows, key=_by_headline, default=None)


def is_significant(found: Difference) -> bool:
    """Whether a difference is significant once all comparisons are counted."""
    return found.p_holm is not None and found.p_holm < ALPHA


def warnings(
    index: Index, summaries: Mapping[str, Summary]
) -> dict[str, list[tuple[Experiment, ArmRow]]]:
    """Where each warning is from."""
    found: dict[str, list[tuple[Experiment, ArmRow]]] = {}
    for one in index.experiments:
        for arm in one.arms:
            for warning in summaries[arm.run_id].warnings:
                found.setdefault(warning, []).append((one, arm))
    return found


def _by_headline(row: tuple[Experiment, ArmRow]) -> tuple[Any, ...]:
    experiment, arm = row
    scores = (arm.scores[name].mean for name in (HEADLINE, PRIMARY))
    order = [-1.0 if score is None else score for score in scores]
    cost = arm.economics.flops_per_question
    return (
        *(-score for score in order),
        math.inf if cost is None else cost,
        *(experiment.model.lower(), experiment.id, arm.label),
    )


def _cells(experiment: Experiment) -> dict[str, Cell]:
    alone = next((row.label for row in experiment.arms if role(row) == "alone"), None)
    marks = {}
    for one in experiment.differences:
        if one.metric == PRIMARY and alone in (one.a, one.b) and is_significant(one):
            other, sign = (one.a, 1) if one.b == alone else (one.b, -1)
            marks[other] = BETTER if sign * one.difference > 0 else WORSE
    return {_settings(row): Cell(row, marks.get(row.label, "")) for row in experiment.arms}


def _settings(row: ArmRow) -> str:
    """The arm with its settings, and more where an experiment has two of that name."""
    return row.arm if row.label in (row.baseline, row.arm) else row.label


def _known(baseline: str) -> str:
    return Ours(baseline) if baseline in ARMS else baseline
