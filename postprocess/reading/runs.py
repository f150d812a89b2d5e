"""From files to runs: which ones to report on, each with its scored answers."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from hei_nw_tasks.metrics import VERSION
from postprocess.errors import ReportError, UnusableRunError
from postprocess.reading.known import Known
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


def by_configuration(found: Iterable[FoundRun]) -> list[list[FoundRun]]:
    """The runs of each configuration, the newest first."""
    groups: dict[str, list[FoundRun]] = {}
    for run in sorted(found, key=lambda run: (run.date, run.path)):
        groups.setdefault(configuration(run), []).append(run)
    return [runs[::-1] for runs in groups.values()]


def load_newest(
    runs: Sequence[FoundRun], left_out: list[UnusableRunError], known: Known
) -> Run | None:
    """The newest run of a configuration that can be reported on; None if none can.

    Args:
        runs: Runs of one configuration, the newest first.
        left_out: Gets the reason for each that is newer than the one returned.
        known: What other runs had.

    Raises:
        ReportError: One contradicts itself.
    """
    for place, found in enumerate(runs):
        try:
            return load_run(found, [older.path for older in reversed(runs[place + 1 :])], known)
        except UnusableRunError as error:
            error.run_id = found.run_id
            left_out.append(error)
    return None


def load_run(found: FoundRun, superseded: list[Path], known: Known) -> Run:
    """Reads the samples of a run, and checks that they are the manifest's questions.

    Raises:
        UnusableRunError: It was not scored, or by other rules; or its samples cannot be read.
        ReportError: It contradicts itself.
    """
    if found.task_version not in (None, VERSION):
        what = f"{found.task} has version {found.task_version}, and {VERSION} scores by other rules"
        raise UnusableRunError(found.path, what, "run again")
    if not found.is_scored:
        what = f"{found.task} was not scored (--predict_only)"
        raise UnusableRunError(found.path, what, "run again without --predict_only")
    if not found.samples_path.exists():
        what = f"{found.task} has no samples"
        raise UnusableRunError(found.path, what, "run again with --log_samples")
    samples = read_samples(found, known)
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


def configuration(run: FoundRun) -> str:
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
