"""Runs lm_eval on our tasks inside the tests' process."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import lm_eval
from lm_eval.tasks import TaskManager

TASKS = Path(__file__).resolve().parents[3] / "hei_nw_tasks" / "tasks"
# Columns that must not depend on batches, caches or processes.
NOMINAL = (
    "prompt_tokens",
    "generated_tokens",
    "memory_tokens",
    "prefill_flops",
    "decode_flops",
    "attention_flops",
    "total_flops",
    "kv_cache_bytes",
)


def evaluate(
    model: str,
    model_args: dict[str, Any],
    tasks: list[str],
    metadata: dict[str, Any] | None = None,
    *,
    tasks_in: Path = TASKS,
    gen_kwargs: str = "max_gen_toks=8",
    **options: Any,
) -> dict[str, Any]:
    """Results of `lm_eval`, samples included; answers are short, as random weights never stop."""
    results = lm_eval.simple_evaluate(
        model=model,
        model_args=model_args,
        tasks=tasks,
        task_manager=TaskManager(
            include_path=str(tasks_in),
            include_defaults=False,
            metadata={**model_args, **(metadata or {})},
        ),
        device="cpu",
        bootstrap_iters=0,
        gen_kwargs=gen_kwargs,
        **options,
    )
    assert results is not None
    return results


def answers(results: dict[str, Any], task: str) -> dict[str, dict[str, Any]]:
    """Samples rows of the filter "all", by question id."""
    return {row["doc"]["id"]: row for row in results["samples"][task] if row["filter"] == "all"}


def prompt(row: dict[str, Any]) -> str:
    return row["arguments"][0][0]


def record(row: dict[str, Any]) -> dict[str, Any]:
    return row["arguments"][0][2]["heinw"]
