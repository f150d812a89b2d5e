"""Writes the task YAMLs from the registries: `python -m hei_nw_tasks.tasks`.

Each scenario of `SCENARIOS` has a task, each entry of `METRICS` and `MEASUREMENTS` is a metric of
it, and each default lag bin, store size and length is a row of its table.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from generators.prompts import INSTRUCTION
from generators.scenario import Axis, Scenario
from generators.scenarios import SCENARIOS
from generators.world.lags import LAG
from hei_nw_tasks.metrics import METRICS, PRIMARY, VERSION, Metric
from hei_nw_tasks.response import MEASUREMENTS, Measurement

_NOTE = "# Written by `python -m hei_nw_tasks.tasks`: change the registries, not this file.\n"
_SHARED = r"""# What all scenarios have in common; the leaves name their scenario and little else.
# Functions are named in full: a shorter name would load a second copy of the module.
class: !function hei_nw_tasks.task_class.HeinwTask
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
  version: {version}
  # Filled in by load_dataset: what the run was made from, so that its results say so.
  manifest: {{}}
"""
_GROUP = """group: heinw
task:
{tasks}
aggregate_metric_list:
  - metric: {primary}
    aggregation: mean
    weight_by_size: false
    filter_list: [all]
metadata:
  version: {version}
"""


def rendered() -> dict[str, str]:
    """The YAML files, by name."""
    leaves = {f"{scenario.name}.yaml": _leaf(scenario) for scenario in SCENARIOS.values()}
    return {name: _NOTE + text for name, text in [*_common(), *leaves.items()]}


def _common() -> Iterator[tuple[str, str]]:
    tasks = "\n".join(f"  - {scenario.name}" for scenario in SCENARIOS.values())
    yield "heinw.yaml", _GROUP.format(tasks=tasks, primary=PRIMARY, version=VERSION)
    entries: list[Metric | Measurement] = [*METRICS.values(), *MEASUREMENTS.values()]
    metrics = "\n".join(map(_metric, entries))
    instruction, filters = _quoted(INSTRUCTION), _filter_list([LAG])
    yield (
        "_shared.yaml",
        _SHARED.format(instruction=instruction, version=VERSION, metrics=metrics, filters=filters),
    )


def _metric(metric: Metric | Measurement) -> str:
    better = str(metric.higher_is_better).lower()
    return f"  - {{metric: {metric.name}, aggregation: mean, higher_is_better: {better}}}"


def _leaf(scenario: Scenario[Any]) -> str:
    lines = ["include: _shared.yaml", f"task: {scenario.name}", "dataset_kwargs:"]
    lines.append(f"  letter: {scenario.letter}")
    if scenario.instruction != INSTRUCTION:
        lines.append(f"description: {_quoted(scenario.instruction)}")
    if scenario.axes != (LAG,):
        lines.append(_filter_list(scenario.axes))
    return "\n".join(lines) + "\n"


def _filter_list(axes: Iterable[Axis]) -> str:
    """A row of all questions, and one for each slice of the axes."""
    lines = ["filter_list:", "  - {name: all, filter: [{function: take_first}]}"]
    for axis in axes:
        for name, (low, high) in axis.slices.items():
            end = "" if high is None else f", high: {high}"
            between = f"{{function: heinw_between, field: {axis.column}, low: {low}{end}}}"
            lines.append(f"  - {{name: {name}, filter: [{between}]}}")
    return "\n".join(lines)


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
