"""What is kept of a run to compare it with others, and which runs are arms of one experiment.

    Identity(task="heinw_A", task_version="1.0", rows_sha256="cb31…",
             model='["hf", {"pretrained": "org/model"}, "a1b2…"]', prompt="[null, null, 0, …]",
             style="log")

Two runs are arms of one experiment if their identities are equal: they differ only in the memory.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import NamedTuple

from hei_nw_tasks.memory.registry import ARMS
from hei_nw_tasks.model.settings import SPEED_ARGUMENTS, arm_arguments
from hei_nw_tasks.scoring.naming import Outcome
from postprocess.measures import PAIRED
from postprocess.reading.results_file import RecordedArm
from postprocess.reading.runs import Run
from postprocess.schema.run import Summary
from postprocess.summary.provenance import arguments_of

# Model arguments that choose the memory, or change nothing but the speed.
_NOT_THE_MODEL = arm_arguments() | SPEED_ARGUMENTS


@dataclass(frozen=True)
class Identity:
    """What two runs need to share to be compared; all but the model may be stated as the reason.

    `prompt_form` is what models can share of the prompt: all but the text of the chat template.
    """

    task: str
    model: str
    prompt: str
    task_version: str | None
    rows_sha256: str | None
    style: str = "log"
    prompt_form: str = ""


class Located(NamedTuple):
    """An answer that can be read again.

    Attributes:
        outcome: What kind of right or wrong it is.
        offset: Of its line in the samples file, in bytes.
    """

    outcome: Outcome
    offset: int


@dataclass(frozen=True)
class ComparedRun:
    """A run as an arm of an experiment.

    Attributes:
        identity: What it shares with the other arms of its experiment.
        summary: Its report.
        files: Names of its reports.
        ids: Id of each question, by the question's hash.
        worlds: World of each question, by the question's hash.
        scores: Of each metric in `PAIRED`, scores by the question's hash.
        unedited: Hashes of questions about facts that nothing in the log has changed (B).
        recorded: What the run says of the arm.
        results: Its results file.
        samples: Its samples file.
        answers: Where its answers are, by the id of the question, in the order of the dataset.
        label: What tables and figures call it.
    """

    identity: Identity
    summary: Summary
    files: list[str]
    ids: Mapping[str, str]
    worlds: Mapping[str, str]
    scores: Mapping[str, Mapping[str, float]]
    unedited: frozenset[str] = frozenset()
    recorded: RecordedArm = field(default_factory=RecordedArm)
    results: Path = Path()
    samples: Path = Path()
    answers: Mapping[str, Located] = field(default_factory=dict)
    label: str = ""

    @property
    def setting(self) -> str:
        """The arm with everything that it was given, whichever model answered."""
        return json.dumps(self.recorded.identity() | {"inner": None}, sort_keys=True)

    def by_question_id(self) -> ComparedRun:
        """The same with ids in place of hashes, to pair questions that differ in their log."""
        ids = self.ids
        return replace(
            self,
            ids={id_: id_ for id_ in ids.values()},
            unedited=frozenset(ids[key] for key in self.unedited),
            worlds={ids[key]: world for key, world in self.worlds.items()},
            scores={
                name: {ids[key]: score for key, score in scores.items()}
                for name, scores in self.scores.items()
            },
        )


# The arms of an experiment, in the order of its tables.
Arms = list[ComparedRun]


def compared(run: Run, summary: Summary, files: list[str]) -> ComparedRun:
    """Keeps what comparisons need of a run."""
    answers = run.answers
    return ComparedRun(
        identity=_identity(run, summary),
        summary=summary,
        files=files,
        ids={answer.doc_hash: answer.id for answer in answers},
        worlds={answer.doc_hash: answer.world_id for answer in answers},
        scores={
            name: {a.doc_hash: a.scores[name] for a in answers if name in a.scores}
            for name in PAIRED
        },
        unedited=frozenset(a.doc_hash for a in answers if a.query_kind == "locality"),
        recorded=run.arm,
        results=run.found.path,
        samples=run.samples.path,
        answers={
            answer.id: Located(answer.outcome, run.samples.offsets[answer.doc_id])
            for answer in answers
        },
    )


def in_order(runs: Iterable[ComparedRun]) -> Arms:
    """Runs in the order of the registry; of one arm, by its settings and by date."""

    def place(run: ComparedRun) -> tuple[tuple[bool, int], int, str, str]:
        summary = run.summary
        return rank(summary.baseline), summary.cycle or 0, summary.arm, summary.run_date

    return sorted(runs, key=place)


def rank(baseline: str) -> tuple[bool, int]:
    """The place of an arm in tables: unknown ones come before the ceiling."""
    if baseline not in ARMS:
        return False, len(ARMS)
    return ARMS[baseline].role == "ceiling", list(ARMS).index(baseline)


def labelled(runs: Arms) -> Arms:
    """Runs with a label each: the baseline, and more where that is ambiguous."""
    names = [(_short(r), r.summary.arm, f"{r.summary.arm} of {r.summary.run_date}") for r in runs]
    labels = [
        next(
            name
            for level, name in enumerate(own)
            if sum(other[level] == name for other in names) == 1 or name == own[-1]
        )
        for own in names
    ]
    return [replace(run, label=label) for run, label in zip(runs, labels, strict=True)]


def _short(run: ComparedRun) -> str:
    """The baseline or the memory, after sleep with what was asked: "episodic, B3 of cycle 2"."""
    summary = run.summary
    if summary.cycle is None:
        return summary.baseline
    asked = run.recorded.drift or summary.mode
    return f"{summary.baseline}, {asked} of cycle {summary.cycle}"


def _identity(run: Run, summary: Summary) -> Identity:
    results, config = run.found.results, run.found.results.config
    model_type = config.heinw.inner or config.model
    arguments = {k: v for k, v in arguments_of(config).items() if k not in _NOT_THE_MODEL}
    template = results.chat_template_sha
    prompt = [
        results.system_instruction_sha,
        *(results.n_shot.get(run.found.task), config.gen_kwargs or None),
    ]
    return Identity(
        task=run.found.task,
        model=json.dumps([model_type, arguments, config.model_sha or None], sort_keys=True),
        prompt=json.dumps([template, *prompt], sort_keys=True),
        task_version=summary.task_version,
        rows_sha256=run.manifest.rows_sha256 or run.rows_sha256,
        style=run.manifest.config.style or "log",
        prompt_form=json.dumps([template is not None, *prompt], sort_keys=True),
    )
