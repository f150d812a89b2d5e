"""Two scripted arms with costs; the report's figures follow from the questions' positions."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from hei_nw_tasks.compute.record import ComputeRecord, all_unknown, estimated, measured
from hei_nw_tasks.response import MeasuredResponse
from testing.scripted import mixed, run_lm_eval

LINEAR, HEAD, PAIR = 1e6, 5e5, 4e3  # FLOPs per token, for the output head, per pair of tokens
RAG = {"baseline": "rag", "mode": "B0", "retriever": "bm25", "k": 5, "memory_tokens": 400}
NONE = {"baseline": "none", "mode": "B0"}


def costs(number: int, memory: int) -> ComputeRecord:
    """Return an answer's costs by the formulas of `postprocess.summary.economics`."""
    prompt, steps = 100 + number + memory, number % 4
    later = PAIR * (steps * prompt + steps * (steps + 1) / 2)
    prefill = prompt * LINEAR + HEAD + PAIR * prompt**2
    decode = steps * (LINEAR + HEAD) + later
    known: dict[str, Any] = {
        "prompt_tokens": measured(prompt),
        "generated_tokens": measured(steps + 1),
        "memory_tokens": measured(memory),
        "prefill_flops": estimated(prefill),
        "decode_flops": estimated(decode),
        "attention_flops": estimated(PAIR * prompt**2 + later),
        "total_flops": estimated(prefill + decode),
        "kv_cache_bytes": estimated(64 * (prompt + steps)),
        "latency_s": measured(0.01 * (number % 10) + memory / 1e4),
        "batch_latency_s": measured(0.125),
        "batch_size": measured(4),
    }
    if memory:
        known |= {"embed_flops": estimated(3.5e6), "retrieval_s": measured(0.002)}
    missing = all_unknown("measured on CUDA devices only")
    return ComputeRecord(costs=missing | known)


def arm(memory: int) -> Callable[[int, dict[str, Any]], str]:
    """Return the script of an arm with `memory` tokens; with any, one prompt in seven overflows."""

    def answer(number: int, doc: dict[str, Any]) -> str:
        overflow, evidence = bool(memory) and number % 7 == 3, list(doc["evidence"])
        ranked = ["elsewhere", *evidence] if number % 3 else [*evidence, "elsewhere"]
        record = {
            "question_id": doc["id"],
            "baseline": "rag" if memory else "none",
            "overflow": overflow,
            "shown": 2 if memory else 0,
            "evidence_shown": float(bool(memory) and number % 4 != 1) if evidence else None,
            "retrieved": ranked if memory else None,
            "compute": costs(number, memory).model_dump(mode="json"),
        }
        text = mixed(number if memory else number + 1, doc)
        return MeasuredResponse("" if overflow else text, record)

    return answer


def run_two_arms(folder: Path, task: str = "heinw_D", limit: int = 12, **metadata: Any) -> None:
    """Evaluate a task without a memory and with a retriever, and save both runs."""
    for memory, info in ((0, NONE), (400, RAG)):
        given = f"pretrained=org/scripted,baseline={info['baseline']}"
        run_lm_eval(
            folder,
            arm(memory),
            task=task,
            limit=limit,
            model_args=given,
            model_info={"heinw": info},
            **metadata,
        )
