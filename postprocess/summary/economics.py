"""What an answer costs, a right answer costs, and a further question about the same log would cost.

The costs on record are those of every answer computed alone. They follow one formula
(`hei_nw_tasks.compute.flops`), of which three numbers of the model can be read back. With P prompt
tokens, D decode steps (generated tokens - 1), w operations per token in the linear layers, h in the
output head and a per pair of tokens in attention:

    attention = a·(P² + D·P + D(D+1)/2)
    decode    = D·(w + h) + a·(D·P + D(D+1)/2)
    prefill   = P·w + h + a·P²

If the M tokens of the memory stay in the cache, they cost M·w + a·M² once, and every further
question T·w + h + a·T·P + decode for its own T = P - M tokens.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

from postprocess.reading.answers import ScoredAnswer
from postprocess.schema.run import Economics

_NEEDED = {
    *("prompt_tokens", "generated_tokens", "memory_tokens", "attention_flops"),
    *("prefill_flops", "decode_flops"),
}
_TOLERANCE = 1e-6


@dataclass(frozen=True)
class _Rates:
    """Operations per token in linear layers and head, and per pair of tokens in attention."""

    linear: float
    head: float
    pair: float


def economics(scored: Sequence[ScoredAnswer]) -> Economics:
    """Costs in floating-point operations, those of embedding a question included."""
    costed = [one.measured for one in scored if "total_flops" in one.measured]
    right = sum(one.scores.get("exact_match", one.scores.get("abstained")) == 1 for one in scored)
    if not costed:
        return Economics(
            flops_per_question=None,
            flops_per_right_answer=None,
            seconds_per_right_answer=_per(right, _seconds(scored)),
            memory_flops=None,
            further_question_flops=None,
            reason="the run records no operations",
        )
    alone = math.fsum(one["total_flops"] + one.get("embed_flops", 0.0) for one in costed)
    rates = _rates(costed)
    further = [_further(one, rates) for one in costed] if rates else []
    memory = [_memory(one, rates) for one in costed] if rates else []
    return Economics(
        flops_per_question=alone / len(costed),
        flops_per_right_answer=alone / right if right and len(costed) == len(scored) else None,
        seconds_per_right_answer=_per(right, _seconds(scored)),
        memory_flops=fmean(memory) if memory else None,
        further_question_flops=fmean(further) if further else None,
        reason=None if rates else "costs do not follow one formula (a sliding window, say)",
    )


def break_even(memory: float, further: float, other: float) -> int | None:
    """The fewest questions about one log from which on a kept memory is cheaper than another arm.

    n questions cost memory + n·further there and n·other here.

    Returns:
        None if it never is.
    """
    if other <= further:
        return None
    questions = memory / (other - further)
    return math.floor(questions) + 1 if math.isfinite(questions) else None


def _rates(costed: Sequence[Mapping[str, float]]) -> _Rates | None:
    """The model's three numbers; None where the answers do not agree on them."""
    if not all(one.get("prompt_tokens") and one.keys() >= _NEEDED for one in costed):
        return None
    pairs = {id(one): one["attention_flops"] / _pairs(one) for one in costed}
    pair = next(iter(pairs.values()))
    # An answer of several tokens tells the costs of a decode step, so the head from the rest.
    long = next((one for one in costed if _steps(one) and one["prompt_tokens"] > 1), None)
    if long is None or not all(math.isclose(x, pair, rel_tol=_TOLERANCE) for x in pairs.values()):
        return None
    prompt, steps = long["prompt_tokens"], _steps(long)
    step = (long["decode_flops"] - pair * (steps * prompt + steps * (steps + 1) / 2)) / steps
    linear = (long["prefill_flops"] - pair * prompt**2 - step) / (prompt - 1)
    return _Rates(linear, step - linear, pair)


def _further(one: Mapping[str, float], rates: _Rates) -> float:
    own = one["prompt_tokens"] - one["memory_tokens"]
    prefill = own * rates.linear + rates.head + rates.pair * own * one["prompt_tokens"]
    return prefill + one["decode_flops"] + one.get("embed_flops", 0.0)


def _memory(one: Mapping[str, float], rates: _Rates) -> float:
    return one["memory_tokens"] * rates.linear + rates.pair * one["memory_tokens"] ** 2


def _steps(one: Mapping[str, float]) -> float:
    return max(one["generated_tokens"] - 1, 0.0)


def _pairs(one: Mapping[str, float]) -> float:
    prompt, steps = one["prompt_tokens"], _steps(one)
    return prompt**2 + steps * prompt + steps * (steps + 1) / 2


def _seconds(scored: Iterable[ScoredAnswer]) -> list[float | None]:
    """Of each answer the seconds of generation and retrieval; None where they were not measured."""
    return [
        one.measured["latency_s"] + one.measured.get("retrieval_s", 0.0)
        if "latency_s" in one.measured
        else None
        for one in scored
    ]


def _per(right: int, seconds: Sequence[float | None]) -> float | None:
    known = [one for one in seconds if one is not None]
    return math.fsum(known) / right if right and len(known) == len(seconds) else None
