"""What one answer of a model in this process cost.

Accounting(model).costs(prompt=243, generated=4, rows=16, seconds=0.8)
-> {"latency_s": CostValue(value=0.05, basis="measured"), "total_flops": …, …}
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import asdict
from typing import Any

from hei_nw_tasks.compute.record import (
    Costs,
    CostValue,
    all_unknown,
    estimated,
    measured,
    unknown,
)


class Accounting:
    """Costs of the answers of one model.

    Args:
        model: A loaded transformers model.
    """

    def __init__(self, model: Any) -> None:
        from hei_nw_tasks.compute.architecture import architecture_of
        from hei_nw_tasks.compute.cache import UnknownCostError, cache_of

        self._on_cuda = model.device.type == "cuda"
        self._cache, self._architecture, self._reason = None, None, ""
        try:
            self._cache = cache_of(model)
            self._architecture = architecture_of(model, self._cache)
        except UnknownCostError as error:
            self._reason = str(error)
        except Exception as error:  # whatever it is, answers can be had without their costs
            self._reason = f"the model's costs cannot be measured ({type(error).__name__})"

    def costs(self, prompt: int, generated: int, rows: int, seconds: float) -> Costs:
        """The costs that the model determines.

        Args:
            prompt: Tokens of the prompt.
            generated: Tokens of the answer, its end included.
            rows: Answers in the batch.
            seconds: Time that the batch took.
        """
        known: Costs = {
            "prompt_tokens": measured(prompt),
            "generated_tokens": measured(generated),
            "latency_s": measured(seconds / rows),
            "batch_latency_s": measured(seconds),
            "batch_size": measured(rows),
            "peak_memory_bytes": self._peak_memory(),
        }
        from hei_nw_tasks.compute.flops import answer_costs, kv_bytes

        costs: dict[str, float] = {}
        if self._cache is not None:
            # The last token of an answer is never fed back, so it has no place in the cache.
            costs["kv_cache_bytes"] = kv_bytes(self._cache, prompt + max(generated - 1, 0))
        if self._architecture is not None:
            costs |= answer_costs(self._architecture, prompt, generated)
        followed = {name: estimated(value) for name, value in costs.items()}
        return all_unknown(self._reason) | known | followed

    def flop_rates(self) -> dict[str, float] | None:
        """The model's constants of the FLOP formula, for the results; None if it has none."""
        from hei_nw_tasks.compute.flops import flop_rates

        rates = None if self._architecture is None else flop_rates(self._architecture)
        return None if rates is None else asdict(rates)

    def start(self) -> None:
        """Start a batch: peak memory is measured per batch."""
        if self._on_cuda:
            import torch

            torch.cuda.reset_peak_memory_stats()

    def finish(self) -> None:
        """Finish a batch: wait until the device has done its work."""
        if self._on_cuda:
            import torch

            torch.cuda.synchronize()

    def _peak_memory(self) -> CostValue:
        if not self._on_cuda:
            return unknown("measured on CUDA devices only")
        import torch

        return measured(torch.cuda.max_memory_allocated())


def answer_length(
    tokens: Sequence[int],
    stop: Sequence[str],
    end_ids: Collection[int],
    decode: Callable[[list[int]], str],
) -> int:
    """Number of tokens up to the end of an answer, its last one included.

    A row goes on until all rows of its batch have ended. What it generates after its own end is not
    part of the answer, and would not have been generated alone.

    >>> answer_length([0, 1, 3, 2], ["!"], {9}, lambda ids: "".join("abc!"[i] for i in ids))
    3

    Args:
        tokens: The generated tokens of the row.
        stop: Texts that end an answer.
        end_ids: Tokens that end an answer.
        decode: Turns tokens into text.
    """

    def stopped(length: int) -> bool:
        text = decode(list(tokens[:length]))
        return any(word and word in text for word in stop)

    ends = next((i + 1 for i, token in enumerate(tokens) if token in end_ids), len(tokens))
    if not stopped(ends):
        return ends
    # The shortest beginning with a stop text; a longer beginning has it, too.
    low, high = 1, ends
    while low < high:
        middle = (low + high) // 2
        if stopped(middle):
            high = middle
        else:
            low = middle + 1
    return low
