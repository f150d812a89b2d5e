"""Finds lm_eval's results files below a folder and reads what the report needs of them.

What `lm_eval --output_path reports --log_samples` leaves, and `--output_path reports/x.json`:

    reports/Qwen__Qwen2.5-1.5B-Instruct/results_2026-11-23T01-09-58.018627.json
    reports/Qwen__Qwen2.5-1.5B-Instruct/samples_heinw_A_2026-11-23T01-09-58.018627.jsonl
    reports/x_2026-11-23T01-12-03.500911.json
    reports/samples_heinw_A_2026-11-23T01-12-03.500911.jsonl

The reports of this package are never mistaken for runs: their names do not end in a date.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from generators.scenarios import SCENARIOS
from postprocess.errors import ReportError
from postprocess.reading.results_file import ResultsFile
from postprocess.reading.strict_json import StrictJsonError, parse

_TASK_PREFIX = "heinw_"
_RESULTS_NAME = re.compile(
    r".+_(?P<date>\d{4}-\d{2}-\d{2}T\d{2}-\d{2}-\d{2}(?:\.\d{1,6})?)\.json", re.ASCII
)
_SAMPLES_NAME = re.compile(r"samples_(?P<task>\w+)_\d{4}-\d{2}-\d{2}T.+\.jsonl", re.ASCII)


@dataclass(frozen=True)
class FoundRun:
    """One heinw task of one results file.

    Attributes:
        path: The results file.
        sha256: Of the results file's bytes.
        date: When lm_eval saved the run, as in the file's name; sorts in time order.
        task: Name of the task, "heinw_A".
        results: What the file says.
    """

    path: Path
    sha256: str
    date: str
    task: str
    results: ResultsFile

    @property
    def scenario(self) -> str:
        """Letter of the scenario."""
        return self.task.removeprefix(_TASK_PREFIX)

    @property
    def task_version(self) -> str | None:
        """Version of the task; None if the file does not say."""
        version = self.results.versions.get(self.task)
        return None if version is None else str(version)

    @property
    def run_id(self) -> str:
        """Begins the names of a run's reports: 2026-11-23T01-09-58.018627_A_B0_rag."""
        arm = self.results.config.heinw
        baseline = "" if arm.baseline == "none" else f"_{arm.baseline}"
        return f"{self.date}_{self.scenario}_{arm.mode}{baseline}"

    @property
    def samples_path(self) -> Path:
        """Where lm_eval puts the samples of this task of this run."""
        return self.path.with_name(f"samples_{self.task}_{self.date}.jsonl")


def find_runs(root: Path) -> list[FoundRun]:
    """All runs of heinw tasks below a folder, in the order of their paths.

    Raises:
        ReportError: The folder or a results file cannot be read, or is damaged.
    """
    if not root.is_dir():
        raise ReportError(root, "no such folder", "name the --output_path of an lm_eval run")
    return [run for path, date in _results_files(root) for run in _read(path, date)]


def samples_without_results(root: Path, found: Iterable[FoundRun]) -> list[Path]:
    """Samples of heinw tasks below a folder that no results file is about, in order."""
    known = {run.samples_path for run in found}
    paths = (Path(folder, name) for folder, _, names in os.walk(root) for name in names)
    return sorted(path for path in paths if _is_samples(path.name) and path not in known)


def is_ours(task: str) -> bool:
    """Whether a task is one of this version's scenarios."""
    return task.startswith(_TASK_PREFIX) and task.removeprefix(_TASK_PREFIX) in SCENARIOS


def _is_samples(name: str) -> bool:
    match = _SAMPLES_NAME.fullmatch(name)
    return match is not None and is_ours(match["task"])


def _results_files(root: Path) -> Iterator[tuple[Path, str]]:
    def unreadable(error: OSError) -> None:
        raise ReportError(Path(error.filename), f"{error.strerror}", "make the folder readable")

    for folder, subfolders, names in os.walk(root, onerror=unreadable):
        subfolders.sort()
        for name in sorted(names):
            if match := _RESULTS_NAME.fullmatch(name):
                yield Path(folder, name), match["date"]


def _read(path: Path, date: str) -> Iterator[FoundRun]:
    advice = "restore the file, or move it out of the folder"
    try:
        # Neither a pipe that nobody writes to nor a device without end is waited for.
        if not path.is_file():
            raise ReportError(path, "not a file", advice)
        raw = path.read_bytes()
        parsed = parse(raw, nan_as_none=True)
        results = ResultsFile.model_validate(parsed)
    except OSError as error:
        raise ReportError(path, f"{error.strerror}", advice) from error
    except StrictJsonError as error:
        raise ReportError(path, f"{error}", advice, error.line) from error
    except ValidationError as error:
        what = f"not a results file of lm_eval ({first_problem(error)})"
        raise ReportError(path, what, advice) from error
    parts: dict[str, Collection[str]] = {
        "configs": results.configs,
        "results": results.results,
        "n-samples": results.n_samples,
    }
    tasks = set[str]().union(*parts.values())
    for task in sorted(filter(is_ours, tasks)):
        if missing := [name for name, part in parts.items() if task not in part]:
            raise ReportError(path, f"{task} is missing from {missing[0]}", advice)
        yield FoundRun(path, hashlib.sha256(raw).hexdigest(), date, task, results)


def first_problem(error: ValidationError) -> str:
    """The first thing that a validation found, as "field: message"."""
    problem = error.errors(include_url=False, include_input=False)[0]
    return f"{'.'.join(map(str, problem['loc'])) or 'value'}: {problem['msg']}"
