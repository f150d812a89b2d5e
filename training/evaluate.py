"""Score a checkpoint on evaluation seeds, arm by arm, with the real task code.

    python -m training.evaluate --pretrained .training/export --n 250 --seed 1

prints one line per scenario and arm: exact match over the answerable questions, abstention over the
others, stale answers, and the prompt's tokens. With --kinds, a line for each kind of question, too.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

ARMS = ("none", "oracle", "long-context", "rag")
DEMO_SETTINGS: dict[str, dict[str, Any]] = {
    "D": {"store_sizes": [32, 48, 64], "collision_groups": [1, 4, 16]},
    "E": {"lengths": [1000, 1500, 2000]},
}


@dataclass(frozen=True, slots=True)
class ScoredAnswer:
    """A question, the answer, and its scores.

    Attributes:
        doc: The dataset row.
        response: The answer.
        scores: All metrics of the task.
    """

    doc: Mapping[str, Any]
    response: str
    scores: Mapping[str, float]


class Reader:
    """A checkpoint that answers questions through lm_eval's model type `heinw`.

    Args:
        pretrained: Folder of the checkpoint.
        batch_size: As for lm_eval.
    """

    def __init__(self, pretrained: str, batch_size: int = 64) -> None:
        from hei_nw_tasks import register

        register()
        from hei_nw_tasks.model.heinw import Heinw

        self._arguments = {"pretrained": pretrained}
        own = {"batch_size": batch_size, "device": "cpu"}
        self._model = Heinw.create_from_arg_obj({**self._arguments, "baseline": "none"}, own)

    def answer(
        self, letter: str, arm: str, settings: Mapping[str, Any], **arm_settings: Any
    ) -> list[ScoredAnswer]:
        """Answer all questions of a scenario.

        Args:
            letter: Of the scenario.
            arm: Which memory the prompt shows.
            settings: Of the questions.
            arm_settings: Of the memory; rag retrieves with bm25 unless told otherwise.
        """
        from lm_eval import simple_evaluate
        from lm_eval.tasks import TaskManager

        from hei_nw_tasks.model.settings import split
        from hei_nw_tasks.patches import TASK_FOLDER

        given = {**self._arguments, "baseline": arm, "retriever": "bm25", **arm_settings}
        chosen, inner = split(given)
        self._model.use_arm(chosen, inner)
        results = simple_evaluate(
            model=self._model,
            tasks=[f"heinw_{letter}"],
            task_manager=TaskManager(
                include_path=str(TASK_FOLDER),
                include_defaults=False,
                metadata={**self._arguments, **settings},
            ),
            log_samples=True,
            bootstrap_iters=0,
        )
        samples: Sequence[Mapping[str, Any]] = results["samples"][f"heinw_{letter}"]
        return [
            ScoredAnswer(s["doc"], str(s["filtered_resps"][0]), {m: s[m] for m in s["metrics"]})
            for s in samples
            if s["filter"] == "all"
        ]


def mean(answered: Sequence[ScoredAnswer], metric: str) -> float | None:
    """Return the mean of a metric over the questions that have it."""
    values = [one.scores[metric] for one in answered if metric in one.scores]
    return sum(values) / len(values) if values else None


def _means(answered: Sequence[ScoredAnswer], metrics: Sequence[str]) -> str:
    return "  ".join(
        f"{name} –" if (value := mean(answered, name)) is None else f"{name} {value:.3f}"
        for name in metrics
    )


def _by_kind(answered: Sequence[ScoredAnswer]) -> list[tuple[str, list[ScoredAnswer]]]:
    kinds = sorted({one.doc["query_kind"] for one in answered})
    return [(kind, [one for one in answered if one.doc["query_kind"] == kind]) for kind in kinds]


def main() -> None:
    """Evaluate and print."""
    import logging

    import torch

    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--pretrained", default="heinw-reader")
    parser.add_argument("--n", type=int, default=250)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--scenarios", default="ABCDE")
    parser.add_argument("--arms", default=",".join(ARMS))
    parser.add_argument("--settings", type=json.loads, default={})
    parser.add_argument("--kinds", action="store_true", help="print each kind of question, too")
    parser.add_argument("--show", type=int, default=0, help="wrong answers to print")
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    logging.disable(logging.WARNING)
    reader = Reader(options.pretrained)
    for letter in options.scenarios:
        settings = {"n": options.n, "seed": options.seed, **DEMO_SETTINGS.get(letter, {})}
        for arm in options.arms.split(","):
            start = time.monotonic()
            answered = reader.answer(letter, arm, settings | options.settings)
            metrics = ("exact_match", "abstained", "false_abstained", "stale", "prompt_tokens")
            seconds = time.monotonic() - start
            print(f"{letter} {arm:12} {_means(answered, metrics)}  {seconds:.0f} s", flush=True)
            for kind, own in _by_kind(answered) if options.kinds else ():
                print(f"    {kind:16} {_means(own, metrics[:2])}  of {len(own)}", flush=True)
            wrong = [
                one
                for one in answered
                if 1.0 not in (one.scores.get("exact_match"), one.scores.get("abstained"))
            ]
            for one in wrong[: options.show]:
                print(f"    {one.doc['query']} → {one.response!r}, not {one.doc['answers'][:1]}")


if __name__ == "__main__":
    main()
