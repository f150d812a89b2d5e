"""The sentence that an experiment opens with says neither more nor less than its table."""

from __future__ import annotations

from pathlib import Path

import pytest

from postprocess.comparison.verdict import verdict
from postprocess.schema.index import Difference, Experiment
from postprocess.statistics.intervals import Interval
from tests.postprocess.saved import experiment_of


@pytest.fixture
def experiment(arms_report: Path) -> Experiment:
    return Experiment.model_validate(experiment_of(arms_report, "E"))


def changed(
    experiment: Experiment, low: float, high: float, p_holm: float | None, worlds: int = 20
) -> list[Difference]:
    interval = Interval(low=low, high=high, method="cluster t")
    update = {"interval": interval, "p_holm": p_holm, "worlds": worlds}
    return [one.model_copy(update=update) for one in experiment.differences]


@pytest.mark.parametrize(
    ("low", "high", "p_holm", "end"),
    [
        (0.1, 0.4, 0.001, "(95% CI +10.0 to +40.0)."),
        (-0.4, -0.1, 0.049, "(95% CI -40.0 to -10.0)."),
        (-0.1, 0.3, 0.4, "+30.0), not significant."),
        (
            0.1,
            0.4,
            0.06,
            "+40.0), not significant once all comparisons are counted (Holm).",
        ),
    ],
)
def test_what_is_not_beyond_chance_is_not_called_so(
    low: float, high: float, p_holm: float, end: str, experiment: Experiment
) -> None:
    assert verdict(experiment.arms, changed(experiment, low, high, p_holm)).endswith(end)


def test_few_worlds_are_named_as_the_reason_for_a_wide_interval(experiment: Experiment) -> None:
    few = changed(experiment, -0.2, 0.6, 0.4, worlds=6)
    assert "(95% CI -20.0 to +60.0, from 6 worlds), not significant." in verdict(
        experiment.arms, few
    )


def test_no_interval_no_claim(experiment: Experiment) -> None:
    few = [one.model_copy(update={"interval": None}) for one in experiment.differences]
    assert verdict(experiment.arms, few).endswith(f"(no CI: {few[0].worlds} worlds).")


def test_one_arm_is_compared_with_nothing(experiment: Experiment) -> None:
    (alone,) = [arm for arm in experiment.arms if arm.baseline == "none"]
    said = verdict([alone], [])
    assert said.startswith("Correct on 32 answerable questions (in the right words): none ")
    assert "best" not in said
    incomplete = alone.model_copy(update={"complete": False})
    assert verdict([incomplete], []).startswith("INCOMPLETE: ")
