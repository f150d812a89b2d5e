"""What an answer costs, what a right answer costs, and what a further question would cost.

The recorded costs are those of each answer computed alone. They follow one formula
(`hei_nw_tasks.compute.flops`) with three constants of the model. With P prompt tokens, D decode
steps (generated tokens - 1), w FLOPs per token in the linear layers, h in the output head and a per
pair of tokens in attention:

    attention = a·(P² + D·P + D(D+1)/2)
    decode    = D·(w + h) + a·(D·P + D(D+1)/2)
    prefill   = P·w + h + a·P²

If the M tokens of the memory stay in the KV cache, they cost M·w + a·M² once, and every further
question T·w + h + a·T·P + decode for its own T = P - M tokens.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from statistics import fmean
from types import MappingProxyType

from hei_nw_tasks.compute.flops import FlopRates
from hei_nw_tasks.memory_record import StoreRecord
from postprocess.schema.answer import Answer
from postprocess.schema.run import Economics
from postprocess.summary.write_gate import Records

_NEEDED = {
    *("prompt_tokens", "generated_tokens", "memory_tokens", "attention_flops"),
    *("prefill_flops", "decode_flops", "total_flops"),
}
_TOLERANCE = 1e-6
_NO_STORES: Records = MappingProxyType({})


def economics(
    answers: Sequence[Answer], rates: FlopRates | None = None, stores: Records = _NO_STORES
) -> Economics:
    """Costs in FLOPs and seconds, those of searching included.

    Args:
        answers: Of one run.
        rates: The model's constants as the run recorded them; None if it did not.
        stores: What a memory of mode B1 made of its stores.
    """
    costed = [answer.measured for answer in answers if "total_flops" in answer.measured]
    right = sum(answer.right for answer in answers)
    seconds = _seconds(answers)
    total = math.fsum(map(_flops, costed)) if costed else None
    write_flops = _mean_of_stores(stores, lambda store: store.flops)
    write_seconds = _mean_of_stores(stores, lambda store: store.seconds)
    # Nothing is cheap whose writing nobody counted.
    counts_all = not stores or (
        write_flops is not None and all(map(_counts_sleep, stores.values()))
    )
    rates = rates or _solved_rates(costed)
    if rates is not None and not all(_follows(costs, rates) for costs in costed):
        rates = None
    reason = None
    if total is None:
        reason = "the run records no FLOPs"
    elif rates is None:
        reason = "costs do not follow one formula (a sliding window, say)"
    elif not counts_all:
        reason = "the memory does not count the FLOPs of writing, or of sleep"
    return Economics(
        flops_per_question=None if total is None else total / len(costed),
        seconds_per_question=None if seconds is None else seconds / len(answers),
        write_flops=write_flops,
        write_seconds=write_seconds,
        flops_per_right_answer=(total + _sum(costed, "write_flops", "sleep_flops")) / right
        if total is not None and right and len(costed) == len(answers) and counts_all
        else None,
        seconds_per_right_answer=(seconds + _sum(costed, "write_s", "sleep_s")) / right
        if seconds is not None and right
        else None,
        memory_flops=fmean(_memory(one, rates) for one in costed) if rates else None,
        further_question_flops=fmean(_further(one, rates) for one in costed) if rates else None,
        reason=reason,
    )


def break_even(memory: float, further: float, other: float) -> int | None:
    """The fewest questions about one log for which a kept memory is cheaper than another arm.

    n questions cost memory + n·further there and n·other here.

    >>> break_even(memory=90.0, further=10.0, other=40.0)  # 3 questions cost 120 either way
    4

    Returns:
        None if it is never cheaper.
    """
    if other <= further:
        return None
    questions = memory / (other - further)
    return math.floor(questions) + 1 if math.isfinite(questions) else None


def _sum(costed: Iterable[Mapping[str, float]], *names: str) -> float:
    return math.fsum(costs.get(name, 0.0) for costs in costed for name in names)


def _counts_sleep(found: tuple[str, StoreRecord]) -> bool:
    return all(sleep.trained_flops is not None for sleep in found[1].sleeps or [])


def _mean_of_stores(stores: Records, cost: Callable[[StoreRecord], float | None]) -> float | None:
    """What a store cost on average; None unless all were counted."""
    found = [cost(store) for _, store in stores.values()]
    known = [value for value in found if value is not None]
    return fmean(known) if known and len(known) == len(found) else None


def _flops(costs: Mapping[str, float]) -> float:
    return costs["total_flops"] + costs.get("embed_flops", 0.0)


def _further(costs: Mapping[str, float], rates: FlopRates) -> float:
    own = costs["prompt_tokens"] - costs["memory_tokens"]
    prefill = own * rates.linear + rates.head + rates.pair * own * costs["prompt_tokens"]
    return prefill + costs["decode_flops"] + costs.get("embed_flops", 0.0)


def _memory(costs: Mapping[str, float], rates: FlopRates) -> float:
    return costs["memory_tokens"] * rates.linear + rates.pair * costs["memory_tokens"] ** 2


def _seconds(answers: Iterable[Answer]) -> float | None:
    """Seconds of generation and retrieval of all answers; None unless all were measured."""
    measured = [answer.measured for answer in answers]
    if not all("latency_s" in costs for costs in measured):
        return None
    return math.fsum(costs["latency_s"] + costs.get("retrieval_s", 0.0) for costs in measured)


def _follows(costs: Mapping[str, float], rates: FlopRates) -> bool:
    """Whether the costs of an answer are those of the formula."""
    if not costs.keys() >= _NEEDED:
        return False
    prompt, steps, attention = costs["prompt_tokens"], _steps(costs), rates.pair * _pairs(costs)
    linear = prompt * rates.linear + rates.head + steps * (rates.linear + rates.head)
    expected = {"attention_flops": attention, "total_flops": linear + attention}
    return all(math.isclose(costs[k], v, rel_tol=_TOLERANCE) for k, v in expected.items())


def _solved_rates(costed: Sequence[Mapping[str, float]]) -> FlopRates | None:
    """The constants of a run that did not record them, from an answer of several tokens."""
    for costs in costed:
        if costs.keys() >= _NEEDED and _steps(costs) and costs["prompt_tokens"] > 1:
            prompt, steps, pairs = costs["prompt_tokens"], _steps(costs), _pairs(costs)
            pair = costs["attention_flops"] / pairs
            step = (costs["decode_flops"] - pair * (pairs - prompt**2)) / steps
            linear = (costs["prefill_flops"] - pair * prompt**2 - step) / (prompt - 1)
            return FlopRates(linear, step - linear, pair)
    return None


def _steps(costs: Mapping[str, float]) -> float:
    return max(costs["generated_tokens"] - 1, 0.0)


def _pairs(costs: Mapping[str, float]) -> float:
    prompt, steps = costs["prompt_tokens"], _steps(costs)
    return prompt**2 + steps * prompt + steps * (steps + 1) / 2
