"""The registry of costs: all that is known of each number in a compute record.

>>> COSTS["kv_cache_bytes"].label, COSTS["kv_cache_bytes"].unit
('KV cache', 'B')

A new cost is an entry here and a value where it is measured (`hei_nw_tasks.model.accounting`, or
`hei_nw_tasks.model.heinw` for what the memory costs). The record, lm_eval's table, the report and
its exports follow.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Unit = Literal["tokens", "FLOP", "B", "s", "answers", "calls"]


@dataclass(frozen=True, slots=True)
class Cost:
    """One number of a compute record. Less is better.

    Attributes:
        name: Key in records, samples and reports.
        label: What reports call it.
        unit: Unit of its values.
        whole: Whether its values are whole numbers.
        in_table: Whether lm_eval averages it. The others describe a batch, not an answer.
    """

    name: str
    label: str
    unit: Unit
    whole: bool = False
    in_table: bool = True


# FLOPs count one multiplication and one addition as two, and attention without a causal mask.
COSTS: dict[str, Cost] = {
    cost.name: cost
    for cost in (
        Cost("prompt_tokens", "prompt tokens", "tokens", whole=True),
        # The token that ends the answer is one of them.
        Cost("generated_tokens", "generated tokens", "tokens", whole=True),
        Cost("memory_tokens", "memory tokens (part of the prompt)", "tokens", whole=True),
        Cost("prefill_flops", "FLOPs of the prompt", "FLOP"),
        # Of the tokens after the first, which the prompt's forward pass gives.
        Cost("decode_flops", "FLOPs of the answer", "FLOP"),
        Cost("attention_flops", "FLOPs of attention (part of both)", "FLOP"),
        Cost("total_flops", "FLOPs in total", "FLOP"),
        # When the last token is generated.
        Cost("kv_cache_bytes", "KV cache", "B", whole=True),
        Cost("embed_flops", "FLOPs to embed the question", "FLOP"),
        # Building the index included.
        Cost("retrieval_s", "retrieval time", "s"),
        # What a memory costs to write: each question's share of its store.
        Cost("write_s", "writing time (share)", "s"),
        Cost("write_flops", "FLOPs to write (share)", "FLOP"),
        # Of the memory's own calls, to recall and (share) to write.
        Cost("lm_calls", "memory's calls of a language model", "calls"),
        Cost("lm_tokens", "tokens of these calls", "tokens"),
        # What sleep costs in modes B2 and B3: each question's share of its moment, all cycles.
        Cost("sleep_s", "time asleep (share)", "s"),
        Cost("sleep_tokens", "tokens trained on asleep (share)", "tokens"),
        Cost("sleep_flops", "FLOPs of training asleep (share)", "FLOP"),
        Cost("store_bytes", "bytes on disk per event", "B"),
        Cost("latency_s", "latency (share of its batch)", "s"),
        Cost("batch_latency_s", "latency of the batch", "s", in_table=False),
        Cost("batch_size", "answers in the batch", "answers", whole=True, in_table=False),
        Cost("peak_memory_bytes", "peak device memory", "B", whole=True, in_table=False),
    )
}
