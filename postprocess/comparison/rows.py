"""The table of arms: one row a run, and what follows from several of them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import permutations

from postprocess.comparison.arms import Arm
from postprocess.comparison.pairing import Named
from postprocess.schema.index import ArmRow, BreakEven
from postprocess.summary.economics import break_even

# Arms whose memory is the same for all questions of a log, so that its cache can be kept.
_KEPT = ("long-context", "recent")


def arm_rows(named: Named) -> list[ArmRow]:
    """The arms of an experiment, in their order."""
    rows = [_row(label, arm) for label, arm in named]
    return [row.model_copy(update={"on_front": _on_front(row, rows)}) for row in rows]


def break_evens(rows: Sequence[ArmRow]) -> list[BreakEven]:
    """For each arm whose cache can be kept, and each other one that shows a memory."""
    found = []
    for kept, other in permutations(rows, 2):
        memory, further = kept.economics.memory_flops, kept.economics.further_question_flops
        against = other.economics.flops_per_question
        if kept.baseline not in _KEPT or other.baseline in (*_KEPT, "none"):
            continue
        if memory is None or further is None or against is None:
            continue
        found.append(
            BreakEven(
                kept=kept.label,
                against=other.label,
                memory_flops=memory,
                further_question_flops=further,
                against_flops=against,
                questions=break_even(memory, further, against),
            )
        )
    return found


def _row(label: str, arm: Arm) -> ArmRow:
    summary = arm.summary
    asked, computed = summary.sharing.prompt_tokens, summary.sharing.tokens_computed
    ranking = summary.retrieval.ranking if summary.retrieval else {}
    return ArmRow(
        label=label,
        arm=summary.arm,
        run_id=summary.run_id,
        baseline=summary.baseline,
        files=arm.files,
        questions=summary.counts.questions,
        overflowed=summary.counts.overflowed,
        complete=summary.counts.complete,
        exact_match=summary.aggregate.exact_match,
        f1=summary.aggregate.f1,
        headline=summary.aggregate.headline,
        abstention_recall=summary.aggregate.abstention_recall,
        false_abstention=summary.aggregate.false_abstention,
        recall_at_5=ranking.get("recall_any@5"),
        stale=summary.own.get("stale"),
        compute=summary.compute,
        latency=summary.latency,
        economics=summary.economics,
        tokens_computed_share=computed / asked if asked and computed is not None else None,
        on_front=None,
    )


def _on_front(row: ArmRow, rows: Sequence[ArmRow]) -> bool | None:
    cost, quality = row.economics.flops_per_question, row.headline.mean
    if cost is None or quality is None:
        return None
    return not any(
        other is not row
        and (theirs := other.economics.flops_per_question) is not None
        and other.headline.mean is not None
        and theirs <= cost
        and other.headline.mean >= quality
        and (theirs, other.headline.mean) != (cost, quality)
        for other in rows
    )
