"""The table of arms: one row a run, and what follows from several of them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import permutations
from typing import Literal

from hei_nw_tasks.memory.registry import ARMS
from postprocess.comparison.arms import Arms, ComparedRun
from postprocess.measures import HEADLINE
from postprocess.schema.index import ArmRow, BreakEven
from postprocess.summary.economics import break_even

_UNITS: tuple[Literal["FLOP", "s"], ...] = ("FLOP", "s")


def arm_rows(arms: Arms) -> list[ArmRow]:
    """The arms of an experiment, in their order."""
    rows = list(map(_row, arms))
    return [row.model_copy(update={"on_front": on_front(row, rows)}) for row in rows]


def break_evens(rows: Sequence[ArmRow]) -> list[BreakEven]:
    """Each arm that pays once against each other one that shows a memory and does not.

    What is paid once is a KV cache that can be kept, in FLOPs, or the writing of a memory of mode
    B1, in FLOPs where it counts them, and in seconds.
    """
    found = []
    for kept, other in permutations(rows, 2):
        if other.baseline == "none" or other.memory is not None:
            continue
        mine, theirs = kept.economics, other.economics
        # What shows nothing is cheap, and worth nothing.
        if kept.memory is not None and kept.compute["memory_tokens"].mean != 0 and not kept.cycle:
            sides = (
                (mine.write_flops, mine.flops_per_question, theirs.flops_per_question),
                (mine.write_seconds, mine.seconds_per_question, theirs.seconds_per_question),
            )
            found += [
                break_even_of(kept.label, other.label, "writing", unit, *costs)
                for unit, costs in zip(_UNITS, sides, strict=True)
            ]
        elif _keeps_cache(kept) and not _keeps_cache(other):
            costs = mine.memory_flops, mine.further_question_flops, theirs.flops_per_question
            found.append(break_even_of(kept.label, other.label, "KV cache", "FLOP", *costs))
    return [one for one in found if one is not None]


def break_even_of(
    kept: str,
    against: str,
    once: Literal["KV cache", "writing", "sleep"],
    unit: Literal["FLOP", "s"],
    spent: float | None,
    further: float | None,
    other: float | None,
) -> BreakEven | None:
    """When an arm that pays once is cheaper than another; None where a cost is unknown.

    Args:
        kept: Label of the arm that pays once.
        against: Label of the other.
        once: For what it pays.
        unit: Of the costs.
        spent: What it pays once.
        further: What a question costs it then.
        other: What a question costs the other.
    """
    if spent is None or further is None or other is None:
        return None
    return BreakEven(
        kept=kept,
        against=against,
        once=once,
        unit=unit,
        spent_once=spent,
        further_question=further,
        against_question=other,
        questions=break_even(spent, further, other),
    )


def _keeps_cache(row: ArmRow) -> bool:
    return row.baseline in ARMS and ARMS[row.baseline].shared_block


def _row(run: ComparedRun) -> ArmRow:
    summary = run.summary
    asked, computed = summary.sharing.prompt_tokens, summary.sharing.tokens_computed
    return ArmRow(
        label=run.label,
        arm=summary.arm,
        run_id=summary.run_id,
        baseline=summary.baseline,
        files=run.files,
        questions=summary.counts.questions,
        overflowed=summary.counts.overflowed,
        complete=summary.counts.complete,
        scores=summary.aggregate | summary.own,
        ranking=summary.retrieval.ranking if summary.retrieval else {},
        compute=summary.compute,
        latency=summary.latency,
        economics=summary.economics,
        memory=summary.memory,
        cycle=summary.cycle,
        tokens_computed_share=computed / asked if asked and computed is not None else None,
        on_front=None,
    )


def on_front(row: ArmRow, rows: Sequence[ArmRow]) -> bool | None:
    """Whether no other arm is both cheaper and better; None where cost or quality is unknown."""
    cost, quality = _cost_and_quality(row)
    if cost is None or quality is None:
        return None
    if quality == 0:  # being cheap is no merit of an arm that is never right
        return False
    points = [
        (theirs, their_quality)
        for theirs, their_quality in map(_cost_and_quality, rows)
        if theirs is not None and their_quality is not None
    ]
    return not any(c <= cost and q >= quality and (c, q) != (cost, quality) for c, q in points)


def _cost_and_quality(row: ArmRow) -> tuple[float | None, float | None]:
    return row.economics.flops_per_question, row.scores[HEADLINE].mean
