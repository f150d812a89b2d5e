"""What a results file of lm_eval says, as far as the report reads it.

`config` says how lm_eval was called; its key `heinw` is what the `heinw` model says of its memory:

    {"mode": "B0", "baseline": "rag", "inner": "hf", "retriever": "bm25", "k": 5, …}
"""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from hei_nw_tasks.compute.flops import FlopRates


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


def _moment(value: Any) -> float | None:
    """Seconds since 1970; None for what is no moment, as nothing of the report depends on it."""
    is_moment = isinstance(value, int | float) and 0 <= value < 2**36
    return float(value) if is_moment else None


class _Tolerant(BaseModel):
    """Part of a results file; keys that other versions of lm_eval add are ignored."""

    # "inf" and "nan" are read as numbers otherwise, which then are in no JSON.
    model_config = ConfigDict(
        extra="ignore", frozen=True, protected_namespaces=(), allow_inf_nan=False
    )


# Of a recorded arm, what the run as a whole did.
_WORK = {
    *("shared_prefix", "prefix_tokens_computed", "prompt_tokens", "flop_rates", "slept_weights")
}


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
    # Of mode B1.
    memory: str | None = Field(default=None, pattern=r"^[A-Za-z0-9_.:-]+$")
    memory_args: dict[str, Any] | None = None
    memory_version: str | None = None
    memory_seed: int | None = None
    scopes: int | None = None
    reopen: str | None = None
    # Of modes B2 and B3, besides.
    cycle: int | None = None
    sleep_tokens: int | None = None
    sleep_flops: float | None = None
    drift: str | None = None
    # What the run as a whole did.
    shared_prefix: bool | None = None
    prefix_tokens_computed: int | None = None
    prompt_tokens: int | None = None
    flop_rates: FlopRates | None = None
    # How many worlds' weights answered the documents of other tasks in turns (modes B2 and B3).
    slept_weights: int | None = Field(default=None, ge=1)

    def identity(self) -> dict[str, Any]:
        """What distinguishes this arm from others of the same model."""
        return self.model_dump(exclude=_WORK)

    @property
    def short(self) -> str:
        """The baseline, or the memory of mode B1."""
        return self.memory or self.baseline

    @property
    def name(self) -> str:
        """The arm with its distinguishing settings: "rag (bm25, k=5)"."""
        details = [
            *([self.mode] if self.memory == "none" or self.cycle else []),
            *([f"cycle {self.cycle}"] if self.cycle else []),
            *([f"drift of {self.drift}"] if self.drift else []),
            *([self.retriever] if self.retriever else []),
            *([f"k={self.k}"] if self.k else []),
            *([f"{self.memory_tokens} tokens"] if self.memory_tokens else []),
            *(f"{name}={value}" for name, value in (self.memory_args or {}).items()),
            *([f"{self.scopes} scopes"] if (self.scopes or 1) > 1 else []),
            *(["reopened"] if self.reopen == "always" else []),
            *([f"seed={self.memory_seed}"] if self.memory_seed else []),
            *([f"{self.sleep_tokens} tokens asleep"] if self.sleep_tokens else []),
            *([f"{self.sleep_flops:g} FLOPs asleep"] if self.sleep_flops else []),
            *(
                f"{name}={value}"
                for name, value in (self.model_extra or {}).items()
                if isinstance(value, str | int | float)
            ),
        ]
        return f"{self.short} ({', '.join(details)})" if details else self.short


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
    style: str | None = None
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
    doubt: str | None = None


class _Metadata(_Tolerant):
    manifest: Manifest | None = None


class _FilterEntry(_Tolerant):
    name: str


class _MetricEntry(_Tolerant):
    metric: Any = None
    aggregation: Any = None


class TaskConfig(_Tolerant):
    """`configs[task]` of a results file."""

    metric_list: list[_MetricEntry] = []
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
    higher_is_better: dict[str, dict[str, bool | None]] = {}
    group_subtasks: dict[str, list[str]] = {}
    config: ExecutionConfig
    date: Annotated[float | None, BeforeValidator(_moment)] = None
    git_hash: str | None = None
    pretty_env_info: str | None = None
    lm_eval_version: str | None = None
    transformers_version: str | None = None
    task_hashes: dict[str, str] = {}
    model_name: str | None = None
    system_instruction_sha: str | None = None
    chat_template_sha: str | None = None
    total_evaluation_time_seconds: str | None = None

    @property
    def groups(self) -> dict[str, list[str]]:
        """What each group of tasks consists of: tasks, and groups in turn."""
        return {name: parts for name, parts in self.group_subtasks.items() if parts}

    def mean(self, task: str, metric: str, filter_name: str) -> float | None:
        """lm_eval's own mean of a metric; None where it has none or it is not a number."""
        value = self.results[task].get(f"{metric},{filter_name}")
        return float(value) if isinstance(value, int | float) else None
