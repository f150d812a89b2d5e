"""lm_eval's `hf` model, measured answer by answer, with shared prefixes where they work.

Two ways of generating give the same answers. The plain one is lm_eval's own, measured in
`_model_generate`. The shared one computes the common beginning of prompts once (`shared_prefix`).

Tokens, FLOPs and cache bytes are those of the answer computed alone, whichever way and batch it was
generated in. Latency is that of the way taken.
"""

from __future__ import annotations

import logging
import time
from array import array
from collections import deque
from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any

from generators.errors import ConfigError
from hei_nw_tasks.compute.record import Costs
from hei_nw_tasks.model.accounting import Accounting, answer_length
from hei_nw_tasks.model.measuring import Done, Measured
from hei_nw_tasks.model.progress import TokenProgress

if TYPE_CHECKING:
    from hei_nw_tasks.memory.recalling import Weights
    from hei_nw_tasks.model.prefix_probe import PrefixProbe

_log = logging.getLogger("lm_eval.hei_nw_tasks")
# Generation arguments that shared prefixes support; any other is left to plain generation.
_GREEDY = {"until", "do_sample", "max_gen_toks", "temperature"}
# Attention over a shared prefix and a row's own tokens is slower than one kernel over both: what it
# saves has to be more than that. At most this share of the prompts' tokens is computed.
_MOST_COMPUTED = 2 / 3


class MeasuredHF(Measured):
    """Mixin over lm_eval's `HFLM`."""

    _accounting: Accounting | None = None
    _probe: PrefixProbe | None = None
    _rows: deque[Costs]
    _kept: dict[str, array[int]]
    _warned_of: str | None = None
    _prefix_tokens: int = 0
    _prompt_tokens: int = 0
    _used_shared: bool | None = None
    _plain: TokenProgress | None = None
    _counts_requests = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"device": _device(), **kwargs})
        accelerator = getattr(self, "accelerator", None)
        # lm_eval sets these for GPUs only: on CPUs, every process would answer every request.
        me: Any = self
        if accelerator is not None and accelerator.num_processes > 1 and me.world_size == 1:
            self._rank = accelerator.process_index
            self._world_size = accelerator.num_processes
            self._device = accelerator.device
        self._rows, self._kept = deque(), {}

    def token_ids(self, prompt: str) -> list[int]:
        """Tokens of a prompt as generation gets them."""
        ids, _ = self.tok_batch_encode([prompt])  # type: ignore[attr-defined]
        tokens: list[int] = ids[0].tolist()
        return tokens

    def prompt_length(self, prompt: str) -> int:
        """Number of tokens, which are kept until the prompt is answered: logs tokenise slowly."""
        ids = self._kept[prompt] = array("i", self.token_ids(prompt))
        return len(ids)

    def context_limit(self) -> int | None:
        """Most tokens of a prompt with its answer."""
        return int(self.max_length)  # type: ignore[attr-defined]

    def start_counting(self) -> None:
        """Reset what `work_done` reports, before a run with another arm."""
        self._prefix_tokens, self._prompt_tokens, self._used_shared = 0, 0, None

    def work_done(self) -> dict[str, Any]:
        """The FLOP rates, whether prefixes were shared, and how many prompt tokens that saved."""
        shared = self._used_shared
        return {
            "shared_prefix": shared,
            "prefix_tokens_computed": self._prefix_tokens if shared else None,
            "prompt_tokens": self._prompt_tokens if shared else None,
            "flop_rates": self._accounts().flop_rates(),
        }

    def shares_prefixes(self, longest: int) -> bool:
        """Whether what prompts of up to so many tokens begin with can be computed once for all."""
        with self._precision():
            return self._prefixes().why_not(longest) is None

    def patched(self, weights: Weights | None) -> AbstractContextManager[None]:
        """The model with other weights, and afterwards as it was.

        Costs are those of the model itself: an adapter can be merged into it.
        """
        from hei_nw_tasks.model.patching import patched

        self._accounts()
        return patched(self.model, weights)  # type: ignore[attr-defined]

    def answer(self, requests: list[Any], done: Done) -> None:
        """Answer requests that have the same generation arguments."""
        self._warm_up()
        reason = self._why_plain(requests)
        self._used_shared = self._used_shared or reason is None
        if reason is None:
            self._answer_shared(requests, done)
            self._kept.clear()
            return
        tokens = sum(map(len, map(self._tokens, requests)))
        self._kept.clear()
        if reason and reason != self._warned_of:
            _log.warning("heinw: prompts are computed one by one (%s)", reason)
            self._warned_of = reason
        self._rows.clear()
        room = requests[0].args[1].get("max_gen_toks", self.default_answer_tokens())
        with self._progress(tokens + len(requests) * room) as self._plain:
            self.generate_plainly(
                requests, lambda index, response: done(index, response, self._rows.popleft())
            )
        self._plain = None

    def _warm_up(self) -> None:
        """Warm up, so that loading kernels is not charged to the first answer."""
        if self._accounting is None:
            import torch

            me: Any = self
            tokens = torch.full((1, 8), me.eot_token_id, device=me.device)
            with torch.inference_mode():
                me.model.generate(
                    tokens,
                    attention_mask=torch.ones_like(tokens),
                    max_new_tokens=2,
                    do_sample=False,
                    pad_token_id=me.tokenizer.pad_token_id,
                )
            self._accounts().finish()

    def _why_plain(self, requests: list[Any]) -> str | None:
        """Why prefixes cannot be shared; None if they can, empty if they need not be."""
        settings, gen_kwargs = self.settings, requests[0].args[1]  # type: ignore[attr-defined]
        if settings.shared_prefix is False or settings.baseline == "none":
            return ""
        unknown = sorted(set(gen_kwargs) - _GREEDY)
        if unknown:
            reason: str | None = f"generation with {', '.join(unknown)}"
        elif gen_kwargs.get("do_sample") or gen_kwargs.get("temperature"):
            reason = "sampling"
        elif self.think_end_token is not None:  # type: ignore[attr-defined]
            reason = "think_end_token"
        elif self.backend != "causal":  # type: ignore[attr-defined]
            reason = "not a decoder-only model"
        elif not settings.shared_prefix and not self._sharing_pays(requests):
            return ""
        else:
            lengths = map(len, map(self._tokens, requests))
            with self._precision():
                reason = self._prefixes().why_not(max(lengths))
        if reason is not None and settings.shared_prefix:
            raise ConfigError(f"shared_prefix=True: does not work here ({reason}) → leave it out")
        return reason

    def _sharing_pays(self, requests: list[Any]) -> bool:
        """Whether enough of the prompts is shared that computing it once saves time."""
        from hei_nw_tasks.model.shared_prefix import tokens_to_compute

        prompts = [self._tokens(request) for request in requests]
        computed = tokens_to_compute(prompts, self._rows_at_once())
        return computed <= _MOST_COMPUTED * sum(map(len, prompts))

    def _answer_shared(self, requests: list[Any], done: Done) -> None:
        from lm_eval.models.utils import (
            handle_stop_sequences,
            normalize_gen_kwargs,
            postprocess_generated_text,
        )
        from lm_eval.models.utils_hf import stop_sequences_criteria

        from hei_nw_tasks.model.shared_prefix import SharedPrefixGenerator, tokens_to_compute

        me: Any = self
        kwargs = normalize_gen_kwargs(requests[0].args[1], me.max_gen_toks)
        eos = me.tok_decode(me.eot_token_id, skip_special_tokens=False)
        until = handle_stop_sequences(kwargs["until"], eos=eos)
        prompts = [list(self._tokens(request)) for request in requests]
        answers, size = len(prompts) * kwargs["max_gen_toks"], self._rows_at_once()
        progress = self._progress(tokens_to_compute(prompts, size) + answers)
        computed = 0

        def on_chunk(chunk: Any, rows: Sequence[Sequence[int]], seconds: float) -> None:
            for index, new in zip(chunk.indices, rows, strict=True):
                text = postprocess_generated_text(me.tok_decode(list(new)), until, None)
                generated = self._answer_length(new, until)
                costs = self._accounts().costs(len(prompts[index]), generated, len(rows), seconds)
                done(index, text, costs)
            nonlocal computed
            progress.add(generator.prefilled_tokens - computed + len(rows) * kwargs["max_gen_toks"])
            computed = generator.prefilled_tokens

        self._accounts().start()
        generator = SharedPrefixGenerator(
            me.model, me.tokenizer.pad_token_id, self._prefixes().one_copy
        )
        with self._precision(), progress:
            generator.generate(
                prompts,
                size,
                kwargs["max_gen_toks"],
                lambda length, rows: stop_sequences_criteria(me.tokenizer, until, length, rows),
                on_chunk,
            )
        self._prefix_tokens += generator.prefilled_tokens
        self._prompt_tokens += generator.prompt_tokens

    def _tokens(self, request: Any) -> Sequence[int]:
        """Tokens of a request's prompt, kept since it was found to fit."""
        return self._kept.get(request.args[0]) or self.token_ids(request.args[0])

    def _precision(self) -> Any:
        """The context in which lm_eval generates."""
        import torch

        me: Any = self
        dtype = me.mixed_precision_dtype
        return torch.autocast(me.device.type, dtype=dtype, enabled=dtype is not None)

    def _rows_at_once(self) -> int:
        size = self.batch_size  # type: ignore[attr-defined]
        return int(self._detect_batch_size() if size == "auto" else size)  # type: ignore[attr-defined]

    def _model_generate(
        self, context: Any, max_length: int, stop: list[str], **generation_kwargs: Any
    ) -> Any:
        """Generate one batch as lm_eval does, and measure it."""
        accounting = self._accounts()
        accounting.start()
        begun = time.perf_counter()
        output = super()._model_generate(context, max_length, stop, **generation_kwargs)  # type: ignore[misc]
        accounting.finish()
        seconds, width = time.perf_counter() - begun, context.shape[1]
        lengths = generation_kwargs["attention_mask"].sum(dim=1).tolist()
        for prompt, row in zip(lengths, output[:, width:].tolist(), strict=True):
            generated = self._answer_length(row, stop)
            self._rows.append(accounting.costs(prompt, generated, len(lengths), seconds))
        if self._plain is not None:
            self._plain.add(sum(lengths) + len(lengths) * (max_length - width))
        return output

    def _progress(self, tokens: int) -> TokenProgress:
        me: Any = self
        return TokenProgress(me.model, tokens, disable=me.rank != 0)

    def _answer_length(self, row: Sequence[int], stop: Sequence[str]) -> int:
        me: Any = self
        ends = me.model.generation_config.eos_token_id
        end_ids = {me.eot_token_id, *(ends if isinstance(ends, list) else [ends])}
        return answer_length(row, stop, end_ids, me.tok_decode)

    def _prefixes(self) -> PrefixProbe:
        if self._probe is None:
            from hei_nw_tasks.model.prefix_probe import PrefixProbe

            self._probe = PrefixProbe(self.model)  # type: ignore[attr-defined]
        return self._probe

    def _accounts(self) -> Accounting:
        if self._accounting is None:
            # The precision of the computation is that of the cache.
            with self._precision():
                self._accounting = Accounting(self.model)  # type: ignore[attr-defined]
        return self._accounting


def _device() -> str:
    """The device of a run that names none; lm_eval would ask for a GPU without looking for one."""
    import torch

    if torch.cuda.is_available():
        return "cuda"
    return "mps" if torch.backends.mps.is_available() else "cpu"
