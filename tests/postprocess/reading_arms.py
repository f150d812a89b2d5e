"""Arms to compare: real lm_eval output whose costs are measured and whose answers are scripted.

A random model of a few thousand weights computes every answer, so that tokens, operations, cache
and seconds are those of a real run. What it says is replaced by what a reader would say who finds
the evidence in the prompt less often the more other events stand there.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from lm_eval import simple_evaluate
from lm_eval.loggers import EvaluationTracker
from lm_eval.tasks import TaskManager

from hei_nw_tasks import register
from hei_nw_tasks.memory.stores import store_of
from hei_nw_tasks.model.heinw import Heinw
from hei_nw_tasks.model.settings import split
from hei_nw_tasks.tasks import __path__ as task_folders

ARMS = ("none", "oracle", "long-context", "rag")
SMALL = {
    "n": 120,
    "lengths": [1000, 2000],
    "store_sizes": [40, 80, 160],
    "collision_groups": [1, 4],
}


class Reader:
    """Mixin over a model of heinw's: says what a fallible reader of the prompt would say."""

    def answer(self, requests: list[Any], done: Any) -> None:
        def say(position: int, text: str, costs: Any) -> None:
            request = requests[position]
            done(position, reading(request.args[0], request.doc), costs)

        super().answer(requests, say)  # type: ignore[misc]


def reading(prompt: str, doc: dict[str, Any]) -> str:
    """The answer of a reader who is right if the evidence is there, but for growing distraction."""
    rng, events = random.Random(doc["id"]), store_of(doc).events[: doc["store_size"]]
    shown = sum(event.text in prompt for event in events)
    evidence = [event.text for event in events if event.event_id in doc["evidence"]]
    luck = rng.random()
    if evidence and all(text in prompt for text in evidence):
        if luck < 0.97 - 0.06 * shown**0.5:
            return str(doc["answers"][0])
        return str((doc["distractor_answers"] or doc["other_answers"] or ["nobody"])[0])
    if not shown and doc["prior_answers"] and luck < 0.5:
        return str(doc["prior_answers"][0])
    return "unknown" if luck < 0.9 else str((doc["other_answers"] or ["somebody"])[-1])


def run_arms(
    folder: Path,
    checkpoint: Path,
    scenarios: Sequence[str] = "ABCDE",
    arms: Sequence[str | dict[str, Any]] = ARMS,
    **metadata: Any,
) -> Path:
    """Evaluates arms on scenarios, and saves as `lm_eval --model heinw --log_samples` does.

    An arm is the name of a baseline, or the model arguments of a memory of mode B1.
    """
    register()
    settings = {**SMALL, **metadata}
    arguments = {"pretrained": str(checkpoint), "retriever": "bm25"}
    model = Heinw.create_from_arg_obj(
        {**arguments, "baseline": "none"}, {"batch_size": 16, "device": "cpu"}
    )
    model.__class__ = type("Reading", (Reader, type(model)), {})
    for arm in arms:
        chosen = {"baseline": arm} if isinstance(arm, str) else {"mode": "B1", **arm}
        model.use_arm(split({**arguments, **chosen})[0], arguments)
        given = ",".join(f"{name}={value}" for name, value in {**arguments, **chosen}.items())
        tracker = EvaluationTracker(output_path=str(folder))
        results = simple_evaluate(
            model=model,
            model_args=given,
            tasks=[f"heinw_{letter}" for letter in scenarios],
            task_manager=TaskManager(
                include_path=task_folders[0],
                include_defaults=False,
                metadata={**arguments, **settings},
            ),
            batch_size=16,
            gen_kwargs={"max_gen_toks": 4},
            evaluation_tracker=tracker,
            log_samples=True,
            bootstrap_iters=0,
        )
        results["config"]["model"] = "heinw"
        samples = results.pop("samples")
        tracker.save_results_aggregated(results=results, samples=samples)
        for task, rows in samples.items():
            tracker.save_results_samples(task_name=task, samples=rows)
    return folder
