"""Which runs an argument of the command names.

A folder stands for the newest run of each task below it, a results file for its tasks, a samples
file for its task. Runs of another model or with other settings in one folder are ambiguous.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from postprocess.errors import ReportError
from postprocess.reading.results import Found, FoundRun, date_of, find_runs, read_results
from postprocess.reading.runs import by_configuration, configuration

_NAMES = "name a folder, a results_DATE.json or a samples_TASK_DATE.jsonl that lm_eval wrote"


@dataclass(frozen=True)
class Side:
    """One of the sides that are compared.

    Attributes:
        label: What the report calls it.
        path: What the command named.
        model: The model, as lm_eval calls it.
        runs: A run of each task by the task's name.
        superseded: Results files of older runs of the same settings.
    """

    label: str
    path: Path
    model: str
    runs: Mapping[str, FoundRun]
    superseded: Sequence[Path] = field(default_factory=list)

    @property
    def groups(self) -> dict[str, list[str]]:
        """Groups of tasks, with what each consists of."""
        return {
            name: parts for run in self.runs.values() for name, parts in run.results.groups.items()
        }


def sides_of(paths: Sequence[Path]) -> list[Side]:
    """The sides that a command names, each with a label of its own.

    Raises:
        ReportError: One holds no run, or runs of several models or settings; or two are the same.
    """
    sides = [_side(path) for path in paths]
    for place, side in enumerate(sides):
        for other in sides[:place]:
            if _files(side) & _files(other):
                raise ReportError(side.path, f"is the same run as {other.path}", "name another one")
    models = [side.model for side in sides]
    return [
        replace(side, label=side.model if models.count(side.model) == 1 else str(side.path))
        for side in sides
    ]


def _side(path: Path) -> Side:
    found = _found(path)
    if not found.runs:
        if found.left_out:
            raise found.left_out[0]
        advice = "make one with lm_eval --output_path DIR --log_samples"
        raise ReportError(path, "no run of lm_eval", advice)
    saved = [run for run in found.runs if run.samples_path.exists()]
    if not saved:
        what = f"no samples of {_listed(run.task for run in found.runs)}"
        raise ReportError(path, what, "run again with --log_samples")
    models = {_model(run): run for run in saved}
    if len(models) > 1:
        what = f"runs of {len(models)} models, {_listed(models)}"
        example = next(iter(models.values())).path
        raise ReportError(path, what, f"name the results file of one, such as {example}")
    newest, superseded = dict[str, FoundRun](), list[Path]()
    for runs in by_configuration(saved):
        task = runs[0].task
        if task in newest:
            differ = _differing(newest[task], runs[0])
            what = f"two runs of {task} that differ in {differ}"
            raise ReportError(path, what, f"name the results file of one, such as {runs[0].path}")
        newest[task] = runs[0]
        superseded += [run.path for run in runs[1:]]
    results = saved[0].results
    model = results.model_name or results.config.model
    return Side(model, path, model, dict(sorted(newest.items())), sorted(set(superseded)))


def _found(path: Path) -> Found:
    """The runs of a folder, of a results file or of a samples file."""
    if path.is_dir():
        return find_runs(path, lambda task: True)
    if not path.exists():
        raise ReportError(path, "no such file or folder", _NAMES)
    date = date_of(path)
    if date is None:
        raise ReportError(path, "not named as lm_eval names its files", _NAMES)
    found = Found(lambda task: True)
    if path.suffix == ".json":
        read_results(path, date, found)
    else:
        for results in sorted(path.parent.glob(f"*_{date}.json")):
            read_results(results, date, found)
        found.runs[:] = [run for run in found.runs if run.samples_path.name == path.name]
        if not found.runs and not found.left_out:
            what, advice = "its results file is missing", "restore that file beside it"
            raise ReportError(path, what, advice)
    if found.foreign:
        raise ReportError(found.foreign[0], "not a results file of lm_eval", _NAMES)
    return found


def _files(side: Side) -> set[Path]:
    return {run.samples_path.resolve() for run in side.runs.values()}


def _model(run: FoundRun) -> str:
    config = run.results.config
    name = run.results.model_name or config.model
    return name if config.model_args is None else f"{name} ({config.model}, {config.model_args})"


def _differing(one: FoundRun, other: FoundRun) -> str:
    first, second = json.loads(configuration(one)), json.loads(configuration(other))
    return " and ".join(
        f"{name} ({json.dumps(first[name])}, {json.dumps(second[name])})"
        for name in first
        if first[name] != second[name]
    )


def _listed(names: Iterable[str]) -> str:
    found = sorted(set(names))
    return ", ".join(found[:5]) + (f" and {len(found) - 5} more" if len(found) > 5 else "")
