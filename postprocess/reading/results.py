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
import math
import os
import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from generators.scenarios import SCENARIOS
from hei_nw_tasks.compute.flops import FlopRates
from postprocess.errors import ReportError
from postprocess.reading.strict_json import StrictJsonError, parse

_TASK_PREFIX = "heinw_"
_RESULTS_NAME = re.compile(
    r".+_(?P<date>\d{4}-\d{2}-\d{2}T\d{2}-\d{2}-\d{2}(?:\.\d{1,6})?)\.json", re.ASCII
)
_SAMPLES_NAME = re.compile(r"samples_(?P<task>\w+)_\d{4}-\d{2}-\d{2}T.+\.jsonl", re.ASCII)


def increasing(edges: list[float]) -> list[float]:
    """The edges of bins, if they increase.

    >>> increasing([0, 1, 3])
    [0, 1, 3]

    Raises:
        ValueError: They make no bin, or are not finite and increasing.
    """
    finite = all(map(math.isfinite, edges))
    if len(edges) < 2 or not finite or not all(low < high for low, high in pairwise(edges)):
        raise ValueError(f"{edges} are not the increasing edges of at least one bin")
    return edges


class _Tolerant(BaseModel):
    """Part of a results file; keys that other versions of lm_eval add are ignored."""

    # "inf" and "nan" are read as numbers otherwise, which then are in no JSON.
    model_config = ConfigDict(
        extra="ignore", frozen=True, protected_namespaces=(), allow_inf_nan=False
    )


# Of a recorded arm, what the run as a whole did.
_WORK = {"shared_prefix", "prefix_tokens_computed", "prompt_tokens", "flop_rates"}


class RecordedArm(_Tolerant):
    """What the `heinw` model records of itself in `config`: the memory that answered, and its work.

    Settings of memories that this version does not know are kept as extra fields.
    """

    model_config = ConfigDict(extra="allow", frozen=True, allow_inf_nan=False)

    mode: str = Field(default="B0", pattern=r"^[A-Za-z0-9-]+$")
    baseline: str = Field(default="none", pattern=r"^[A-Za-z0-9-]+$")
    inner: str | None = None
    retriever: str | None = Field(default=None, pattern=r"^[A-Za-z0-9_.:-]+$")
    embedder: str | None = None
    query_prefix: str | None = None
    passage_prefix: str | None = None
    k: int | None = None
    memory_tokens: int | None = None
    # What the run as a whole did.
    shared_prefix: bool | None = None
    prefix_tokens_computed: int | None = None
    prompt_tokens: int | None = None
    flop_rates: FlopRates | None = None

    def identity(self) -> dict[str, Any]:
        """What distinguishes this arm from others of the same model."""
        return self.model_dump(exclude=_WORK)

    @property
    def name(self) -> str:
        """The arm with its distinguishing settings: "rag (bm25, k=5)"."""
        details = [
            *([self.retriever] if self.retriever else []),
            *([f"k={self.k}"] if self.k else []),
            *([f"{self.memory_tokens} tokens"] if self.memory_tokens else []),
            *(
                f"{name}={value}"
                for name, value in (self.model_extra or {}).items()
                if isinstance(value, str | int | float)
            ),
        ]
        return f"{self.baseline} ({', '.join(details)})" if details else self.baseline


class ExecutionConfig(_Tolerant):
    """`config` of a results file: how lm_eval was called, and what the model says of itself."""

    model: str
    model_args: str | dict[str, Any] | None = None
    model_num_parameters: int | None = None
    model_dtype: str | None = None
    model_revision: str | None = None
    model_sha: str | None = None
    batch_size: int | str | None = None
    device: str | None = None
    limit: float | None = None
    gen_kwargs: str | dict[str, Any] | None = None
    random_seed: int | None = None
    numpy_seed: int | None = None
    torch_seed: int | None = None
    fewshot_seed: int | None = None
    heinw: RecordedArm = RecordedArm()


class DatasetConfig(_Tolerant):
    """How the questions were made, as the dataset's manifest records it."""

    model_config = ConfigDict(extra="allow", frozen=True)

    n: int | None = None
    seed: int | None = None
    confounders_ratio: float | None = None
    hard_negative: bool | None = None
    lag_bins: Annotated[list[int | float], AfterValidator(increasing)] | None = None


class Manifest(_Tolerant):
    """Identity of the questions a run was asked."""

    model_config = ConfigDict(extra="allow", frozen=True)

    scenario: str | None = None
    generator_version: str | None = None
    config: DatasetConfig = DatasetConfig()
    rows: int | None = None
    rows_sha256: str | None = None
    events_sha256: str | None = None
    source: str | None = None


class _Metadata(_Tolerant):
    manifest: Manifest | None = None


class _FilterEntry(_Tolerant):
    name: str


class TaskConfig(_Tolerant):
    """`configs[task]` of a results file."""

    filter_list: list[_FilterEntry] = []
    metadata: _Metadata = _Metadata()
    generation_kwargs: dict[str, Any] = {}

    @property
    def longest_answer(self) -> int | None:
        """Tokens that an answer may have; None if the file does not say."""
        limit = self.generation_kwargs.get("max_gen_toks")
        return limit if isinstance(limit, int) else None


class SampleCount(_Tolerant):
    """Documents of a task: all there are, and the most that any metric was computed on."""

    original: int
    effective: int


class ResultsFile(_Tolerant):
    """One results file of lm_eval, as far as the report reads it."""

    results: dict[str, dict[str, Any]]
    configs: dict[str, TaskConfig]
    n_samples: dict[str, SampleCount] = Field(alias="n-samples")
    n_shot: dict[str, int] = Field(default={}, alias="n-shot")
    versions: dict[str, Any] = {}
    config: ExecutionConfig
    git_hash: str | None = None
    pretty_env_info: str | None = None
    lm_eval_version: str | None = None
    transformers_version: str | None = None
    task_hashes: dict[str, str] = {}
    model_name: str | None = None
    system_instruction_sha: str | None = None
    chat_template_sha: str | None = None
    total_evaluation_time_seconds: str | None = None

    def mean(self, task: str, metric: str, filter_name: str) -> float | None:
        """lm_eval's own mean of a metric; None where it has none or it is not a number."""
        value = self.results[task].get(f"{metric},{filter_name}")
        return float(value) if isinstance(value, int | float) else None


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
