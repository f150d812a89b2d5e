"""Writes the task YAMLs from the registries: `python -m hei_nw_tasks.tasks`.

Each scenario of `SCENARIOS` has a task, each entry of `METRICS` and `MEASUREMENTS` is a metric of
it, and each default lag bin, store size and length is a row of its table.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise
from pathlib import Path

from generators.scenario_e.phrasing import INSTRUCTION
from generators.scenarios import SCENARIOS
from generators.world.lags import DEFAULT_LAG_BINS
from hei_nw_tasks.metrics import METRICS, Metric
from hei_nw_tasks.response import MEASUREMENTS, Measurement

_NOTE = "# Written by `python -m hei_nw_tasks.tasks`: change the registries, not this file.\n"
# Instructions of scenarios that need one of their own.
INSTRUCTIONS = {
    "B": "Answer the question about a world that is like ours, except where its record was "
    "corrected; unconfirmed rumours change nothing. Give the value that is asked for and nothing "
    "else. If the answer cannot be known, answer: unknown\n\n",
}
_SHARED = r"""# What all scenarios have in common; the leaves name their scenario and little else.
# Functions are named in full: a shorter name would load a second copy of the module.
class: !function hei_nw_tasks.task_class.HeinwTask
custom_dataset: !function hei_nw_tasks.task.load_dataset
test_split: test
output_type: generate_until
description: {instruction}
doc_to_text: "Question: {{{{query}}}}\nAnswer:"
doc_to_target: !function hei_nw_tasks.task.target
process_results: !function hei_nw_tasks.task.process_results
fewshot_config:
  sampler: first_n
  doc_to_text: !function hei_nw_tasks.task_class.demonstration_text
  doc_to_target: !function hei_nw_tasks.task_class.demonstration_answer
generation_kwargs:
  # Of plain prompts; not a line end, which some answers begin with. Chats have no stop.
  until: ["Question:"]
  do_sample: false
  max_gen_toks: 64
# A document that does not have a metric has no part in its mean.
metric_list:
{metrics}
{filters}
metadata:
  version: 2.0
  # Filled in by load_dataset: what the run was made from, so that its results say so.
  manifest: {{}}
"""
_GROUP = """group: heinw
task:
{tasks}
aggregate_metric_list:
  - metric: exact_match
    aggregation: mean
    weight_by_size: false
    filter_list: [all]
metadata:
  version: 2.0
"""


def rendered() -> dict[str, str]:
    """The YAML files, by name."""
    leaves = {f"heinw_{letter}.yaml": _leaf(letter) for letter in SCENARIOS}
    return {name: _NOTE + text for name, text in [*_common(), *leaves.items()]}


def _common() -> Iterator[tuple[str, str]]:
    tasks = "\n".join(f"  - heinw_{letter}" for letter in SCENARIOS)
    yield "heinw.yaml", _GROUP.format(tasks=tasks)
    metrics = "\n".join(
        [_metric(metric) for metric in METRICS.values()]
        + [_metric(measurement) for measurement in MEASUREMENTS.values()]
    )
    filters = _filter_list(_lag_filters())
    shared = _SHARED.format(
        instruction=_quoted(INSTRUCTION),
        metrics=metrics,
        filters=filters,
    )
    yield "_shared.yaml", shared


def _metric(metric: Metric | Measurement) -> str:
    better = str(metric.higher_is_better).lower()
    return f"  - {{metric: {metric.name}, aggregation: mean, higher_is_better: {better}}}"


def _leaf(letter: str) -> str:
    lines = ["include: _shared.yaml", f"task: heinw_{letter}", "dataset_kwargs:"]
    lines.append(f"  letter: {letter}")
    if letter in INSTRUCTIONS:
        lines.append(f"description: {_quoted(INSTRUCTIONS[letter])}")
    settings = SCENARIOS[letter].config.model_fields
    if "store_sizes" in settings:
        lines += [
            "# One row for each default store, besides those for the lags, which grow with it.",
            _filter_list(
                [*_equal("store", "store_size", settings["store_sizes"].default), *_lag_filters()]
            ),
        ]
    if "lengths" in settings:
        lines += [
            "# One row for each default length. Lags follow from length and depth.",
            _filter_list(_equal("length", "target_tokens", settings["lengths"].default)),
        ]
    return "\n".join(lines) + "\n"


def _filter_list(filters: Iterable[str]) -> str:
    every = "  - {name: all, filter: [{function: take_first}]}"
    return "\n".join(["filter_list:", every, *filters])


def _lag_filters() -> list[str]:
    return [_between(f"lag_{a}-{b}", "lag", a, b) for a, b in pairwise(DEFAULT_LAG_BINS)]


def _equal(prefix: str, column: str, values: Iterable[int]) -> list[str]:
    return [_between(f"{prefix}_{value}", column, value, value + 1) for value in values]


def _between(name: str, column: str, low: int, high: int) -> str:
    between = f"{{function: heinw_between, field: {column}, low: {low}, high: {high}}}"
    return f"  - {{name: {name}, filter: [{between}]}}"


def _quoted(text: str) -> str:
    """A text as a double-quoted scalar of YAML."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def write(folder: Path) -> None:
    """Write the files into a folder, and remove those of scenarios that are gone."""
    files = rendered()
    for path in folder.glob("*.yaml"):
        if path.name not in files:
            path.unlink()
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write(Path(__file__).parent)
