"""Shared prefixes against lm_eval's stock `hf` model, on the same prompts, alternating.

    python -m benchmarks.shared_prefix                                        # the whole grid
    python -m benchmarks.shared_prefix --questions 16 --tokens 2048 --rounds 5
    python -m benchmarks.shared_prefix --questions 64 --tokens 8192 --stock-batch 1 --stock-most 16
    python -m benchmarks.shared_prefix --identity 2000                        # differing tokens

For each number of questions about one log, and each length of the log: the seconds of both, stock
`hf` at the best of its batch sizes; the FLOPs of both, by the formulas of `hei_nw_tasks.compute`
over the tokens that they compute; how far sharing is from `Bound` (the log once, and one batch of
answers that attend to it) and from its floor (answers that do not); the number of equal answers;
and memory beyond the loaded model. A second table asks about one log at several points of it. The
model is a Qwen2 with random weights; answers have up to 16 tokens.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from functools import partial
from typing import Any

import torch

from benchmarks.measuring import (
    Cell,
    Tables,
    parser,
    ratio,
    run,
    run_python,
    sizes,
    spread,
    time_alternating,
)
from benchmarks.prefix_methods import (
    SHAPES,
    Bound,
    count_same,
    model_of,
    prompts_about,
    shared,
    shared_work,
    stock,
    stock_work,
    token_ids,
)

# One side in a process of its own, so that its peak memory is its own.
_ALONE = """
import sys
from benchmarks.prefix_methods import model_of, prompts_about, shared, stock
side, shape, questions, tokens, rows = sys.argv[1], sys.argv[2], *map(int, sys.argv[3:])
model = model_of(shape)
prompts = prompts_about(model, [tokens] * questions)
if side == "stock":
    stock(model, prompts[:rows], rows)
elif side == "shared":
    shared(model, prompts, rows)
"""


def compare(
    model: Any, questions: int, tokens: int, options: argparse.Namespace
) -> dict[str, Cell]:
    """Measure one number of questions about a log of one length."""
    prompts = prompts_about(model, [tokens] * questions)
    # Stock shares nothing between questions, so its time is proportional to their number.
    asked = prompts[: options.stock_most]
    batches = sorted({min(size, len(asked)) for size in options.stock_batch})
    bound = Bound.of(model, prompts)
    # The first call of each warms up and gives the answers.
    same = count_same(stock(model, asked, batches[0]), shared(model, prompts))
    sides: dict[str, Callable[[], object]] = {
        **{f"stock {size}": partial(stock, model, asked, size) for size in batches},
        "shared": partial(shared, model, prompts),
        "floor": partial(bound.floor, model),
        "attention": partial(bound.attention, model),
    }
    seconds = time_alternating(sides, options.rounds)
    best = min(batches, key=lambda size: spread(seconds[f"stock {size}"]).median)
    theirs = [one * questions / len(asked) for one in seconds[f"stock {best}"]]
    ours, floor = seconds["shared"], seconds["floor"]
    lowest = [sum(parts) for parts in zip(floor, seconds["attention"], strict=True)]
    ids = token_ids(model, prompts)
    return {
        "questions": questions,
        "tokens": tokens,
        "stock answered": f"{len(asked)}, batch {best}",
        "stock (s)": spread(theirs),
        "shared (s)": spread(ours),
        "stock / shared": ratio(theirs, ours),
        "FLOPs, stock / shared": stock_work(model, ids, best)[1] / shared_work(model, ids)[1],
        "shared / bound": ratio(ours, lowest),
        "shared / floor": ratio(ours, floor),
        "same answers": f"{same} of {len(asked)}",
        **memory(model, options, prompts, tokens, best),
    }


def memory(
    model: Any, options: argparse.Namespace, prompts: list[str], tokens: int, best: int
) -> dict[str, Cell]:
    """Measure the memory beyond the loaded model, in MiB; of stock, for one batch."""
    shape = options.model_shape

    def on_gpu(side: str, rows: int) -> float:
        torch.cuda.reset_peak_memory_stats()
        before = torch.cuda.memory_allocated()
        stock(model, prompts[:rows], rows) if side == "stock" else shared(model, prompts)
        return (torch.cuda.max_memory_allocated() - before) / 2**20

    def alone(side: str, rows: int) -> float:
        return run_python(_ALONE, side, shape, str(len(prompts)), str(tokens), str(rows)).peak_mib

    if model.device.type == "cuda":
        return {"stock (MiB)": on_gpu("stock", best), "shared (MiB)": on_gpu("shared", 64)}
    if options.quick:  # each process takes seconds to load torch
        return {"shared, with the model (MiB)": alone("shared", 64)}
    loaded = alone("none", 0)
    return {
        "stock (MiB)": alone("stock", best) - loaded,
        "shared (MiB)": alone("shared", 64) - loaded,
    }


def nested(model: Any, tokens: int, rounds: int) -> dict[str, Cell]:
    """Ask about one log when it has an eighth of its tokens, two eighths, and so on."""
    prompts = prompts_about(model, [tokens * part // 8 for part in range(1, 9)])
    same = count_same(stock(model, prompts, 1), shared(model, prompts))
    sides = {"stock": partial(stock, model, prompts, 1), "shared": partial(shared, model, prompts)}
    seconds = time_alternating(sides, rounds)
    ids = token_ids(model, prompts)
    computed, alone = shared_work(model, ids)[0], sum(map(len, ids))
    return {
        "tokens": tokens,
        "prompt tokens": alone,
        "computed": computed,
        "of them": computed / alone,
        "stock (s)": spread(seconds["stock"]),
        "shared (s)": spread(seconds["shared"]),
        "stock / shared": ratio(seconds["stock"], seconds["shared"]),
        "same answers": f"{same} of {len(prompts)}",
    }


def identity(model: Any, count: int, tables: Tables) -> None:
    """Compare the answers of both, token by token, over stores of 20 questions each."""
    stores = [prompts_about(model, [150] * 20, seed) for seed in range(max(count // 20, 1))]
    prompts = [prompt for store in stores for prompt in store]
    plain = stock(model, prompts, 1)
    for batch_size in (1, 8, 64):
        found = shared(model, prompts, batch_size)
        pairs = list(zip(map(model.tok_encode, plain), map(model.tok_encode, found), strict=True))
        tables.add(
            "Tokens that differ from stock generation one by one",
            {
                "batch size": batch_size,
                "answers": len(prompts),
                "distinct": len(set(plain)),
                "differing tokens": sum(
                    len(a) - sum(map(int.__eq__, a, b)) + max(len(b) - len(a), 0) for a, b in pairs
                ),
            },
        )


def measure(options: argparse.Namespace, tables: Tables) -> None:
    """Fill the requested tables."""
    device = "cuda" if torch.cuda.is_available() else "cpu"
    if device == "cpu" and options.model_shape == "qwen2.5-1.5b":
        print("No GPU here: the small shape runs instead.", file=sys.stderr)
        options.model_shape = "small"
    if options.quick:
        options.questions, options.tokens, options.rounds = [3], [120], 1
        options.model_shape, options.stock_most = "tiny", 2
    if options.identity:
        identity(model_of("tiny", device=device), options.identity, tables)
        return
    dtype = "bfloat16" if options.model_shape == "qwen2.5-1.5b" else "float32"
    model = model_of(options.model_shape, dtype, device)
    for tokens in options.tokens:
        for questions in options.questions:
            title = f"Questions about one log ({options.model_shape})"
            tables.add(title, compare(model, questions, tokens, options))
    for tokens in options.tokens:
        title = f"One log, asked at eight points ({options.model_shape})"
        tables.add(title, nested(model, tokens, options.rounds))


def main() -> int:
    """Run the benchmark; return its exit code."""
    made = parser(__doc__)
    made.add_argument("--questions", type=sizes, default=[1, 4, 16, 64])
    made.add_argument("--tokens", type=sizes, default=[512, 2048, 8192])
    made.add_argument("--rounds", type=int, default=3)
    made.add_argument("--stock-batch", type=sizes, default=[1, 16], help="the best one counts")
    made.add_argument(
        "--stock-most", type=int, metavar="N", help="let stock answer N; scale its time"
    )
    made.add_argument("--model-shape", choices=SHAPES, default="small")
    made.add_argument("--identity", type=int, metavar="N", help="compare N answers instead")
    return run(measure, made.parse_args())


if __name__ == "__main__":
    sys.exit(main())
