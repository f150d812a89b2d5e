"""Tasks that are not ours after sleep, against lm_eval's own model with each world's adapter."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path
from typing import Any

import lm_eval
import pytest
from lm_eval.tasks import TaskManager

from generators.errors import ConfigError
from hei_nw_tasks import register
from hei_nw_tasks.memory.keeping import digest_of
from hei_nw_tasks.memory.recalling import Recall, Weights
from hei_nw_tasks.memory.stores import Store
from hei_nw_tasks.model.after_sleep import one_process, worlds_asleep
from testing.stock_tasks import write_tasks
from tests.hei_nw_tasks.model.running import TASKS, record

RESTLESS = "tests.hei_nw_tasks.memory.dreaming:Restless"
# One of each type of request: choices, texts, and answers that are generated.
OTHERS = ("quiz_colours", "prose", "stories")


@pytest.fixture
def tasks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    register()
    write_tasks(tmp_path / "tasks", *OTHERS)
    monkeypatch.chdir(tmp_path / "tasks")
    return tmp_path / "tasks"


def samples(model: str, arguments: dict[str, Any], names: list[str], folder: Path) -> Any:
    manager = TaskManager(
        include_path=[str(TASKS), str(folder)],
        include_defaults=False,
        metadata={"n": 12},
    )
    found = lm_eval.simple_evaluate(
        model=model,
        model_args=arguments,
        tasks=names,
        task_manager=manager,
        batch_size=4,
        device="cpu",
        bootstrap_iters=0,
        gen_kwargs="max_gen_toks=6",
    )
    assert found is not None
    return found


def said(rows: list[dict[str, Any]]) -> dict[int, Any]:
    return {row["doc_id"]: row["resps"] for row in rows}


def test_worlds_answer_in_turns(checkpoint: Path, tasks: Path, tmp_path: Path) -> None:
    asleep = {
        "pretrained": str(checkpoint),
        "mode": "B3",
        "memory": RESTLESS,
        "memory_folder": str(tmp_path / "kept"),
    }
    found = samples("heinw", asleep, ["heinw_A", *OTHERS], tasks)
    count = found["config"]["heinw"]["slept_weights"]
    last: dict[str, tuple[int, str]] = {}
    for row in sorted(found["samples"]["heinw_A"], key=lambda row: row["doc_id"]):
        doc = row["doc"]
        weights = record(row)["memory"]["weights"]
        # A dict keeps the place of the first question about a world.
        if doc["store_size"] >= last.get(doc["world_id"], (0, ""))[0]:
            last[doc["world_id"]] = doc["store_size"], weights
    assert count == len(last) == 2
    adapters = {
        digest_of(path.parent, {"peft": "adapter"}): path
        for path in (tmp_path / "kept").rglob("adapter")
    }
    by_weights = [
        samples(
            "hf", {"pretrained": str(checkpoint), "peft": str(adapters[digest])}, [*OTHERS], tasks
        )
        for _, digest in last.values()
    ]
    alone = samples("hf", {"pretrained": str(checkpoint)}, [*OTHERS], tasks)
    for task in OTHERS:
        expected = [said(one["samples"][task]) for one in by_weights]
        answers = said(found["samples"][task])
        hashes = {row["doc_id"]: row["doc_hash"] for row in found["samples"][task]}
        assert answers != said(alone["samples"][task])
        assert expected[0] != expected[1]
        for doc_id, answer in answers.items():
            # As many hexadecimal digits as fit 32 bits.
            turn = int(hashes[doc_id][:8], 16) % 2
            assert is_like(answer, expected[turn][doc_id])


def is_like(answer: Any, other: Any) -> bool:
    """Whether answers are equal, but for the order in which numbers were added up."""
    if isinstance(answer, float):
        return bool(answer == pytest.approx(other, rel=1e-4))
    if isinstance(answer, list | tuple):
        return all(is_like(a, b) for a, b in zip(answer, other, strict=True))
    return bool(answer == other)


def test_without_a_world_of_ours_there_are_no_weights(
    checkpoint: Path, tasks: Path, tmp_path: Path
) -> None:
    asleep = {"pretrained": str(checkpoint), "mode": "B3", "memory": RESTLESS}
    with pytest.raises(ConfigError, match=r"ask one of ours first: --tasks heinw_A,stories"):
        samples("heinw", asleep, ["stories"], tasks)


def test_a_world_has_a_turn_whatever_the_number_of_its_stores(tmp_path: Path) -> None:
    """In scenario D, a world has a store of each size."""
    weights = {size: Weights("peft", tmp_path, f"{size}", "a memory") for size in (32, 64)}
    store = Store("s", [], [])
    recalls = [
        (
            {"world_id": world, "store_size": size, "scenario": "D"},
            Recall([], [], store, weights=weights[size]),
        )
        for world, sizes in (("u", (64, 32)), ("v", (32,)))
        for size in sizes
    ]
    assert worlds_asleep(recalls).weights == (weights[64], weights[32])
    mixed = [*recalls, ({"world_id": "w", "store_size": 9, "scenario": "A"}, recalls[0][1])]
    with pytest.raises(ConfigError, match="of one scenario, not of A, D"):
        worlds_asleep(mixed).answers([Asked()], lambda _: nullcontext(), list)


class Asked:
    task_name, doc = "stories", "a document"


def test_several_processes_would_have_the_weights_of_different_worlds() -> None:
    class Model:
        world_size = 2

    with pytest.raises(ConfigError, match="run them in one process"):
        one_process(Model())
