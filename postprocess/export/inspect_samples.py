"""One sample of an Inspect log: question, conversation, scores, and all else that is known."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from postprocess.export.samples import Sample, identity, stable_id
from postprocess.reading.runs import Run
from postprocess.rendering.texts import OUTCOMES
from postprocess.schema.run import Summary

if TYPE_CHECKING:
    from inspect_ai.log import EvalSample
    from inspect_ai.model import ModelUsage

# Whether the answer is right, over all questions; the other scores are our metrics.
RIGHT = "right"


def inspect_sample(sample: Sample, run: Run, summary: Summary) -> EvalSample:
    """A sample as Inspect has it: the question is the input, the whole prompt a message."""
    from inspect_ai.log import EvalSample
    from inspect_ai.model import (
        ChatCompletionChoice,
        ChatMessageAssistant,
        ChatMessageUser,
        ModelOutput,
        ModelUsage,
    )
    from inspect_ai.scorer import Score

    answer, shown, model = sample.answer, sample.shown, summary.provenance.model
    key, seconds = stable_id(identity(run), answer.id), answer.measured.get("latency_s")
    said = ChatMessageAssistant(
        id=f"{key[:20]}-a", content=shown.response, source="generate", model=model
    )
    usage = None
    if sample.tokens is not None:
        read, written = sample.tokens
        usage = ModelUsage(input_tokens=read, output_tokens=written, total_tokens=read + written)
    verdict = Score(
        value="C" if answer.right else "I",
        answer=shown.final,
        explanation=f"{answer.outcome}: the answer {OUTCOMES[answer.outcome]}",
        metadata={"outcome": answer.outcome},
    )
    return EvalSample(
        id=answer.id,
        epoch=1,
        input=shown.query,
        target=sample.targets,
        messages=[ChatMessageUser(id=f"{key[:20]}-q", content=shown.prompt, source="input"), said],
        output=ModelOutput(
            model=model,
            choices=[ChatCompletionChoice(message=said, stop_reason="unknown")],
            usage=usage,
            time=seconds,
        ),
        scores={RIGHT: verdict, **{n: Score(value=v) for n, v in answer.scores.items()}},
        metadata=_metadata(sample),
        model_usage={model: usage} if usage else {},
        total_time=seconds,
        working_time=seconds,
        uuid=key[:22],
    )


def _metadata(sample: Sample) -> dict[str, Any]:
    answer, evidence = sample.answer, sample.shown.evidence
    lines = sample.memory
    return {
        "outcome": answer.outcome,
        "memory_showed": lines,
        "evidence": list(evidence),
        "evidence_showed": None
        if lines is None or not evidence
        else all(any(text in line for line in lines) for text in evidence),
        "answerable": answer.answerable,
        "query_kind": answer.query_kind,
        "cue_type": answer.cue_type,
        "cue_overlap": answer.cue_overlap,
        "given_slots": list(answer.given_slots),
        "lag_days": answer.lag,
        "lag_events": answer.lag_events,
        "store_size": answer.store_size,
        "target_tokens": answer.target_tokens,
        "depth": answer.depth,
        "hard_negatives": answer.hard_negatives,
        "doc_id": answer.doc_id,
        "world_id": answer.world_id,
        "group_id": answer.group_id,
        "measured": dict(answer.measured),
    }


def summed(samples: Iterable[EvalSample]) -> dict[str, ModelUsage]:
    """The usage of all samples by model."""
    total: dict[str, ModelUsage] = {}
    for sample in samples:
        for model, usage in sample.model_usage.items():
            total[model] = total[model] + usage if model in total else usage
    return total
