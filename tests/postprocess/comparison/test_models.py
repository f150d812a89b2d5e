"""Models are paired under one arm, where nothing but the model differs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

from postprocess.comparison.arms import ComparedRun
from postprocess.comparison.models import model_groups, models_refused
from postprocess.comparison.pairing import MOST_ARMS_PAIRED, differences
from postprocess.measures import PRIMARY
from postprocess.reading.results_file import RecordedArm
from tests.postprocess.comparison.made import IDENTITY, compared_run


def run_of(
    model: str,
    arm: str = "rag",
    *,
    parameters: int | None = None,
    right: Mapping[str, float] | None = None,
    setting: str = "k=5",
    **identity: Any,
) -> ComparedRun:
    run = compared_run(arm, {PRIMARY: dict(right or {"x": 1.0, "y": 0.0})})
    given = {**vars(run.summary), "run_id": f"{model} {arm}", "scenario": "A", "task": "heinw_A"}
    summary: Any = SimpleNamespace(
        **given, provenance=SimpleNamespace(model=model, parameters=parameters)
    )
    changed = {"model": model, "prompt": f"prompt of {model}", "prompt_form": "form", **identity}
    recorded = RecordedArm(baseline=arm, memory_args={"setting": setting})
    return replace(run, summary=summary, recorded=recorded, identity=replace(IDENTITY, **changed))


def test_models_are_paired_under_each_arm_the_smallest_first() -> None:
    experiments = {
        "A-1": [run_of("large", "none", parameters=9), run_of("large", parameters=9)],
        "A-2": [run_of("small", "none", parameters=2), run_of("small", parameters=2)],
        "A-3": [run_of("unknown")],
    }
    found = {group.arm: group for group in model_groups(experiments)}
    assert list(found) == ["none", "rag"]
    assert [run.label for run in found["none"].runs] == ["small", "large"]
    assert [run.label for run in found["rag"].runs] == ["small", "large", "unknown"]
    assert found["rag"].experiments == ["A-2", "A-1", "A-3"]
    row = found["rag"].comparison([]).models[0]
    assert (row.model, row.experiment, row.run_id) == ("small", "A-2", "small rag")


def test_the_difference_is_over_the_questions_of_both() -> None:
    better = run_of("b", right={"x": 1.0, "y": 1.0, "only": 0.0})
    (group,) = model_groups({"A-1": [run_of("a", right={"x": 0.0, "y": 1.0})], "A-2": [better]})
    (one,) = differences(group.runs, seed=0)
    assert (one.a, one.b, one.n, one.difference) == ("b", "a", 2, 0.5)


def test_of_many_models_each_is_compared_with_the_smallest() -> None:
    count = MOST_ARMS_PAIRED + 3
    experiments = {f"A-{n}": [run_of(f"m{n:02}", parameters=count - n)] for n in range(count)}
    (group,) = model_groups(experiments)
    found = differences(group.runs, seed=0)
    assert len(found) == count - 1
    assert {one.b for one in found} == {f"m{count - 1:02}"}


def test_what_differs_in_more_than_the_model_is_refused_with_the_reason() -> None:
    for change, reason in (
        ({"rows_sha256": "other"}, "their datasets differ"),
        ({"prompt_form": "without template"}, "their prompts differ"),
        ({"task_version": "2.0"}, "their task versions differ"),
        ({"style": "dialogue"}, "different styles"),
    ):
        experiments = {"A-1": [run_of("a")], "A-2": [run_of("b", **change)]}
        assert model_groups(experiments) == []
        (refused,) = models_refused(experiments)
        assert (refused.a, refused.b) == (["a rag"], ["b rag"])
        assert refused.reason.startswith("models: ")
        assert reason in refused.reason


def test_other_settings_of_an_arm_are_refused_and_equal_ones_are_not() -> None:
    experiments = {
        "A-1": [run_of("a", "none"), run_of("a")],
        "A-2": [run_of("b", "none"), run_of("b", setting="k=10")],
    }
    (group,) = model_groups(experiments)
    assert group.arm == "none"
    (refused,) = models_refused(experiments)
    assert (refused.a, refused.b) == (["a rag"], ["b rag"])
    assert "settings of rag differ" in refused.reason
    assert models_refused({"A-1": [run_of("a")], "A-2": [run_of("b")]}) == []


def test_one_model_with_two_chat_templates_is_no_pair_of_models() -> None:
    twice = {"A-1": [run_of("a", prompt="one")], "A-2": [run_of("a", prompt="two")]}
    assert model_groups(twice) == []
    (group,) = model_groups({**twice, "A-3": [run_of("b")]})
    assert group.experiments == ["A-1", "A-3"]


def test_two_quantizations_of_a_model_have_names_of_their_own() -> None:
    summary = run_of("org/m").summary
    one, other = (replace(run_of(f"m {bits} bit"), summary=summary) for bits in (4, 8))
    (group,) = model_groups({"A-1": [one], "A-2": [other]})
    assert [run.label for run in group.runs] == ["org/m (A-1)", "org/m (A-2)"]


def test_refusals_grow_with_the_number_of_models_and_not_with_their_pairs() -> None:
    experiments = {f"A-{n}": [run_of(f"m{n}", rows_sha256=f"{n}")] for n in range(30)}
    refused = models_refused(experiments)
    assert [one.b for one in refused] == [[f"m{n} rag"] for n in range(1, 30)]
    assert {tuple(one.a) for one in refused} == {("m0 rag",)}
