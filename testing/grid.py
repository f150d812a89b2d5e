"""Folders of many runs: models by arms by scenarios, each an evaluation by lm_eval itself.

    run_grid(Path("reports"), models=["org/a", "org/b"], arms=["none", "rag"], tasks=["heinw_A"])

Who answers which question right follows from the names, so that models and arms differ and the same
grid is the same again.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from hei_nw_tasks.response import MeasuredResponse
from testing.measured_arms import costs
from testing.scripted import copied, mixed, run_lm_eval

# Of each arm: how often it is right, the tokens that it shows, and what the run records of it.
GRID_ARMS: dict[str, tuple[float, int, dict[str, Any]]] = {
    "none": (0.05, 0, {"baseline": "none"}),
    "recent": (0.3, 300, {"baseline": "recent", "memory_tokens": 300}),
    "rag": (0.6, 200, {"baseline": "rag", "retriever": "bm25", "k": 5}),
    "long-context": (0.5, 2_000, {"baseline": "long-context"}),
    "oracle": (0.8, 40, {"baseline": "oracle"}),
}


def run_grid(
    folder: Path,
    models: Sequence[str],
    arms: Iterable[str] = GRID_ARMS,
    tasks: Iterable[str] = ("heinw_A",),
    limit: int | None = None,
    distinct: int | None = None,
    **metadata: Any,
) -> None:
    """Evaluate every model with every arm on every task, and save all runs.

    Args:
        folder: Where the runs go; each model has its own folder there.
        models: Names; the later ones are better.
        arms: Of `GRID_ARMS`.
        tasks: Names of tasks.
        limit: The first questions of each.
        distinct: Models that answer by themselves, the first ones; the others are copies of these
            under other names. All, if not given.
        metadata: Settings of the datasets.
    """
    tasks, arms, evaluated = list(tasks), list(arms), list(models[:distinct])
    for place, model in enumerate(evaluated):
        for task in tasks:
            for arm in arms:
                share, memory, info = GRID_ARMS[arm]
                skill = share * (0.5 + 0.5 * (place + 1) / len(evaluated))
                run_lm_eval(
                    folder / str(place),
                    _script(f"{model}:{arm}", skill, memory, arm),
                    task=task,
                    limit=limit,
                    model_args=f"pretrained={model},baseline={arm}",
                    model_info={"heinw": info, "model_name": model},
                    **metadata,
                )
    for place, model in enumerate(models[len(evaluated) :], len(evaluated)):
        original = place % len(evaluated)
        copy_runs(folder / str(original), folder / str(place), evaluated[original], model, place)


def copy_runs(source: Path, target: Path, old: str, new: str, number: int) -> None:
    """Save the runs of a model once more, as those of another one.

    Args:
        source: Its folder.
        target: The folder of the other one.
        old: Its name.
        new: The other one's name.
        number: Tells the dates of one copy from those of others.
    """
    for minute, results in enumerate(sorted(source.rglob("results_*.json"))):
        date = f"2027-01-{1 + number // 24:02}T{number % 24:02}-{minute:02}-00.000001"
        args = json.loads(results.read_bytes())["config"]["model_args"].replace(old, new)
        made = copied(results, target / new.replace("/", "__"), date, model_args=args)
        made.write_text(json.dumps(json.loads(made.read_bytes()) | {"model_name": new}), "utf-8")


def _script(
    seed: str, skill: float, memory: int, arm: str
) -> Callable[[int, dict[str, Any]], MeasuredResponse]:
    def answer(number: int, doc: dict[str, Any]) -> MeasuredResponse:
        draw = random.Random(f"{seed}:{doc['id']}")
        right = draw.random() < skill if doc["answers"] else draw.random() < 0.7
        # Of what `mixed` says in turn, the first is right, the rest is not always.
        text = mixed(0, doc) if right else mixed(draw.randrange(1, 8), doc)
        evidence = list(doc["evidence"])
        ranked = ["elsewhere", *evidence] if draw.random() < 0.4 else [*evidence, "elsewhere"]
        record = {
            "question_id": doc["id"],
            "baseline": arm,
            "overflow": False,
            "shown": 2 if memory else 0,
            "evidence_shown": float(bool(memory) and draw.random() < 0.8) if evidence else None,
            "retrieved": ranked if arm == "rag" else None,
            "compute": costs(number, memory).model_dump(mode="json"),
        }
        return MeasuredResponse(text, record)

    return answer
