"""Tasks that are not ours, after sleep: the worlds' weights take turns.

Each world has weights of its own, and a document of another task belongs to none. Which world's
weights answer it follows from its hash alone (`hei_nw_tasks.response.turn_of`), so that whoever
reads the samples knows which documents were answered by the same weights.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

from generators.errors import ConfigError
from hei_nw_tasks.memory.recalling import Recall, Weights
from hei_nw_tasks.response import turn_of

Patch = Callable[[Weights | None], AbstractContextManager[None]]
Answer = Callable[[list[Any]], list[Any]]


@dataclass(frozen=True)
class WorldsAsleep:
    """What sleep made of the worlds that were asked about.

    Attributes:
        weights: Of each world at its last moment; None where sleep changed nothing.
        scenarios: Of these worlds.
    """

    weights: tuple[Weights | None, ...] = ()
    scenarios: frozenset[str] = frozenset()

    def answers(self, requests: list[Any], patched: Patch, answer: Answer) -> list[Any]:
        """Answers to requests of other tasks, in their order.

        Args:
            requests: Instances of lm_eval.
            patched: Puts weights onto the model.
            answer: Answers requests with the weights that are on the model.

        Raises:
            ConfigError: There are no worlds, or worlds of several scenarios.
        """
        task = requests[0].task_name
        if not self.weights:
            raise ConfigError(
                f"{task}: there are no worlds whose weights could answer it after sleep "
                f"→ ask one of ours first: --tasks heinw_A,{task}"
            )
        if len(self.scenarios) > 1:
            raise ConfigError(
                f"{task}: after sleep, it is asked with the weights of one scenario, "
                f"not of {', '.join(sorted(self.scenarios))} → ask one at a time"
            )
        turns: dict[int, list[int]] = {}
        for position, request in enumerate(requests):
            turn = turn_of(_doc_hash(request.doc), len(self.weights))
            turns.setdefault(turn, []).append(position)
        found: dict[int, Any] = {}
        for turn, positions in turns.items():
            with patched(self.weights[turn]):
                answered = answer([requests[position] for position in positions])
            found.update(zip(positions, answered, strict=True))
        return [found[position] for position in range(len(requests))]


def worlds_asleep(recalls: Iterable[tuple[Mapping[str, Any], Recall]]) -> WorldsAsleep:
    """What sleep made of each world at the last moment that it is asked about.

    Args:
        recalls: The questions, each with what was recalled for it.
    """
    last: dict[str, tuple[int, Weights | None]] = {}
    scenarios = set()
    for doc, recall in recalls:
        world, size = doc["world_id"], doc["store_size"]
        scenarios.add(doc["scenario"])
        # A dict keeps the place of a world's first question.
        if world not in last or size > last[world][0]:
            last[world] = size, recall.weights
    return WorldsAsleep(tuple(weights for _, weights in last.values()), frozenset(scenarios))


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


def _doc_hash(doc: Any) -> str:
    """As lm_eval writes it into the samples."""
    from lm_eval.utils import handle_non_serializable, hash_string

    text = json.dumps(doc, indent=2, default=handle_non_serializable, ensure_ascii=False)
    return str(hash_string(text))
