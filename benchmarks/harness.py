"""What our task costs lm_eval compared with a plain task on the same documents; and its start.

    python -m benchmarks.harness --questions 625,5000

Both sides are the whole command `lm_eval --model dummy --tasks …` in a process of its own, with
the network off. The plain task reads the documents from a JSON file and has the same prompt,
lm_eval's exact match, and nothing of ours: no filters, no metrics, no import hook. Only like is
compared with like:

- First: we make the worlds; lm_eval parses the file into an empty cache of `datasets`.
- Again: we read the folder that `python -m generators` wrote; lm_eval has its cache filled.

The start is what every `lm_eval` in the environment pays for our hook, whatever its tasks: timed
with the hook and with `HEINW_NO_BRIDGE=1`. So is indexing our tasks beside lm_eval's own.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from benchmarks.measuring import (
    Cell,
    Tables,
    Usage,
    alternate,
    goal,
    parser,
    ratio,
    run,
    run_python,
    sizes,
    spread,
)
from generators.datasets.source import config_from
from generators.datasets.storage import QUESTIONS, write
from generators.datasets.tables import build
from generators.scenarios import scenario

_LM_EVAL = """
import sys
from lm_eval.__main__ import cli_evaluate
sys.argv[0] = "lm_eval"
cli_evaluate()
"""
_PLAIN = """
task: plain
dataset_path: json
dataset_kwargs: {{data_files: {{test: {documents}}}}}
test_split: test
output_type: generate_until
num_fewshot: 0
description: {description}
doc_to_text: "Question: {{{{query}}}}\\nAnswer:"
doc_to_target: "{{{{answers[0] if answerable else 'unknown'}}}}"
generation_kwargs: {{until: ["\\n"], do_sample: false, max_gen_toks: 64}}
metric_list: [{{metric: exact_match, aggregation: mean, higher_is_better: true}}]
"""
_OFFLINE = {"HF_HUB_OFFLINE": "1", "HF_DATASETS_OFFLINE": "1", "LMEVAL_LOG_LEVEL": "ERROR"}
_NO_HOOK = {"HEINW_NO_BRIDGE": "1"}
STARTS = {
    "python -c pass": "",
    "lm_eval --help": f"import sys; sys.argv.append('--help')\n{_LM_EVAL}",
}
# What the hook adds to lm_eval's index of tasks; lm_eval's own take seconds.
_INDEX = """
import time
from pathlib import Path
from hei_nw_tasks import tasks
from lm_eval.tasks._index import TaskIndex
begun = time.perf_counter()
TaskIndex.build([Path(tasks.__path__[0])])
print(time.perf_counter() - begun)
"""


def lm_eval(*arguments: str, **environment: str) -> Usage:
    """Run the command with the dummy model."""
    return run_python(_LM_EVAL, "--model", "dummy", *arguments, **_OFFLINE, **environment)


def sides(pair: str, scratch: Path, count: int) -> dict[str, Callable[[], Usage]]:
    """Make both commands, over `count` questions of scenario A."""
    folder = write(build("A", config_from("A", {"n": count})), scratch)
    documents, tasks = folder / QUESTIONS, scratch / "tasks"
    tasks.mkdir()
    instruction = json.dumps("Answer the question about past events.\n\n")
    text = _PLAIN.format(documents=json.dumps(str(documents)), description=instruction)
    (tasks / "plain.yaml").write_text(text, "utf-8")
    plain = ("--tasks", "plain", "--include_path", str(tasks))

    def first() -> Usage:
        with tempfile.TemporaryDirectory() as cache:
            return lm_eval(*plain, HF_DATASETS_CACHE=cache, **_NO_HOOK)

    def again() -> Usage:
        return lm_eval(*plain, HF_DATASETS_CACHE=str(scratch / "cache"), **_NO_HOOK)

    def ours(metadata: str) -> Callable[[], Usage]:
        return lambda: lm_eval("--tasks", scenario("A").name, "--metadata", metadata)

    if pair == "first":
        return {"ours": ours(json.dumps({"n": count})), "plain": first}
    again()  # fills the cache
    return {"ours": ours(json.dumps({"dataset": str(folder.parent)})), "plain": again}


def measure(options: argparse.Namespace, tables: Tables) -> None:
    """Fill both tables."""
    for count in options.questions:
        for pair in options.pairs:
            with tempfile.TemporaryDirectory() as scratch:
                ours, plain = used(sides(pair, Path(scratch), count), options.rounds)
            times = ratio([one.seconds for one in ours], [one.seconds for one in plain])
            computing = ratio([one.cpu_seconds for one in ours], [one.cpu_seconds for one in plain])
            row: dict[str, Cell] = {"questions": count, "documents": pair}
            row["plain (s)"] = spread([one.seconds for one in plain]).median
            row |= {"ours ÷ plain": times, "of computing": computing}
            tables.add("Whole command", row | {"goal": goal(times, at_most=1.1)})
    for name in options.start_commands:
        tables.add("Start", start(name, options.starts))
    added = spread([float(run_python(_INDEX, **_OFFLINE).output[0]) for _ in range(options.rounds)])
    row = {"start": "our tasks, indexed", "without (s)": 0, "added (s)": added}
    tables.add("Start", row | {"goal: added (s)": goal(added, at_most=0.3)})


def used(sides: Mapping[str, Callable[[], Usage]], rounds: int) -> list[list[Usage]]:
    """Run the sides, alternating; return the usage of each."""
    found: dict[str, list[Usage]] = {name: [] for name in sides}
    for name in alternate(sides, rounds):
        found[name].append(sides[name]())
    return list(found.values())


def start(name: str, rounds: int) -> dict[str, Cell]:
    """Measure the wall time that the hook adds to a start."""
    sides = {
        "with": lambda: run_python(STARTS[name], **_OFFLINE),
        "without": lambda: run_python(STARTS[name], **_OFFLINE, **_NO_HOOK),
    }
    pairs = list(zip(*used(sides, rounds), strict=True))
    added = spread([hooked.seconds - bare.seconds for hooked, bare in pairs])
    return {
        "start": name,
        "without (s)": spread([bare.seconds for _, bare in pairs]).median,
        "added (s)": added,
        "goal: added (s)": goal(added, at_most=0.3),
    }


def main(argv: Sequence[str] | None = None) -> int:
    """Run the benchmark; return its exit code."""
    made = parser(__doc__)
    made.add_argument("--questions", type=sizes, default=[625, 5_000])
    made.add_argument("--rounds", type=int, default=3)
    made.add_argument("--starts", type=int, default=15, help="rounds of the short starts")
    made.set_defaults(pairs=["first", "again"], start_commands=list(STARTS))
    options = made.parse_args(argv)
    if options.quick:
        options.questions, options.rounds, options.starts = [20], 1, 1
        options.pairs, options.start_commands = ["first"], ["python -c pass"]
    return run(measure, options)


if __name__ == "__main__":
    sys.exit(main())
