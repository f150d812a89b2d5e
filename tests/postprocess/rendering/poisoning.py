"""Reports as they would be if every text from outside were another one; their numbers stay."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from hei_nw_tasks.scoring.naming import Outcome
from postprocess.reading.shown import Shown
from postprocess.rendering.answer_pages import (
    ANSWERS,
    AnsweredQuestion,
    Answers,
    ArmAnswer,
    Line,
)
from postprocess.schema.index import (
    BreakEven,
    HardNegativeEffect,
    Index,
    LeftOut,
    ModelComparison,
    ModelRow,
    Parity,
    Refused,
)
from postprocess.schema.memory import (
    Durability,
    Forgetting,
    Isolation,
    Memory,
    Ratio,
    RoleStored,
    ScoreBin,
    WriteGate,
    Writing,
    Written,
)
from postprocess.schema.parts import Estimate
from postprocess.schema.run import Summary
from postprocess.schema.scenario import Reading


def with_reasons(quantities: Mapping[str, Any], text: str) -> dict[str, Any]:
    return {
        key: one.model_copy(update={"reason": one.reason and text})
        for key, one in quantities.items()
    }


def poisoned(summary: Summary, text: str) -> Summary:
    """The numbers of a run, with the text wherever text comes from outside."""
    item = dict.fromkeys(("id", "world_id", "query", "query_kind", "cue_type", "response"), text)
    errors = [
        kind.model_copy(
            update={
                "examples": [
                    replace(one, **item, answers=tuple(text for _ in one.answers))
                    for one in kind.examples
                ]
            }
        )
        for kind in summary.errors
    ]
    strata = {
        field: [row.model_copy(update={"name": text}) for row in getattr(summary, field)]
        for field in ("by_query_kind", "by_cue_type", "by_cue_overlap", "by_given_slots")
    }
    found = summary.provenance
    names = (
        *("model", "model_type", "model_args", "revision", "model_sha", "dtype", "quantization"),
        *("batch_size", "device", "gen_kwargs", "chat_template_sha256", "dataset_source"),
        *("dataset_doubt", "rows_sha256_recomputed", "events_sha256"),
        *("system_instruction_sha256", "generator_version", "rows_sha256_recorded", "command"),
    )
    provenance = found.model_copy(
        update={
            **dict.fromkeys(names, text),
            "dataset_config": {text: [text, {text: text}]},
            "versions": dict.fromkeys(found.versions, text),
            "files": [file.model_copy(update={"path": text}) for file in found.files],
            "superseded": [text],
        }
    )
    return summary.model_copy(
        update={
            **strata,
            "errors": errors,
            "provenance": provenance,
            "memory": poisoned_memory(text),
            "task": text,
            "task_version": text,
            "arm": text,
            "verdict": f"With the baseline {text} (B0), nothing.",
            "warnings": [text, f"A note about {text}."],
            "own": {f"{text}{number}": e for number, e in enumerate(summary.own.values())},
            "compute": with_reasons(summary.compute, text),
            "latency": summary.latency.model_copy(update={"reason": text}),
            "economics": summary.economics.model_copy(update={"reason": text}),
        }
    )


def poisoned_memory(text: str) -> Memory:
    """A memory without numbers, whose every name is the text."""
    nothing = Estimate(n=0, worlds=0, mean=None, interval=None, note=text)
    ratio = Ratio(value=None, interval=None, note=text)
    gate = WriteGate(
        precision=nothing,
        recall=nothing,
        chance=None,
        pr_auc=ratio,
        calibration_error=None,
        bins=[ScoreBin(low=0, high=1, score=0.5, should_remember=nothing)],
    )
    costs = ("seconds", "lm_calls", "lm_tokens", "flops", "bytes")
    return Memory(
        stores=1,
        stores_asked=1,
        capabilities={text: True},
        told=1,
        stored=nothing,
        clutter=ratio,
        by_role=[RoleStored(role=text, should_remember=1, stored=nothing, score=0.5)],
        gate=gate,
        **dict.fromkeys(
            ("answer_shown", "near_miss", "collision_shown", "collision_answered"), nothing
        ),
        reading=Reading(shown_right=0, shown_wrong=0, missed_right=0, missed_wrong=0),
        writing=Writing(**dict.fromkeys(costs, Written(total=None, per_event=ratio))),
        recall_p50_s=None,
        recall_p95_s=None,
        forgetting=Forgetting(
            asked=1,
            **dict.fromkeys(("deleted", "left_on_disk", "items", "brought_back")),
            **dict.fromkeys(("answered", "beside", "elsewhere")),
            note=text,
        ),
        isolation=Isolation(scopes=2, items=nothing, answers=nothing),
        durability=Durability(reopened=True, stored=1, lost=None, note=text),
    )


def poisoned_index(index: Index, text: str) -> Index:
    """The numbers of the comparison, with the text in every name."""
    (experiment,) = index.experiments
    labels = [arm.label for arm in experiment.arms]
    names = dict(zip(labels, (text, f"{text} 2"), strict=True))
    arms = [
        arm.model_copy(
            update={
                "label": names[arm.label],
                "arm": f"{text} (k=5)",
                "baseline": text,
                "memory": poisoned_memory(text),
                "compute": with_reasons(arm.compute, text),
                "economics": arm.economics.model_copy(update={"reason": text}),
            }
        )
        for arm in experiment.arms
    ]
    pairs = [
        one.model_copy(update={"a": names[one.a], "b": names[one.b]})
        for one in experiment.differences
    ]
    setting = {"setting": f"confounders_ratio {text}", "run_with": text, "run_without": text}
    kept = BreakEven(
        kept=text,
        against=text,
        once="writing",
        unit="FLOP",
        spent_once=1.0,
        further_question=1.0,
        against_question=1.0,
        questions=3,
    )
    changed = experiment.model_copy(
        update={
            "arms": arms,
            "differences": pairs,
            "task": text,
            "task_version": text,
            "model": text,
            "rows_sha256": text,
            "dataset": f'{{"dataset": "{text}"}}',
            "verdict": f"{text} answers best.",
            "break_even": [kept],
            "parity": [Parity(a=text, b=text, questions=2, differing=1, effect=pairs[0])],
            "hard_negatives": [HardNegativeEffect(arm=text, effect=pairs[0], **setting)],
        }
    )
    refused = Refused(a=[text], b=[text, text], reason=f"their prompts differ: {text} and {text}")
    unread = LeftOut(path=text, line=1, run_id=text, reason=text, advice=text)
    models = [
        ModelRow(label=one, model=one, experiment=experiment.id, run_id=text)
        for one in names.values()
    ]
    alike = ModelComparison(
        scenario=experiment.scenario, task=text, arm=text, models=models, differences=pairs
    )
    return index.model_copy(
        update={
            "experiments": [changed],
            "models": [alike],
            "not_compared": [refused],
            "left_out": [unread],
        }
    )


def poisoned_answers(text: str) -> Answers:
    """A page of two answers to one question, with the text wherever there is one."""
    shown = Shown(
        query=text,
        query_kind=text,
        answers=(text, text),
        lag=3,
        evidence=(text,),
        prompt=text,
        response=text,
        final=text,
    )
    memory = [Line(text, is_evidence=True), Line(text, is_evidence=False, skipped=2)]
    labels: tuple[tuple[str, Outcome], ...] = ((text, "stale"), (f"{text} 2", "correct"))
    arms = [
        ArmAnswer(label, outcome, [text, "more"], text, memory, 1, [text, text])
        for label, outcome in labels
    ]
    return Answers(
        name=f"D{ANSWERS}",
        asked=3,
        questions=[AnsweredQuestion(text, 1, shown, arms)],
        counts={label: Counter([outcome]) for label, outcome in labels},
        examples=dict.fromkeys(labels, 1),
    )
