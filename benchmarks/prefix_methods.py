"""Two methods to compute the same answers, stock `hf` and shared prefixes, and a lower bound.

Used by benchmarks.shared_prefix and benchmarks.gpu. Models have random weights: their answers are
nonsense, but cost what real ones do.
"""

from __future__ import annotations

import copy
import random
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
import transformers

from hei_nw_tasks.compute.architecture import architecture_of
from hei_nw_tasks.compute.cache import cache_of
from hei_nw_tasks.compute.flops import decode_flops, prefill_flops
from hei_nw_tasks.model.shared_prefix import Chunk, SharedPrefixGenerator, common_length, plan
from testing.checkpoint import make_checkpoint

# Tokens of an answer. Only the end-of-turn token ends one early, with either method.
NEW = 16
GENERATION = {"until": ["\0\0\0\0"], "do_sample": False, "max_gen_toks": NEW}
# Width, layers, heads, key-value heads, intermediate width, vocabulary (None: the tokenizer's).
SHAPES = {
    "tiny": (64, 2, 4, 2, 128, None),
    "small": (256, 6, 8, 2, 1024, None),
    "qwen2.5-1.5b": (1536, 28, 12, 2, 8960, 151_936),
}
_WORDS = ("ada", "brook", "lindow", "umbrella", "harbour", "lantern", "mill", "copper", "march")


def model_of(shape: str, dtype: str = "float32", device: str = "cpu", **arguments: Any) -> Any:
    """Load lm_eval's `hf` model with random weights and the tests' tokenizer."""
    from lm_eval.models.huggingface import HFLM

    with tempfile.TemporaryDirectory() as folder:
        make_checkpoint(Path(folder))
        width, layers, heads, kv_heads, intermediate, vocabulary = SHAPES[shape]
        given = transformers.AutoConfig.from_pretrained(folder)
        config = transformers.Qwen2Config(
            vocab_size=vocabulary or given.vocab_size,
            hidden_size=width,
            num_hidden_layers=layers,
            num_attention_heads=heads,
            num_key_value_heads=kv_heads,
            intermediate_size=intermediate,
            tie_word_embeddings=shape == "qwen2.5-1.5b",
            max_position_embeddings=given.max_position_embeddings,
            bos_token_id=None,
            eos_token_id=given.eos_token_id,
            pad_token_id=given.pad_token_id,
        )
        torch.manual_seed(0)
        model = transformers.Qwen2ForCausalLM(config).to(getattr(torch, dtype))
        model.save_pretrained(folder)
        return HFLM(pretrained=folder, device=device, dtype=dtype, batch_size=1, **arguments)


def prompts_about(model: Any, tokens: Sequence[int], seed: int = 0) -> list[str]:
    """Make one prompt per entry of `tokens`: a question when the log has about so many tokens."""
    draw = random.Random(seed)
    lines = [" ".join(draw.choices(_WORDS, k=10)) + ".\n" for _ in range(max(tokens) // 10)]
    sizes = [len(ids) for ids in model.tokenizer(lines)["input_ids"]]
    prompts = []
    for wanted in tokens:
        count, held = 0, 0
        while held < wanted:
            held += sizes[count]
            count += 1
        question = " ".join(draw.choices(_WORDS, k=8))
        prompts.append(f"{''.join(lines[:count])}\nQuestion: {question}?\nAnswer:")
    return prompts


def stock(model: Any, prompts: Sequence[str], batch_size: int) -> list[str]:
    """Answer prompts as lm_eval's `hf` model does."""
    from lm_eval.api.instance import Instance

    model.batch_size_per_gpu = batch_size
    requests = [
        Instance("generate_until", {}, (prompt, copy.deepcopy(GENERATION)), number)
        for number, prompt in enumerate(prompts)
    ]
    answers: list[str] = model.generate_until(requests, disable_tqdm=True)
    return answers


def shared(model: Any, prompts: Sequence[str], batch_size: int = 64) -> list[str]:
    """Answer prompts with shared prefixes, as the `heinw` model does."""
    from lm_eval.models.utils import postprocess_generated_text
    from lm_eval.models.utils_hf import stop_sequences_criteria

    until = [*GENERATION["until"], model.tok_decode(model.eot_token_id, skip_special_tokens=False)]  # type: ignore[misc]
    answers = [""] * len(prompts)

    def on_chunk(chunk: Chunk, rows: list[list[int]], seconds: float) -> None:
        for index, row in zip(chunk.indices, rows, strict=True):
            answers[index] = postprocess_generated_text(model.tok_decode(row), until, None)

    SharedPrefixGenerator(model.model, model.tokenizer.pad_token_id, one_copy=True).generate(
        *(token_ids(model, prompts), batch_size, NEW),
        lambda width, rows: stop_sequences_criteria(model.tokenizer, until, width, rows),
        on_chunk,
    )
    return answers


def count_same(some: Sequence[str], others: Sequence[str]) -> int:
    """Count the equal answers, over the prompts that `some` answers."""
    return sum(map(str.__eq__, some, others))


def token_ids(model: Any, prompts: Sequence[str]) -> list[list[int]]:
    """Tokenize prompts as generation does."""
    return [model.tok_batch_encode([prompt])[0][0].tolist() for prompt in prompts]


@dataclass(frozen=True)
class Bound:
    """A lower bound of the cost of answering questions about one log.

    The log is computed once, and the rest of all prompts is generated in one batch: without the log
    (`floor`, unreachable as nothing attends to the log), plus the attention from each of these
    tokens to the log, in one kernel call for all rows (`attention`). Neither includes tokenizing.
    """

    prefix: Any
    rests: Any
    mask: Any

    @classmethod
    def of(cls, model: Any, prompts: Sequence[str]) -> Bound:
        """Make the bound of prompts that all begin with the same log."""
        ids = token_ids(model, prompts)
        common = min(common_length(ids[0], row) for row in ids)
        # A prompt's last token is computed with its answer, even if there is only one prompt.
        common = min([common, *(len(row) - 1 for row in ids)])
        width = max(map(len, ids)) - common
        padding = [width - (len(row) - common) for row in ids]
        rests = torch.tensor([[0] * p + row[common:] for p, row in zip(padding, ids, strict=True)])
        mask = torch.tensor([[0] * p + [1] * (width - p) for p in padding])
        prefix = torch.tensor([ids[0][:common]])
        return cls(*(tensor.to(model.device) for tensor in (prefix, rests, mask)))

    def floor(self, model: Any) -> None:
        """Compute the log, and generate from the rests of the prompts alone."""
        with torch.inference_mode():
            if self.prefix.numel():
                model.model(self.prefix, use_cache=True, logits_to_keep=1)
            model.model.generate(
                self.rests,
                attention_mask=self.mask,
                max_new_tokens=NEW,
                do_sample=False,
                pad_token_id=0,
            )
        synchronize(model)

    def attention(self, model: Any) -> None:
        """Attend from the rests to the log, in every layer and at every step."""
        rows, width = self.rests.shape
        config = model.model.config
        heads, groups = config.num_attention_heads, config.num_key_value_heads
        for _ in range(config.num_hidden_layers):
            shape = 1, groups, self.prefix.shape[1], config.hidden_size // heads
            keys = torch.zeros(shape, dtype=model.model.dtype, device=model.device)
            for tokens in [width] + [1] * (NEW - 1):
                queries = keys.new_zeros((*shape[:2], heads // groups * rows * tokens, shape[3]))
                torch.nn.functional.scaled_dot_product_attention(queries, keys, keys)
        synchronize(model)


def synchronize(model: Any) -> None:
    """Wait for queued kernels."""
    if model.device.type == "cuda":
        torch.cuda.synchronize()


def stock_work(model: Any, ids: Sequence[Sequence[int]], batch_size: int) -> tuple[int, float]:
    """Count the prompt tokens that stock `hf` computes, with padding, and all its FLOPs."""
    architecture = architecture_of(model.model, cache_of(model.model))
    # lm_eval sorts by length, longest first.
    lengths = sorted(map(len, ids), reverse=True)
    tokens, flops = 0, 0.0
    for begin in range(0, len(lengths), batch_size):
        rows, width = len(lengths[begin : begin + batch_size]), lengths[begin]
        tokens += rows * width
        flops += rows * (
            prefill_flops(architecture, width) + decode_flops(architecture, width, NEW)
        )
    return tokens, flops


def shared_work(
    model: Any, ids: Sequence[Sequence[int]], batch_size: int = 64
) -> tuple[int, float]:
    """Count the same for shared prefixes."""
    architecture = architecture_of(model.model, cache_of(model.model))
    tokens, flops = 0, 0.0
    path: Sequence[int] = []
    for chunk in plan(ids, batch_size):
        rows, width = len(chunk.indices), max(len(ids[index]) for index in chunk.indices)
        before, path = path, ids[chunk.indices[0]][: chunk.shared]
        kept = common_length(before, path)
        tokens += chunk.shared - kept + rows * (width - chunk.shared)
        flops += prefill_flops(architecture, chunk.shared, kept) + rows * (
            prefill_flops(architecture, width, chunk.shared)
            + decode_flops(architecture, width, NEW)
        )
    return tokens, flops
