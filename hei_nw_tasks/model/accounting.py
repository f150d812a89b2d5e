"""What one answer of a model in this process cost.

>>> accounting = Accounting(model)  # doctest: +SKIP
>>> accounting.costs(243, 4, rows=16, seconds=0.8)["latency_s"]  # doctest: +SKIP
(0.05, 'measured')
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import asdict
from typing import Any

from hei_nw_tasks.compute.record import Costs, CostValue, estimated, measured, unknown

_NOMINAL = ("prefill_flops", "decode_flops", "attention_flops", "total_flops", "kv_cache_bytes")


class Accounting:
    """Costs of the answers of one model.

    Args:
        model: A loaded transformers model.
    """

    def __init__(self, model: Any) -> None:
        from hei_nw_tasks.compute.architecture import UnknownArchitectureError, architecture_of

        self._on_cuda = model.device.type == "cuda"
        self._architecture, self._reason = None, ""
        try:
            self._architecture = architecture_of(model)
        except UnknownArchitectureError as error:
            self._reason = str(error)

    def costs(self, prompt: int, generated: int, rows: int, seconds: float) -> Costs:
        """Columns of a compute record that the model determines.

        Args:
            prompt: Tokens of the prompt.
            generated: Tokens of the answer, its end included.
            rows: Answers that were generated together.
            seconds: Time that they took together.
        """
        costs: Costs = {
            "prompt_tokens": measured(prompt),
            "generated_tokens": measured(generated),
            "latency_s": measured(seconds / rows),
            "batch_latency_s": measured(seconds),
            "batch_size": measured(rows),
            "peak_memory_bytes": self._peak_memory(),
        }
        if self._architecture is None:
            return costs | dict.fromkeys(_NOMINAL, unknown(self._reason))
        from hei_nw_tasks.compute.flops import answer_costs

        nominal = answer_costs(self._architecture, prompt, generated)
        return costs | {name: estimated(nominal[name]) for name in _NOMINAL}

    def flop_rates(self) -> dict[str, float] | None:
        """The model's constants of the FLOP formula, for the results; None where there are none."""
        from hei_nw_tasks.compute.flops import flop_rates

        rates = None if self._architecture is None else flop_rates(self._architecture)
        return None if rates is None else asdict(rates)

    def start(self) -> None:
        """Begin a batch: the peak of memory is that of the batches one by one."""
        if self._on_cuda:
            import torch

            torch.cuda.reset_peak_memory_stats()

    def finish(self) -> None:
        """End a batch: wait for what was only queued."""
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
    """Tokens up to the one that ended an answer, that one included.

    A row of a batch goes on until all rows have ended; what it says after its own end is no part
    of the answer, and would not have been generated alone.

    >>> answer_length([7, 8, 9], ["!"], {0}, lambda ids: "".join("abc!"[i % 5] for i in ids))
    2

    Args:
        tokens: What was generated in the row.
        stop: Texts that end an answer.
        end_ids: Tokens that end an answer.
        decode: From tokens to text.
    """
    ends = next((i + 1 for i, token in enumerate(tokens) if token in end_ids), len(tokens))
    text = decode(list(tokens[:ends]))
    if not any(one and one in text for one in stop):
        return ends
    # The shortest beginning that holds a stop text; holding one is monotone in the length.
    low, high = 1, ends
    while low < high:
        middle = (low + high) // 2
        text = decode(list(tokens[:middle]))
        if any(one and one in text for one in stop):
            high = middle
        else:
            low = middle + 1
    return low
