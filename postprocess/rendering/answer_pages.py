"""What the page of answers shows: questions with the answers of all arms, side by side.

Everything on it is cut to a length that people read, and says how much is missing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import get_args

from hei_nw_tasks.memory.registry import ARMS
from hei_nw_tasks.scoring.naming import Outcome
from postprocess.comparison.arms import ComparedRun
from postprocess.reading.shown import Shown, memory_of, read_shown

ANSWERS = "_answers.html"  # how names of such pages end
MOST_LINES = 12  # of a memory, besides the evidence
MOST_TEXT = 6_000  # characters of a prompt; of a response, a quarter
KINDS = get_args(Outcome)


@dataclass(frozen=True, slots=True)
class Line:
    """A line of what a memory showed; `skipped` lines before it are left out."""

    text: str
    is_evidence: bool
    skipped: int = 0


@dataclass(frozen=True, slots=True)
class ArmAnswer:
    """What one arm made of a question.

    Attributes:
        label: The arm.
        outcome: What kind of right or wrong it is; None if it was not asked.
        response: The lines of the response.
        final: The final answer that was scored.
        memory: What the memory showed; None where it cannot be told from the rest of the prompt.
        skipped: Lines of the memory that are left out at its end.
        prompt: The lines of the prompt.
    """

    label: str
    outcome: Outcome | None
    response: list[str]
    final: str
    memory: list[Line] | None
    skipped: int
    prompt: list[str]

    @property
    def says_more(self) -> bool:
        """Whether the response is more than the final answer."""
        return "\n".join(self.response).strip() != self.final


@dataclass(frozen=True, slots=True)
class AnsweredQuestion:
    """A question and the answers of all arms; `shown` is as the first of them read it."""

    id: str
    number: int
    shown: Shown
    arms: list[ArmAnswer]


@dataclass(frozen=True)
class Answers:
    """The page of an experiment.

    Attributes:
        name: Its file.
        asked: Questions of the experiment.
        questions: Those that are shown, in the order of the dataset.
        counts: By the label of an arm, its answers of each kind.
        examples: By label and kind, the number of the first question shown that is one.
    """

    name: str
    asked: int
    questions: list[AnsweredQuestion]
    counts: Mapping[str, Mapping[Outcome, int]]
    examples: Mapping[tuple[str, Outcome], int]

    @property
    def kinds(self) -> list[Outcome]:
        """The kinds of answers that there are."""
        return [kind for kind in KINDS if any(count[kind] for count in self.counts.values())]


def answers_of(
    name: str, scenario: str, arms: Mapping[str, ComparedRun], ids: Sequence[str]
) -> Answers:
    """Reads what the page shows.

    Args:
        name: The page's file.
        scenario: Letter of the scenario.
        arms: The runs by their labels.
        ids: Ids of the questions.

    Raises:
        ReportError: A samples file is no longer what was scored.
    """
    questions = [_question(id_, number, scenario, arms) for number, id_ in enumerate(ids, 1)]
    examples: dict[tuple[str, Outcome], int] = {}
    for question in questions:
        for answer in question.arms:
            if answer.outcome is not None:
                examples.setdefault((answer.label, answer.outcome), question.number)
    return Answers(
        name=name,
        asked=len({id_ for run in arms.values() for id_ in run.answers}),
        questions=questions,
        counts={
            label: Counter(found.outcome for found in run.answers.values())
            for label, run in arms.items()
        },
        examples=examples,
    )


def _question(
    id_: str, number: int, scenario: str, arms: Mapping[str, ComparedRun]
) -> AnsweredQuestion:
    shown = {
        label: read_shown(run.samples, run.answers[id_].offset, id_)
        for label, run in arms.items()
        if id_ in run.answers
    }
    alone = next(
        (
            found.before
            for label, found in shown.items()
            if _role(arms[label]) == "alone" and found.before is not None
        ),
        None,
    )
    answers = [
        _answer(label, run, shown[label], alone, scenario, id_)
        if label in shown
        else ArmAnswer(label, None, [], "", [], 0, [])
        for label, run in arms.items()
    ]
    return AnsweredQuestion(id_, number, next(iter(shown.values())), answers)


def _answer(
    label: str, run: ComparedRun, shown: Shown, alone: str | None, scenario: str, id_: str
) -> ArmAnswer:
    before = shown.instruction(scenario) if alone is None else alone
    lines = None if before is None else memory_of(shown.prompt, shown.query, before)
    memory, skipped = (None, 0) if lines is None else _cut_lines(lines, shown.evidence)
    return ArmAnswer(
        label=label,
        outcome=run.answers[id_].outcome,
        response=_cut(shown.response, MOST_TEXT // 4),
        final=shown.final,
        memory=memory,
        skipped=skipped,
        prompt=_cut(shown.prompt, MOST_TEXT),
    )


def _cut_lines(lines: Sequence[str], evidence: Sequence[str]) -> tuple[list[Line], int]:
    """The evidence and the first other lines; and how many are left out after the last one."""
    kept, skipped, others = list[Line](), 0, 0
    for line in lines:
        is_evidence = any(text in line for text in evidence)
        others += not is_evidence
        if is_evidence or others <= MOST_LINES:
            kept.append(Line(line, is_evidence, skipped))
            skipped = 0
        else:
            skipped += 1
    return kept, skipped


def _cut(text: str, most: int) -> list[str]:
    """The lines of a text, of a long one its beginning and its end."""
    if len(text) <= most:
        return text.split("\n")
    half = most // 2
    missing = f"… {len(text) - 2 * half:,} characters …"
    return [*text[:half].split("\n"), missing, *text[-half:].split("\n")]


def _role(run: ComparedRun) -> str:
    baseline = run.summary.baseline
    return ARMS[baseline].role if baseline in ARMS else "memory"
