"""What is kept of a run to compare it with others, and which runs are arms of one experiment.

    Identity(task="heinw_A", task_version="1.0", rows_sha256="cb31…",
             model='["hf", {"pretrained": "org/model"}, "a1b2…"]', prompt="[null, null, 0, …]")

Two runs are arms of one experiment when all of it is equal: they then differ in the memory alone.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from hei_nw_tasks.model.settings import SPEED_ARGUMENTS, arm_arguments
from postprocess.reading.runs import Run
from postprocess.schema.run import Summary
from postprocess.summary.provenance import arguments_of

_NOT_THE_MODEL = arm_arguments() | SPEED_ARGUMENTS
METRICS = ("exact_match", "f1", "abstained")


@dataclass(frozen=True, slots=True)
class Answered:
    """One question as one arm answered it.

    Attributes:
        question_id: The same with and without hard negatives.
        world_id: The cluster.
        scores: Of `METRICS`, those that the question has.
    """

    question_id: str
    world_id: str
    scores: Mapping[str, float]


@dataclass(frozen=True)
class Identity:
    """What two runs have to share to be compared; the last three may be shown as the reason."""

    task: str
    model: str
    prompt: str
    task_version: str | None
    rows_sha256: str | None


@dataclass(frozen=True)
class Arm:
    """A run to be compared.

    Attributes:
        identity: What it shares with the other arms of its experiment.
        summary: Its report.
        answered: Its answers by the hash of their question.
        files: Names of its reports.
    """

    identity: Identity
    summary: Summary
    answered: Mapping[bytes, Answered]
    files: list[str]


def arm_of(run: Run, summary: Summary, files: list[str]) -> Arm:
    """Keeps what comparisons need of a run."""
    answered = {
        one.doc_hash: Answered(
            one.asked.id,
            one.asked.world_id,
            {name: one.scores[name] for name in METRICS if name in one.scores},
        )
        for one in run.scored
    }
    return Arm(_identity(run, summary), summary, answered, files)


def _identity(run: Run, summary: Summary) -> Identity:
    results, config = run.found.results, run.found.results.config
    model_type = config.heinw.inner or config.model
    arguments = {k: v for k, v in arguments_of(config).items() if k not in _NOT_THE_MODEL}
    prompt = [
        *(results.chat_template_sha, results.system_instruction_sha),
        *(results.n_shot.get(run.found.task), config.gen_kwargs or None),
    ]
    return Identity(
        task=run.found.task,
        model=json.dumps([model_type, arguments, config.model_sha or None], sort_keys=True),
        prompt=json.dumps(prompt, sort_keys=True),
        task_version=summary.task_version,
        rows_sha256=run.manifest.rows_sha256 or run.rows_sha256,
    )
