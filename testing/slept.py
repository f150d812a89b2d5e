"""Runs of a memory that sleeps, modes B0 to B3, each an evaluation by lm_eval itself.

Who answers which question right follows from the question and the phase; the records are those that
the `heinw` model would leave.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from contextlib import chdir
from pathlib import Path
from typing import Any

from hei_nw_tasks.response import MeasuredResponse
from testing.measured_arms import costs
from testing.scripted import run_lm_eval
from testing.stock_tasks import write_tasks

SECONDS, TOKENS, FLOPS, BYTES, LEARNT = 3.0, 500, 2e9, 4096, 0.4
# Of each phase: mode, order of replay, cycle, and how often it is right.
Phase = tuple[str, str | None, int | None, float]
PHASES: tuple[Phase, ...] = (
    ("B0", None, None, 0.1),
    ("B1", "prioritised", None, 0.9),
    ("B2", "prioritised", 1, 0.9),
    ("B3", "prioritised", 1, 0.4),
    ("B2", "prioritised", 2, 0.95),
    ("B3", "prioritised", 2, 0.7),
    ("B3", "shuffled", 2, 0.2),
)
# Reading from the evidence: before sleep, and with the weights of another world after each cycle.
READING: tuple[tuple[int | None, float], ...] = ((None, 0.9), (1, 0.9), (2, 0.7))
MEMORY = "keeper"
# Asked beside ours before sleep, and after it with the worlds' weights in turns.
OTHER = "stories"
WEIGHTS = 6
# Days of a lag from which on evidence is not trained on.
OLD = 7


def run_phases(folder: Path, n: int = 60) -> None:
    """Evaluate all phases on scenario A, and save the runs."""
    others = folder.parent / "tasks"
    write_tasks(others, OTHER)
    for phase in PHASES:
        mode, order, _, _ = phase
        is_asked = order != "shuffled" and mode in ("B0", "B3")
        # lm_eval looks for the documents in the working folder.
        with chdir(others):
            run_phase(folder, phase, others=others if is_asked else None, n=n)
    for cycle, share in READING:
        slept = {"memory": MEMORY, "memory_args": {"order": "prioritised"}, "drift": "reading"}
        arm = {"mode": "B3", "cycle": cycle, "sleep_tokens": TOKENS, **slept}
        run_lm_eval(
            folder,
            _script("B0", None, share, MEMORY if cycle else "oracle"),
            model_args=f"pretrained=org/scripted,mode={arm['mode']}",
            model_info={"heinw": arm if cycle else {"mode": "B0", "baseline": "oracle"}},
            n=n,
        )


def run_phase(folder: Path, phase: Phase, *, others: Path | None = None, **of_run: Any) -> None:
    """Evaluate one phase, and save the run.

    Args:
        folder: Of the runs.
        phase: Of `PHASES`, or like one.
        others: Folder with a task that is not ours, if it is asked as well.
        of_run: More arguments of `run_lm_eval`.
    """
    mode, order, cycle, share = phase
    of_memory = {
        "memory": MEMORY,
        "memory_args": {"order": order},
        "cycle": cycle,
        "sleep_tokens": cycle and TOKENS,
        "k": None if mode == "B3" else 5,
        "slept_weights": WEIGHTS if others else None,
    }
    run_lm_eval(
        folder,
        _script(mode, cycle, share),
        others=others,
        model_args=f"pretrained=org/scripted,mode={mode}",
        model_info={"heinw": {"mode": mode, **(of_memory if order else {})}},
        **of_run,
    )


def _script(
    mode: str, cycle: int | None, share: float, name: str | None = None
) -> Callable[[int, dict[str, Any]], str]:
    told_of = set[str]()

    def answer(number: int, doc: dict[str, Any]) -> str:
        if "story" in doc:
            right = random.Random(str(number)).random() < share
            return str(doc["answer"]) if right else "nobody"
        # A question that a smaller share gets right, a larger one does as well.
        right = random.Random(doc["id"]).random() < share
        text = str(doc["answers"][0]) if doc["answers"] and right else "unknown"
        shows = mode in ("B1", "B2")
        record = {
            "question_id": doc["id"],
            "baseline": name or ("none" if mode == "B0" else MEMORY),
            "overflow": False,
            "shown": 2 if shows else 0,
            "evidence_shown": 1.0 if shows and doc["evidence"] else None,
            "retrieved": None,
            "compute": costs(number, 400 if shows else 0).model_dump(mode="json"),
        }
        if mode != "B0":
            record["memory"] = _memory(doc, cycle, whole=doc["world_id"] not in told_of)
            told_of.add(doc["world_id"])
        return MeasuredResponse(text, record)

    return answer


def _memory(doc: dict[str, Any], cycle: int | None, *, whole: bool) -> dict[str, Any]:
    known = bool(doc["evidence"])
    # What is older was not trained on.
    replayed = 12 * cycle if cycle and (doc["lag"] or 0) < OLD else 0
    unknown = dict.fromkeys(
        ("answer_shown", "near_miss", "collision", "foreign", "foreign_answer", "resurrected")
    )
    return {
        "store": doc["world_id"],
        "told": 10,
        "stored": 10,
        "recalled": 0,
        **unknown,
        "brought_back": None,
        "weights": cycle and f"{cycle:064x}",
        "replayed": replayed if cycle and known else None,
        "pinned": doc["lag"] is not None and doc["lag"] < 3 if known else None,
        "of_store": _store(cycle) if whole else None,
    }


def _store(cycle: int | None) -> dict[str, Any]:
    """A store of ten events that was asked at two moments: after four events, and after all."""
    sleeps = [
        {
            "told": told,
            "cycle": one,
            "artefact": "peft",
            "digest": f"{one:064x}",
            "bytes": BYTES,
            "seconds": SECONDS,
            "trained_tokens": TOKENS,
            "trained_flops": FLOPS,
            "calls": None,
            "tokens": None,
            # The last event is replayed from the second cycle on.
            "replayed": [12] * (told - 1) + [one - 1],
            "learnt": LEARNT * one,
        }
        for told in (4, 10)
        for one in range(1, (cycle or 0) + 1)
    ]
    return {
        "stored": [True] * 10,
        "scores": [None] * 10,
        "should_remember": [True] * 10,
        "roles": ["target"] * 10,
        "pinned": [False] * 10,
        "text_tokens": 200,
        "seconds": 0.5,
        "calls": None,
        "tokens": None,
        "flops": 1e6,
        "bytes": 100,
        "lost": 0,
        "to_forget": 0,
        "deleted": 0,
        "left_on_disk": 0,
        "capabilities": {"consolidate": True},
        "sleeps": sleeps if cycle else None,
    }
