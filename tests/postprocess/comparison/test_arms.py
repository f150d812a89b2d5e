"""Which runs are arms of one experiment, in which order, under which names."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from hei_nw_tasks.memory.registry import ARMS
from hei_nw_tasks.model.settings import SPEED_ARGUMENTS, arm_arguments
from postprocess.comparison.arms import Identity, compared, in_order, labelled
from postprocess.measures import ABSTENTION, PAIRED, PRIMARY
from postprocess.reading.results_file import ExecutionConfig
from tests.postprocess.comparison.made import compared_run


def run_of(arguments: str, **changes: Any) -> Any:
    """A run as far as comparisons look at it."""
    given = {"model": "heinw", "model_args": arguments, **changes.pop("config", {})}
    config = ExecutionConfig.model_validate(given)
    results = SimpleNamespace(
        config=config, chat_template_sha=None, system_instruction_sha=None, n_shot={}
    )
    found = SimpleNamespace(
        task="heinw_A",
        path=Path("results.json"),
        results=SimpleNamespace(**vars(results) | changes),
    )
    return SimpleNamespace(
        found=found,
        answers=[],
        arm=config.heinw,
        samples=SimpleNamespace(path=Path("samples.jsonl"), offsets={}),
        manifest=SimpleNamespace(rows_sha256="m", config=SimpleNamespace(style="log")),
        rows_sha256="r",
    )


def identity_of(arguments: str, **changes: Any) -> Identity:
    summary: Any = SimpleNamespace(task_version="1.0")
    return compared(run_of(arguments, **changes), summary, []).identity


@pytest.mark.parametrize("name", sorted(arm_arguments() | SPEED_ARGUMENTS))
def test_arguments_of_memory_and_speed_do_not_tell_models_apart(name: str) -> None:
    plain = identity_of("pretrained=org/m,dtype=float16")
    assert identity_of(f"pretrained=org/m,{name}=7,dtype=float16") == plain


@pytest.mark.parametrize(
    ("arguments", "changes"),
    [
        ("pretrained=org/other", {}),
        ("pretrained=org/m,dtype=float16", {}),
        ("pretrained=org/m", {"config": {"model_sha": "abc"}}),
        ("pretrained=org/m", {"config": {"gen_kwargs": {"max_gen_toks": 7}}}),
        ("pretrained=org/m", {"config": {"heinw": {"inner": "vllm"}}}),
        ("pretrained=org/m", {"chat_template_sha": "abc"}),
        ("pretrained=org/m", {"system_instruction_sha": "abc"}),
        ("pretrained=org/m", {"n_shot": {"heinw_A": 2}}),
    ],
)
def test_everything_else_does(arguments: str, changes: dict[str, Any]) -> None:
    assert identity_of(arguments, **changes) != identity_of("pretrained=org/m")


def test_the_order_of_settings_does_not_matter() -> None:
    assert identity_of("dtype=x,pretrained=m") == identity_of("pretrained=m,dtype=x")
    one, other = {"max_gen_toks": 7, "until": []}, {"until": [], "max_gen_toks": 7}
    found = [identity_of("", config={"gen_kwargs": kwargs}) for kwargs in (one, other)]
    assert found[0] == found[1]


def test_questions_are_those_of_the_manifest_or_else_of_the_samples() -> None:
    summary: Any = SimpleNamespace(task_version="1.0")
    run = run_of("")
    assert compared(run, summary, []).identity.rows_sha256 == "m"
    run.manifest.rows_sha256 = None
    assert compared(run, summary, []).identity.rows_sha256 == "r"


def test_scores_are_kept_of_the_questions_that_have_them() -> None:
    summary: Any = SimpleNamespace(task_version="1.0")
    run = run_of("")
    scores = {"h1": {PRIMARY: 1.0, "other": 1.0}, "h2": {ABSTENTION: 0.0}}
    run.answers = [
        SimpleNamespace(
            doc_hash=key,
            doc_id=place,
            id=f"id of {key}",
            world_id="w",
            scores=found,
            outcome="stale",
            query_kind="locality" if place else "direct",
        )
        for place, (key, found) in enumerate(scores.items())
    ]
    run.samples.offsets = {0: 0, 1: 700}
    found = compared(run, summary, ["report"])
    assert found.scores == {name: {} for name in PAIRED} | {
        PRIMARY: {"h1": 1.0},
        ABSTENTION: {"h2": 0.0},
    }
    assert found.ids == {"h1": "id of h1", "h2": "id of h2"}
    assert found.worlds == {"h1": "w", "h2": "w"}
    assert found.unedited == {"h2"}
    assert found.files == ["report"]
    assert found.answers == {"id of h1": ("stale", 0), "id of h2": ("stale", 700)}


def test_a_model_with_a_memory_is_an_arm_of_the_model_alone() -> None:
    alone = identity_of("pretrained=org/m", config={"model": "hf"})
    assert identity_of("pretrained=org/m", config={"heinw": {"inner": "hf"}}) == alone
    assert identity_of("pretrained=org/m", config={"heinw": {"inner": "vllm"}}) != alone


def test_the_order_is_that_of_the_registry_with_unknown_arms_before_the_ceiling() -> None:
    names = [*reversed(ARMS), "of a later version"]
    (ceiling,) = [name for name, arm in ARMS.items() if arm.role == "ceiling"]
    others = [name for name in ARMS if name != ceiling]
    found = [run.summary.baseline for run in in_order(map(compared_run, names))]
    assert found == [*others, "of a later version", ceiling]


def test_runs_of_one_arm_are_in_the_order_of_their_settings_and_dates() -> None:
    runs = [
        compared_run("rag", arm="rag (k=5)", date="2"),
        compared_run("rag", arm="rag (k=5)", date="1"),
        compared_run("rag", arm="rag (k=2)", date="3"),
    ]
    assert [run.summary.run_date for run in in_order(runs)] == ["3", "1", "2"]


def test_labels_are_as_long_as_they_need_to_be() -> None:
    runs = [
        compared_run("none"),
        compared_run("rag", arm="rag (k=2)"),
        compared_run("rag", arm="rag (k=5)", date="1"),
        compared_run("rag", arm="rag (k=5)", date="2"),
    ]
    labels = [run.label for run in labelled(runs)]
    assert labels == ["none", "rag (k=2)", "rag (k=5) of 1", "rag (k=5) of 2"]
    assert [run.label for run in labelled(runs[:2])] == ["none", "rag"]


def test_ids_take_the_place_of_hashes() -> None:
    run = compared_run("rag", {PRIMARY: {"x": 1.0, "y": 0.0}}).by_question_id()
    assert run.scores[PRIMARY] == {"id of x": 1.0, "id of y": 0.0}
    assert run.worlds == {"id of x": "wx", "id of y": "wy"}
    assert run.by_question_id() == run
