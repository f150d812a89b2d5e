"""Speed, MFU and cache of a model in 16 and 4 bits; its long-context arm against stock `hf`.

    python -m benchmarks.gpu                                       # Qwen2.5-1.5B's shape on a GPU
    python -m benchmarks.gpu --tokens 2048 --questions 16 --peak-tflops 989

Without a GPU, a small shape runs on the CPU. MFU is the model's FLOP/s, by the formulas of
`hei_nw_tasks.compute`, as a share of the device's peak: `--peak-tflops`, or what a large matrix
product reaches in the same run. Weights are random.
"""

from __future__ import annotations

import argparse
import importlib.util
import platform
import re
import sys
from functools import partial
from pathlib import Path
from typing import Any

import torch

import hei_nw_tasks
from benchmarks.measuring import Tables, parser, ratio, run, spread, time_alternating
from benchmarks.prefix_methods import (
    NEW,
    SHAPES,
    count_same,
    model_of,
    prompts_about,
    shared,
    stock,
    synchronize,
    token_ids,
)
from hei_nw_tasks.compute.architecture import architecture_of
from hei_nw_tasks.compute.cache import cache_of, held_bytes
from hei_nw_tasks.compute.flops import decode_flops, kv_bytes, prefill_flops


def hardware() -> str:
    """Return the name of the device."""
    if torch.cuda.is_available():
        return torch.cuda.get_device_name()
    known = Path("/proc/cpuinfo")
    found = re.search(r"model name\s*: (.+)", known.read_text()) if known.exists() else None
    return f"{found[1] if found else platform.machine()}, {torch.get_num_threads()} threads"


def models(shape: str, device: str) -> dict[str, Any]:
    """Load the model in each number format that this machine supports."""
    made = {"bf16": model_of(shape, "bfloat16", device)}
    if importlib.util.find_spec("bitsandbytes"):
        # On transformers 5 the flag needs our patch of lm_eval.
        hei_nw_tasks.register()
        made["4-bit"] = model_of(
            *(shape, "bfloat16", device), load_in_4bit=True, bnb_4bit_compute_dtype="bfloat16"
        )
    return made


def peak_flops(size: int, device: str, rounds: int) -> float:
    """Return the FLOP/s of a square matrix product in bf16, the best of several."""
    factor = torch.ones((size, size), dtype=torch.bfloat16, device=device)

    def multiply() -> None:
        # Summing one row waits for the device.
        (factor @ factor)[0].sum().item()

    multiply()
    return float(
        2 * size**3 / min(time_alternating({"product": multiply}, max(rounds, 3))["product"])
    )


def speed(name: str, model: Any, options: argparse.Namespace, peak: float, tables: Tables) -> None:
    """Measure tokens per second and MFU of prompt and answers, and the size of the cache."""
    rows, tokens = options.questions, options.tokens
    (ids,) = token_ids(model, prompts_about(model, [tokens]))
    prompt = torch.tensor([ids], device=model.device)
    batch = prompt[:, -64:].expand(rows, -1).contiguous()
    cache = cache_of(model.model)
    architecture = architecture_of(model.model, cache)
    caches: list[Any] = []

    def prefill() -> None:
        with torch.inference_mode():
            output = model.model(prompt, use_cache=True, logits_to_keep=1)
        synchronize(model)
        caches[:] = [output.past_key_values]

    def answer() -> None:
        with torch.inference_mode():
            model.model.generate(
                batch,
                attention_mask=torch.ones_like(batch),
                max_new_tokens=NEW,
                min_new_tokens=NEW,
                do_sample=False,
                pad_token_id=0,
            )
        synchronize(model)

    prefill()
    answer()
    seconds = time_alternating({"prefill": prefill, "answer": answer}, options.rounds)
    took = {side: spread(taken).median for side, taken in seconds.items()}
    work = rows * (prefill_flops(architecture, 64) + decode_flops(architecture, 64, NEW))
    held = sum(map(held_bytes, caches[0].layers))
    tables.add(
        f"Speed on {hardware()} ({options.model_shape})",
        {
            "numbers": name,
            "prompt tokens/s": len(ids) / took["prefill"],
            "MFU": prefill_flops(architecture, len(ids)) / took["prefill"] / peak,
            f"answer tokens/s, {rows} rows": rows * NEW / took["answer"],
            "MFU of answers": work / took["answer"] / peak,
            "cache (bytes)": held,
            "by the formula": kv_bytes(cache, len(ids)),
        },
    )


def long_context_arm(name: str, model: Any, options: argparse.Namespace, tables: Tables) -> None:
    """Compare the long-context arm with stock `hf`, alone and at the same batch size."""
    rows = options.questions
    prompts = prompts_about(model, [options.tokens] * rows)
    same = count_same(stock(model, prompts, 1), shared(model, prompts, rows))
    sides = {f"stock {size}": partial(stock, model, prompts, size) for size in {1, rows}}
    sides["shared"] = partial(shared, model, prompts, rows)
    seconds = time_alternating(sides, options.rounds)
    best = min((1, rows), key=lambda size: spread(seconds[f"stock {size}"]).median)
    tables.add(
        f"The long-context arm on {hardware()} ({options.model_shape})",
        {
            "numbers": name,
            "questions": rows,
            "tokens": options.tokens,
            "stock's batch": best,
            "stock (s)": spread(seconds[f"stock {best}"]),
            "shared (s)": spread(seconds["shared"]),
            "stock / shared": ratio(seconds[f"stock {best}"], seconds["shared"]),
            "same answers": f"{same} of {rows}",
        },
    )


def measure(options: argparse.Namespace, tables: Tables) -> None:
    """Fill the tables."""
    device = "cuda" if torch.cuda.is_available() else "cpu"
    if device == "cpu":
        print(f"No GPU here: a small shape runs on {hardware()}.", file=sys.stderr)
        options.model_shape = "small"
    if options.quick:
        options.model_shape, options.tokens, options.questions = "tiny", 120, 2
        options.rounds = 1
    size = 8192 if device == "cuda" else 256 if options.quick else 2048
    peak = options.peak_tflops * 1e12 if options.peak_tflops else peak_flops(size, device, 3)
    tables.add("Device", {"name": hardware(), "peak (TFLOP/s)": peak / 1e12, "product of": size})
    found = models(options.model_shape, device)
    for name, model in found.items():
        speed(name, model, options, peak, tables)
    for name, model in found.items():
        long_context_arm(name, model, options, tables)


def main() -> int:
    """Run the benchmark; return its exit code."""
    made = parser(__doc__)
    made.add_argument("--questions", type=int, default=16)
    made.add_argument("--tokens", type=int, default=2048)
    made.add_argument("--rounds", type=int, default=3)
    made.add_argument("--model-shape", choices=SHAPES, default="qwen2.5-1.5b")
    made.add_argument("--peak-tflops", type=float, metavar="N", help="the vendor's figure, in bf16")
    return run(measure, made.parse_args())


if __name__ == "__main__":
    sys.exit(main())
