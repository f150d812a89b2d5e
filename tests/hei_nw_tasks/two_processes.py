"""Evaluates heinw_A in one of several processes, as a data-parallel model of lm_eval does.

    torchrun --nproc-per-node 2 two_processes.py TASK_FOLDER LIMIT

Process 0 prints the scores as JSON. The model answers the question's own text cut in half, so
that every document gets another answer and a mixed-up gather would show.
"""

from __future__ import annotations

import json
import sys
from typing import Any

import lm_eval
import torch
import torch.distributed as dist
from lm_eval.api.model import LM
from lm_eval.tasks import TaskManager


class Echo(LM):
    """Answers with the canonical answer of every third question, else with half the question."""

    device = torch.device("cpu")

    def __init__(self) -> None:
        super().__init__()
        self._rank, self._world_size = dist.get_rank(), dist.get_world_size()

    def generate_until(self, requests: list[Any], disable_tqdm: bool = False) -> list[str]:
        return [
            request.doc["answers"][0]
            if request.doc["answerable"] and len(request.doc["query"]) % 3 == 0
            else request.doc["query"][: len(request.doc["query"]) // 2]
            for request in requests
        ]

    def loglikelihood(self, requests: list[Any]) -> list[tuple[float, bool]]:
        raise AssertionError("only generation is asked for")

    def loglikelihood_rolling(self, requests: list[Any]) -> list[float]:
        raise AssertionError("only generation is asked for")

    def all_gather(self, tensor: torch.Tensor) -> torch.Tensor:
        gathered = [torch.zeros_like(tensor) for _ in range(self.world_size)]
        dist.all_gather(gathered, tensor)
        return torch.stack(gathered)

    def gather_object(self, obj: Any, dst: int = 0) -> list[Any] | None:
        gathered: list[Any] | None = [None] * self.world_size if self.rank == dst else None
        dist.gather_object(obj, gathered, dst)
        return gathered

    def barrier(self) -> None:
        dist.barrier()


def main(task_folder: str, limit: int) -> None:
    dist.init_process_group("gloo")
    results = lm_eval.simple_evaluate(
        model=Echo(),
        tasks=["heinw_A"],
        limit=limit,
        task_manager=TaskManager(include_path=task_folder, include_defaults=False),
    )
    if dist.get_rank() == 0:
        print("scores:", json.dumps(results["results"]["heinw_A"], sort_keys=True))
    dist.destroy_process_group()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
