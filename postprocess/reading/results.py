"""Finds lm_eval's results files below a folder and reads what the report needs of them.

Files of others are skipped, and runs that cannot be read are left out; both are listed.

What `lm_eval --output_path reports --log_samples` leaves, and `--output_path reports/x.json`:

    reports/Qwen__Qwen2.5-1.5B-Instruct/results_2026-11-23T01-09-58.018627.json
    reports/Qwen__Qwen2.5-1.5B-Instruct/samples_heinw_A_2026-11-23T01-09-58.018627.jsonl
    reports/x_2026-11-23T01-12-03.500911.json
    reports/samples_heinw_A_2026-11-23T01-12-03.500911.jsonl

Other tasks are found in the same way by those who want them (`postprocess.pair`). The reports of
this package are never mistaken for runs: their names do not end in a date.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from generators.console import visible
from generators.scenarios import SCENARIOS
from postprocess.errors import ReportError, UnusableRunError
from postprocess.reading.results_file import ResultsFile
from postprocess.reading.strict_json import MAX_BYTES, StrictJsonError, parse

_TASK_PREFIX = "heinw_"
_RESULTS_NAME = re.compile(
    r".+_(?P<date>\d{4}-\d{2}-\d{2}T\d{2}-\d{2}-\d{2}(?:\.\d{1,6})?)\.json", re.ASCII
)
_SAMPLES_NAME = re.compile(r"samples_(?P<task>.+)_(?P<date>\d{4}-\d{2}-\d{2}T.+)\.jsonl", re.ASCII)
_APPLE_DOUBLE = "._"  # what macOS adds to archives: one beside each file, of the same name
# What a results file has by task.
_BY_TASK = (
    *("results", "configs", "n-samples", "n-shot", "versions", "task_hashes", "higher_is_better"),
)
_OTHER_VERSION = "report with the version that made it, or move the file away"
Wanted = Callable[[str], bool]


@dataclass(frozen=True)
class FoundRun:
    """One task of one results file.

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
    def is_scored(self) -> bool:
        """Whether lm_eval scored the responses; `--predict_only` saves them without."""
        metrics = self.results.configs[self.task].metric_list
        return all(entry.metric != "bypass" for entry in metrics)

    @property
    def run_id(self) -> str:
        """Begins the names of a run's reports: 2026-11-23T01-09-58.018627_A_B0_rag."""
        arm = self.results.config.heinw
        name = "" if arm.short == "none" else f"_{re.sub('[^A-Za-z0-9._-]', '-', arm.short)}"
        return f"{self.date}_{self.scenario}_{arm.mode}{name}"

    @property
    def samples_path(self) -> Path:
        """Where lm_eval puts the samples of this task of this run."""
        return self.path.with_name(f"samples_{self.task}_{self.date}.jsonl")


@dataclass(frozen=True)
class Found:
    """What lies below a folder.

    Attributes:
        wanted: Whether a task of this name is looked for.
        runs: Runs of those tasks, in the order of their paths.
        left_out: Why other runs cannot be read.
        foreign: Files that are named like results files, and that lm_eval did not write.
    """

    wanted: Wanted
    runs: list[FoundRun] = field(default_factory=list)
    left_out: list[UnusableRunError] = field(default_factory=list)
    foreign: list[Path] = field(default_factory=list)


def is_ours(task: str) -> bool:
    """Whether a task is one of this version's scenarios."""
    return task.startswith(_TASK_PREFIX) and task.removeprefix(_TASK_PREFIX) in SCENARIOS


def find_runs(root: Path, wanted: Wanted = is_ours) -> Found:
    """All runs of some tasks below a folder.

    Args:
        root: The folder.
        wanted: Whether a task of this name is looked for.

    Raises:
        ReportError: It is no folder, or cannot be read.
    """
    if not root.is_dir():
        raise ReportError(root, "no such folder", "name the --output_path of an lm_eval run")
    found, samples = Found(wanted), list[Path]()
    for path in _files(root, found.left_out):
        if (match := _RESULTS_NAME.fullmatch(path.name)) is None:
            samples += [path] if _of_samples(path, wanted) else []
        elif path.name.startswith(_APPLE_DOUBLE):
            found.foreign.append(path)
        else:
            read_results(path, match["date"], found)
    found.left_out.extend(_without_results(samples, found))
    return found


def _without_results(samples: Iterable[Path], found: Found) -> list[UnusableRunError]:
    """Why samples are left out that no results file is about."""
    known = {run.samples_path for run in found.runs}
    unread = {
        (error.path.parent, match["date"])
        for error in found.left_out
        if (match := _RESULTS_NAME.fullmatch(error.path.name))
    }
    what, advice = "its results file is missing", "restore that file, or move this one away"
    return [
        UnusableRunError(path, what, advice)
        for path in samples
        if path not in known and (path.parent, _of_samples(path, found.wanted)) not in unread
    ]


def date_of(path: Path) -> str | None:
    """The date in the name of a results or samples file; None if it is not named like one."""
    match = _RESULTS_NAME.fullmatch(path.name) or _SAMPLES_NAME.fullmatch(path.name)
    return match["date"] if match else None


def _of_samples(path: Path, wanted: Wanted) -> str | None:
    """The date in the name of a samples file of such a task; None for any other file."""
    match = _SAMPLES_NAME.fullmatch(path.name)
    return match["date"] if match and wanted(match["task"]) else None


def _files(root: Path, left_out: list[UnusableRunError]) -> Iterator[Path]:
    """All files below a folder, in order; folders that cannot be read are left out.

    So are hidden ones: what the harness has not finished, or somebody put away.
    """

    def unreadable(error: OSError) -> None:
        folder, what, advice = Path(error.filename), f"{error.strerror}", "make the folder readable"
        if folder == root:
            raise ReportError(folder, what, advice)
        left_out.append(UnusableRunError(folder, what, advice))

    for folder, subfolders, names in os.walk(root, onerror=unreadable):
        subfolders[:] = sorted(name for name in subfolders if not name.startswith("."))
        yield from (Path(folder, name) for name in sorted(names))


def read_results(path: Path, date: str, found: Found) -> None:
    """Adds the runs of a results file of some date to what is found."""
    advice = "restore the file, or move it out of the folder"
    try:
        # Neither a pipe that nobody writes to nor a device without end is waited for.
        if not path.is_file():
            raise UnusableRunError(path, "not a file", advice)
        if path.stat().st_size > MAX_BYTES:
            raise UnusableRunError(path, f"over {MAX_BYTES:,} bytes", advice)
        raw = path.read_bytes()
        parsed = parse(raw, nan_as_none=True)
        results = _results(parsed, found.wanted)
    except (OSError, StrictJsonError, ValidationError, UnusableRunError) as error:
        if _is_lm_evals(path, date, found.wanted):
            found.left_out.append(_unusable(path, error, advice))
        else:
            found.foreign.append(path)
        return
    if found.wanted is is_ours:
        found.left_out.extend(
            UnusableRunError(path, f"{visible(task)} is no task of this version", _OTHER_VERSION)
            for task in _unknown(parsed)
        )
    if results is None:  # of other tasks
        return
    sha256 = hashlib.sha256(raw).hexdigest()
    parts: dict[str, Collection[str]] = {
        "configs": results.configs,
        "results": results.results,
        "n-samples": results.n_samples,
    }
    for task in sorted(set[str]().union(*parts.values()) - results.groups.keys()):
        if missing := [name for name, part in parts.items() if task not in part]:
            what = f"{task} is missing from {missing[0]}"
            found.left_out.append(UnusableRunError(path, what, advice))
        else:
            found.runs.append(FoundRun(path, sha256, date, task, results))


def _results(parsed: Any, wanted: Wanted) -> ResultsFile | None:
    """The file as far as it is about tasks that are wanted; None if it is about others."""
    if not isinstance(parsed, dict):
        return ResultsFile.model_validate(parsed)
    ours = {
        key: {task: found for task, found in part.items() if wanted(task)}
        if key in _BY_TASK and isinstance(part, dict)
        else part
        for key, part in parsed.items()
    }
    if parsed.get("results") and not any(ours.get(key) for key in _BY_TASK):
        return None
    return ResultsFile.model_validate(ours)


def _unknown(parsed: Any) -> list[str]:
    """Tasks that are named like ours, of a scenario that this version has not."""
    named = parsed["results"] if isinstance(parsed.get("results"), dict) else {}
    return sorted(name for name in named if name.startswith(_TASK_PREFIX) and not is_ours(name))


def _is_lm_evals(path: Path, date: str, wanted: Wanted) -> bool:
    """Whether lm_eval wrote a file, for all that its name and its neighbours say."""
    beside = path.parent.glob(f"samples_*_{date}.jsonl")
    return path.name.startswith("results_") or any(_of_samples(one, wanted) for one in beside)


def _unusable(
    path: Path,
    error: OSError | StrictJsonError | ValidationError | UnusableRunError,
    advice: str,
) -> UnusableRunError:
    match error:
        case UnusableRunError():
            return error
        case OSError():
            return UnusableRunError(path, f"{error.strerror}", advice)
        case StrictJsonError():
            return UnusableRunError(path, f"{error}", advice, error.line)
        case ValidationError():
            what = f"not a results file of lm_eval ({first_problem(error)})"
            return UnusableRunError(path, what, advice)


def first_problem(error: ValidationError) -> str:
    """The first thing that a validation found, as "field: message"."""
    problem = error.errors(include_url=False, include_input=False)[0]
    return f"{'.'.join(map(str, problem['loc'])) or 'value'}: {problem['msg']}"
