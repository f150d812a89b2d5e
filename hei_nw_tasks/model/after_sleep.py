"""Requests of other tasks after sleep: the worlds' weights answer document by document, in turns.

Each world has weights of its own, and a document of another task is of none. So document 0 is
answered with the weights of the first world that was asked about, document 1 with those of the
second one, and so on round and round. Whoever compares two runs knows from `slept_weights` of the
results which documents were answered alike: those with the same `doc_id % slept_weights`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from typing import Any

from generators.errors import ConfigError
from hei_nw_tasks.memory.recalling import Recall, Weights

Patch = Callable[[Weights | None], AbstractContextManager[None]]


def weights_of_worlds(recalls: Iterable[tuple[int, Recall]]) -> list[Weights | None]:
    """What sleep made of each world at the last moment that is asked about.

    Args:
        recalls: Of each question, how many events its store held, and what was recalled.
    """
    last: dict[str, tuple[int, Weights | None]] = {}
    for size, recall in recalls:
        if recall.store.id not in last or size > last[recall.store.id][0]:
            last[recall.store.id] = size, recall.weights
    return [weights for _, weights in last.values()]


def in_turns(
    requests: Sequence[Any],
    weights: Sequence[Weights | None],
    patched: Patch,
    answer: Callable[[list[Any]], list[Any]],
) -> list[Any]:
    """Answers to requests of other tasks, in their order.

    Args:
        requests: Instances of lm_eval.
        weights: Of each world.
        patched: Puts weights onto the model.
        answer: Answers requests with the weights that are on the model.

    Raises:
        ConfigError: No world was asked about, so that nothing has slept.
    """
    task = requests[0].task_name
    if not weights:
        raise ConfigError(
            f"{task}: has no worlds whose weights could answer it after sleep "
            f"→ ask one of ours first: --tasks heinw_A,{task}"
        )
    turns: dict[int, list[int]] = {}
    for position, request in enumerate(requests):
        turns.setdefault(request.doc_id % len(weights), []).append(position)
    found: dict[int, Any] = {}
    for turn, positions in turns.items():
        with patched(weights[turn]):
            answers = answer([requests[position] for position in positions])
        found.update(zip(positions, answers, strict=True))
    return [found[position] for position in range(len(requests))]


def one_process(model: Any) -> None:
    """See that one process has all worlds and all documents.

    Raises:
        ConfigError: There are several.
    """
    if model.world_size > 1:
        raise ConfigError(
            "tasks that are not ours: after sleep, each process would have the weights of other "
            "worlds → run them in one process"
        )
