"""Shared prefixes against lm_eval's stock `hf` model, on the same prompts, side by side.

    python benchmarks/shared_prefix.py --questions 1,4,16 --tokens 512,2048
    python benchmarks/shared_prefix.py --identity 2000

The first prints, for each number of questions about a store and each store length, how many times
longer stock `hf` takes (at the better of its batch sizes), and how far the shared road is from
computing the prefix once and one batched generation of the rest. The second counts tokens that
differ. The model is a Qwen2 of width 256 and six layers with random weights.
"""

from __future__ import annotations

import argparse
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
import transformers

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from hei_nw_tasks.model.shared_prefix import SharedPrefixGenerator
from tests.checkpoint import make_checkpoint

NEW = 16
GENERATION = {"until": ["\n"], "do_sample": False, "max_gen_toks": NEW}
WORDS = [
    "ada",
    "brook",
    "lindow",
    "umbrella",
    "harbour",
    "lantern",
    "mill",
    "copper",
    "repaired",
    "carried",
    "monday",
    "march",
]


def folder_of_model(hidden: int, layers: int) -> str:
    """A checkpoint of the tests' tokeniser and a wider model."""
    folder = make_checkpoint(Path(tempfile.mkdtemp()))
    config = transformers.AutoConfig.from_pretrained(folder)
    config.hidden_size, config.intermediate_size = hidden, 4 * hidden
    config.num_hidden_layers, config.num_attention_heads = layers, hidden // 32
    config.num_key_value_heads, config.layer_types = max(1, hidden // 128), None
    config = type(config)(**{k: v for k, v in config.to_dict().items() if k != "layer_types"})
    torch.manual_seed(0)
    transformers.Qwen2ForCausalLM(config).save_pretrained(folder)
    return str(folder)


def prompts_of(model: Any, stores: int, questions: int, tokens: int, seed: int) -> list[str]:
    """Questions about stores of about so many tokens."""
    draw, prompts = random.Random(seed), []
    for _ in range(stores):
        store = ""
        while len(model.tok_encode(store)) < tokens:
            store += " ".join(draw.choices(WORDS, k=40)) + ".\n"
        prompts += [
            f"{store}\nQuestion: {' '.join(draw.choices(WORDS, k=8))}?\nAnswer:"
            for _ in range(questions)
        ]
    return prompts


def stock(model: Any, prompts: list[str], batch_size: int) -> list[str]:
    """What lm_eval does with these prompts."""
    from lm_eval.api.instance import Instance

    model.batch_size_per_gpu = batch_size
    requests = [
        Instance("generate_until", {}, (prompt, dict(GENERATION)), i)
        for i, prompt in enumerate(prompts)
    ]
    answers: list[str] = model.generate_until(requests, disable_tqdm=True)
    return answers


def shared(model: Any, prompts: list[str], batch_size: int) -> tuple[list[str], int]:
    """The same by shared prefixes; and the tokens that were computed for the prompts."""
    from lm_eval.models.utils import postprocess_generated_text
    from lm_eval.models.utils_hf import stop_sequences_criteria

    until = ["\n", model.tok_decode(model.eot_token_id, skip_special_tokens=False)]
    ids = [model.tok_batch_encode([prompt])[0][0].tolist() for prompt in prompts]
    answers = [""] * len(prompts)

    def on_chunk(chunk: Any, rows: list[list[int]], seconds: float) -> None:
        for index, row in zip(chunk.indices, rows, strict=True):
            answers[index] = postprocess_generated_text(model.tok_decode(row), until, None)

    generator = SharedPrefixGenerator(model.model, model.tokenizer.pad_token_id)
    generator.generate(
        *(ids, batch_size, NEW),
        lambda width, rows: stop_sequences_criteria(model.tokenizer, until, width, rows),
        on_chunk,
    )
    return answers, generator.prefilled_tokens


def bound(model: Any, prompts: list[str], tokens: int) -> float:
    """Seconds for one forward of the store and one batched generation of what follows it."""
    ids = model.tok_batch_encode([prompts[0]])[0]
    tails = torch.cat([ids[:, -32:]] * len(prompts))
    begun = time.perf_counter()
    with torch.inference_mode():
        model.model(ids[:, :tokens], use_cache=True, logits_to_keep=1)
        model.model.generate(
            *(tails,),
            attention_mask=torch.ones_like(tails),
            max_new_tokens=NEW,
            do_sample=False,
            pad_token_id=0,
        )
    return time.perf_counter() - begun


def seconds(work: Callable[..., Any], *arguments: Any) -> float:
    """Wall time of one call."""
    begun = time.perf_counter()
    work(*arguments)
    return time.perf_counter() - begun


def compare(model: Any, options: argparse.Namespace) -> None:
    """Print times of both roads, taken in turns."""
    print("| questions | tokens | stock / shared (min to max) | shared / bound | same answers |")
    print("|---:|---:|---:|---:|---:|")
    for tokens in options.tokens:
        for questions in options.questions:
            prompts = prompts_of(model, 1, questions, tokens, seed=tokens)
            sizes = sorted({1, min(questions, 16)})
            ratios, distances, same = [], [], 0
            for _ in range(options.repeats):
                ours = seconds(shared, model, prompts, 64)
                theirs = min(seconds(stock, model, prompts, size) for size in sizes)
                ratios.append(theirs / ours)
                distances.append(ours / bound(model, prompts, tokens))
            found, _ = shared(model, prompts, 64)
            same = sum(a == b for a, b in zip(stock(model, prompts, 1), found, strict=True))
            print(
                f"| {questions} | {tokens} | {statistics.median(ratios):.1f}× "
                f"({min(ratios):.1f} to {max(ratios):.1f}) | {statistics.median(distances):.2f} "
                f"| {same} of {questions} |"
            )


def identity(model: Any, options: argparse.Namespace) -> None:
    """Print how many tokens differ from stock generation one by one."""
    prompts = prompts_of(model, options.identity // 20, 20, 150, seed=1)
    plain = stock(model, prompts, 1)
    for batch_size in (1, 8, 64):
        found, _ = shared(model, prompts, batch_size)
        differing = sum(
            x != y
            for a, b in zip(plain, found, strict=True)
            for x, y in zip(model.tok_encode(a), model.tok_encode(b), strict=False)
        ) + sum(len(a) != len(b) for a, b in zip(plain, found, strict=True))
        print(
            f"batch size {batch_size}: {differing} differing tokens in {len(prompts)} answers "
            f"({len(set(plain))} distinct)"
        )


def main() -> None:
    """Run what the arguments ask for."""

    def numbers(text: str) -> list[int]:
        return [int(word) for word in text.split(",")]

    parser = argparse.ArgumentParser(description="Shared prefixes against stock hf.")
    parser.add_argument("--questions", type=numbers, default=[1, 4, 16])
    parser.add_argument("--tokens", type=numbers, default=[512, 2048])
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--identity", type=int, help="compare so many answers instead")
    options = parser.parse_args()
    from lm_eval.models.huggingface import HFLM

    hidden, layers = (64, 2) if options.identity else (256, 6)
    model = HFLM(
        pretrained=folder_of_model(hidden, layers), device="cpu", dtype="float32", batch_size=1
    )
    (identity if options.identity else compare)(model, options)


if __name__ == "__main__":
    main()
