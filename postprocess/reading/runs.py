"""From files to runs: which ones to report on, each with its scored answers."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from hei_nw_tasks.metrics import VERSION
from postprocess.errors import ReportError
from postprocess.reading.results import FoundRun
from postprocess.reading.results_file import Manifest, RecordedArm
from postprocess.reading.samples import Samples, read_samples
from postprocess.schema.answer import Answer


@dataclass(frozen=True)
class Run:
    """A run that can be reported on.

    Attributes:
        found: What its results file says.
        samples: What its samples file holds.
        rows_sha256: Hash of the questions; None where not all of the dataset was asked.
        superseded: Results files of older runs of the same configuration.
    """

    found: FoundRun
    samples: Samples
    rows_sha256: str | None
    superseded: list[Path]

    @property
    def answers(self) -> list[Answer]:
        """Its answers, in the order of the dataset."""
        return self.samples.answers

    @property
    def arm(self) -> RecordedArm:
        """The memory that answered."""
        return self.found.results.config.heinw

    @property
    def manifest(self) -> Manifest:
        """The identity of the questions as the run recorded it; empty where it did not."""
        return self.found.results.configs[self.found.task].metadata.manifest or Manifest()


def of_this_version(found: FoundRun) -> bool:
    """Whether a run was scored by the rules of this version of the tasks, if it says by which."""
    return found.task_version in (None, VERSION)


def newest_of_each(found: Iterable[FoundRun]) -> list[tuple[FoundRun, list[Path]]]:
    """The newest run of every configuration, with the results files of the older ones."""
    groups: dict[str, list[FoundRun]] = {}
    for run in sorted(found, key=lambda run: (run.date, run.path)):
        groups.setdefault(_configuration(run), []).append(run)
    return [(runs[-1], [run.path for run in runs[:-1]]) for runs in groups.values()]


def load_run(found: FoundRun, superseded: list[Path]) -> Run:
    """Reads the samples of a run, and checks that they are the manifest's questions.

    Raises:
        ReportError: The samples cannot be read or trusted.
    """
    samples = read_samples(found)
    run = Run(found, samples, _rows_sha256(found, samples), superseded)
    recorded, rows = run.manifest.rows_sha256, run.manifest.rows
    if rows is not None and rows != found.results.n_samples[found.task].original:
        what = f"n-samples and the manifest disagree on the {rows} rows of the dataset"
        raise ReportError(found.path, what, "restore the file, or run again")
    if run.rows_sha256 and recorded and run.rows_sha256 != recorded:
        what = f"the questions are not those of the manifest (rows_sha256 {recorded[:12]}…)"
        raise ReportError(samples.path, what, "run again with the dataset as it was generated")
    return run


def _rows_sha256(found: FoundRun, samples: Samples) -> str | None:
    everything = found.results.n_samples[found.task].original
    return samples.rows_sha256 if samples.questions_expected >= everything else None


def _configuration(run: FoundRun) -> str:
    """What makes two runs the same experiment; batch size and device do not matter to it."""
    config, manifest = run.results.config, run.results.configs[run.task].metadata.manifest
    return json.dumps(
        {
            "task": run.task,
            "model": [config.model, config.model_args, config.model_sha],
            "arm": config.heinw.identity(),
            "generation": [config.gen_kwargs, config.limit, run.results.n_shot.get(run.task)],
            "prompt": [run.results.chat_template_sha, run.results.system_instruction_sha],
            "questions": manifest.model_dump() if manifest else None,
            "versions": [run.results.lm_eval_version, run.results.transformers_version],
        },
        sort_keys=True,
    )
