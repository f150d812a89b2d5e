"""The compute record: what one answer cost, every key always there.

    {"prompt_tokens": 243, "generated_tokens": 4, …, "peak_memory_bytes": null,
     "basis": {"prompt_tokens": "measured", "total_flops": "estimated", …},
     "missing": {"peak_memory_bytes": "measured on CUDA devices only"}}

Tokens, operations and cache bytes are those of the answer computed alone: no padding and no sharing
with other questions, so that they do not depend on batch size or processes.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, model_validator

Basis = Literal["measured", "estimated"]
# Of each column its value and where that comes from, or why it is missing.
Costs: TypeAlias = dict[str, "tuple[float, Basis] | str"]


class ComputeRecord(BaseModel):
    """What one answer cost.

    Attributes:
        prompt_tokens: Tokens of the prompt, memory included.
        generated_tokens: Tokens of the answer, the one that ended it included.
        memory_tokens: Those of the prompt that the memory added.
        prefill_flops: Floating-point operations for the prompt.
        decode_flops: For the answer's tokens after the first.
        attention_flops: The part of both that is attention, counted without a causal mask.
        total_flops: prefill_flops + decode_flops.
        kv_cache_bytes: Size of the key-value cache when the last token was generated.
        embed_flops: Operations to embed the question for retrieval.
        retrieval_s: Seconds to search, index building included.
        latency_s: Seconds of the batch divided by its answers.
        batch_latency_s: Seconds of the batch that the answer was generated in.
        batch_size: Answers in that batch.
        peak_memory_bytes: Most device memory allocated during the batch.
        basis: For each known key whether it was measured or is estimated by a formula.
        missing: For each other key why it is not known.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    prompt_tokens: int | None
    generated_tokens: int | None
    memory_tokens: int | None
    prefill_flops: float | None
    decode_flops: float | None
    attention_flops: float | None
    total_flops: float | None
    kv_cache_bytes: int | None
    embed_flops: float | None
    retrieval_s: float | None
    latency_s: float | None
    batch_latency_s: float | None
    batch_size: int | None
    peak_memory_bytes: int | None
    basis: dict[str, Basis]
    missing: dict[str, str]

    @model_validator(mode="after")
    def _each_key_is_accounted_for(self) -> ComputeRecord:
        known = {key for key in KEYS if getattr(self, key) is not None}
        if known != set(self.basis) or set(KEYS) - known != set(self.missing):
            raise ValueError("basis names the known keys, and missing the others")
        return self

    @classmethod
    def of(cls, costs: Mapping[str, tuple[float, Basis] | str]) -> ComputeRecord:
        """A record from its columns, each a value with its basis, or the reason why it is missing.

        Args:
            costs: One entry for each of `KEYS`.
        """
        known = {key: cost for key, cost in costs.items() if not isinstance(cost, str)}
        return cls.model_validate(
            {
                **{key: known[key][0] if key in known else None for key in costs},
                "basis": {key: basis for key, (_, basis) in known.items()},
                "missing": {key: why for key, why in costs.items() if isinstance(why, str)},
            }
        )


KEYS = tuple(key for key in ComputeRecord.model_fields if key not in ("basis", "missing"))
