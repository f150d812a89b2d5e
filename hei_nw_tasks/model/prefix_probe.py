"""Whether prefixes can be shared with a model, found out by doing it.

Models differ in what a cached prefix and padding do to them: sliding windows, states, positions
that are counted from the padding, frequencies that depend on the length. No list of their names is
complete. So the very model generates from made-up prompts, by `SharedPrefixGenerator` and each
prompt alone, and its logits have to agree:

    probe = PrefixProbe(model)
    probe.why_not(longest=2000)   -> None, or "logits change by 0.81 of their spread"
    probe.one_copy                -> True: rows attend to one copy of the prefix

The prompts need everything that sharing does: a cache that is extended and cropped, rows of unequal
length, several decode steps. They are short at first, and then as long as the prompts at hand,
because windows and scaled positions show only beyond their length. Nothing is drawn: the same model
and length give the same verdict.
"""

from __future__ import annotations

import random
from typing import Any

import torch
from transformers import DynamicCache, LogitsProcessor, LogitsProcessorList, StoppingCriteriaList
from transformers.cache_utils import DynamicLayer

from hei_nw_tasks.compute.cache import UnknownCostError, forward
from hei_nw_tasks.model.shared_prefix import Chunk, SharedPrefixGenerator

# Tokens of the first prompts, and of every answer.
_SHORT, _NEW = 48, 3
# Settings of a checkpoint that greedy generation ignores, or follows alike with a shared prefix.
# Padding repeats a token of its row, so a penalty for repetition sees the same tokens.
_HARMLESS = {
    *("bos_token_id", "eos_token_id", "pad_token_id", "decoder_start_token_id"),
    *("do_sample", "temperature", "top_k", "top_p", "min_p", "top_h", "typical_p"),
    *("epsilon_cutoff", "eta_cutoff", "max_length", "repetition_penalty", "use_cache"),
    *("length_penalty", "early_stopping", "num_return_sequences", "renormalize_logits"),
    *("transformers_version", "_from_model_config"),
}

Rows = list[list[int]]


class PrefixProbe:
    """Finds out how far prefixes can be shared with a model.

    Args:
        model: A loaded decoder of transformers.

    Attributes:
        one_copy: Whether rows attend to one copy of the prefix; else each of them gets its own.
    """

    def __init__(self, model: Any) -> None:
        self._model = model
        self.one_copy = False
        self._proven = 0
        self._refuted: tuple[int, str] | None = None

    def why_not(self, longest: int) -> str | None:
        """Why prefixes cannot be shared by prompts of up to so many tokens; None if they can.

        It costs as much as two or three prompts of that length, once.
        """
        if self._proven == 0 and self._refuted is None:
            self._start()
        if longest > self._proven and self._refuted is None:
            self._try(longest, (self.one_copy,))
        if self._refuted is not None and longest >= self._refuted[0]:
            return self._refuted[1]
        return None

    def _start(self) -> None:
        try:
            reason = _settings(self._model) or _foreign_cache(self._model)
        except Exception as error:  # as in `_try`
            reason = _in_one_line(error)
        if reason is not None:
            self._refuted = 1, reason
            return
        backend = self._model.config._attn_implementation == "sdpa" and getattr(
            self._model, "_supports_attention_backend", False
        )
        self._try(_SHORT, (True, False) if backend else (False,))

    def _try(self, length: int, ways: tuple[bool, ...]) -> None:
        """Try to hold the prefix in these ways, as one copy or not; keep the first that works."""
        for self.one_copy in ways:
            try:
                change = _change(self._model, length, self.one_copy)
            except Exception as error:  # whatever it is, plain generation goes on
                reason = _in_one_line(error)
            else:
                if change <= _tolerance(self._model):
                    self._proven = length
                    return
                reason = f"they change the logits by {change:.2g} of their spread"
        beyond = f" beyond {self._proven} tokens" if self._proven else ""
        self._refuted = self._proven + 1, f"shared prefixes fail{beyond}: {reason}"


class _Listener(LogitsProcessor):
    """Keeps the scores of every step, and has given tokens generated.

    Args:
        tokens: One for each step.

    Attributes:
        steps: The scores, (rows, vocabulary), of each step.
    """

    def __init__(self, tokens: list[int]) -> None:
        self._tokens = tokens
        self.steps: list[Any] = []

    def __call__(self, input_ids: Any, scores: Any) -> Any:
        given = torch.full_like(scores, -torch.inf)
        given[:, self._tokens[len(self.steps)]] = 0.0
        self.steps.append(scores.float())
        return given


def _change(model: Any, length: int, one_copy: bool) -> float:
    """Largest change of a row's scores at a step, as a share of their spread.

    Both are standard deviations: what is added to all scores alike changes no choice.
    """
    words = _vocabulary(model)
    prompts, compared = _prompts(words, length)
    listener = _Listener(words[:_NEW])
    kept: dict[int, list[Any]] = {}

    def on_chunk(chunk: Chunk, new: Rows, seconds: float) -> None:
        for row, index in enumerate(chunk.indices):
            kept[index] = [scores[row] for scores in listener.steps]
        listener.steps.clear()

    SharedPrefixGenerator(model, words[0], one_copy, listener).generate(
        prompts, 2, _NEW, lambda width, rows: StoppingCriteriaList(), on_chunk
    )
    changes = []
    for index in compared:
        listener.steps.clear()
        tokens = torch.tensor([prompts[index]], device=model.device)
        with torch.inference_mode():
            model.generate(
                tokens,
                attention_mask=torch.ones_like(tokens),
                max_new_tokens=_NEW,
                do_sample=False,
                use_cache=True,
                pad_token_id=words[0],
                logits_processor=LogitsProcessorList([listener]),
            )
        for alone, shared in zip(listener.steps, kept[index], strict=True):
            changes.append((alone[0] - shared).std() / alone.std())
    # A maximum of tensors keeps what is not a number, which no tolerance admits.
    return float(torch.stack(changes).max())


def _prompts(words: list[int], length: int) -> tuple[Rows, tuple[int, ...]]:
    """Six prompts of up to `length` tokens, two a batch, and those that are padded or follow one.

    In sorted order, the prefix grows from a few tokens to nearly all, and is then cut to a quarter:
    questions of `early` words sort before the longer logs, those of `late` ones after them.
    """
    draw = random.Random(0)
    third = len(words) // 3
    early, middle, late = words[:third], words[third : 2 * third], words[2 * third :]
    log = draw.choices(middle, k=length)
    room = min(length // 4, 72)
    shapes = [
        *((min(length // 8, _SHORT), early, 3), (length // 4, early, 3)),
        *((length - room, early, room // 6), (length - room, early, room)),
        *((length // 4, late, room // 6), (length // 4, late, room // 2)),
    ]
    return [log[:n] + draw.choices(question, k=k) for n, question, k in shapes], (0, 2, 4)


def _vocabulary(model: Any) -> list[int]:
    """Tokens that end no answer."""
    settings = model.generation_config
    special: set[int] = set()
    for ids in (settings.eos_token_id, settings.bos_token_id, settings.pad_token_id):
        special.update(ids if isinstance(ids, list) else [ids])
    size = model.config.get_text_config(decoder=True).vocab_size
    return [token for token in range(size) if token not in special]


def _settings(model: Any) -> str | None:
    """Which of the checkpoint's own generation settings a shared prefix may not follow."""
    settings = model.generation_config.to_diff_dict()
    odd = [
        name
        for name, value in sorted(settings.items())
        if value and name not in _HARMLESS and (name, value) != ("num_beams", 1)
    ]
    return f"the checkpoint's generation_config sets {', '.join(odd)}" if odd else None


def _foreign_cache(model: Any) -> str | None:
    """What the model's own cache is, if not keys and values of every token."""
    try:
        cache = forward(model, _NEW).past_key_values
    except UnknownCostError as error:
        return str(error)
    odd = {type(layer).__name__ for layer in cache.layers} - {DynamicLayer.__name__}
    if type(cache) is not DynamicCache:
        odd = {type(cache).__name__}
    return f"its cache is of {', '.join(sorted(odd))}" if odd else None


def _tolerance(model: Any) -> float:
    """The largest change of the scores that passes for rounding.

    7e-4 in 32 bits, where the faults of real architectures begin at 0.01
    (`python -m benchmarks.architectures`), and 0.18 in bfloat16.
    """
    kind = model.device.type
    dtype = torch.get_autocast_dtype(kind) if torch.is_autocast_enabled(kind) else model.dtype
    if getattr(model, "is_quantized", False):
        dtype = torch.bfloat16  # what weights are unpacked to is a setting of each method
    # Attention over a prefix adds up in 32 bits.
    eps = max(torch.finfo(dtype).eps, torch.finfo(torch.float32).eps)
    return float(2 * eps**0.5)


def _in_one_line(error: Exception) -> str:
    """An exception in one short line."""
    first = (str(error).strip().splitlines() or [""])[0]
    return f"{type(error).__name__}: {first[:120]}".rstrip(": ")
