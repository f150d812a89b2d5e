"""Says what is wrong with a run whose scores measure the format of answers, not a memory.

>>> diagnosis(Tally(answers=40, empty=30))
['30 of 40 answers are empty: check the stops (--gen_kwargs until=…) and the chat template']
>>> diagnosis(Tally(answers=40, correct=30, exact=2))
['30 answers are correct, only 2 in the right words: show the format with --num_fewshot 2']
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

# So few answers say nothing about a run.
LEAST_ANSWERS = 10
# A share of the answers that makes a run suspect.
MOST = 0.5
# Exact matches below this share of the correct answers show that the format is not understood.
FEW_EXACT = 0.5
# Under so many correct answers, their wording says nothing about the format.
LEAST_CORRECT = 5


@dataclass(slots=True)
class Tally:
    """Numbers of answers of a run.

    Attributes:
        answers: All answers.
        empty: Without a letter or digit.
        unfinished: That break off while they reason.
        cut: As long as an answer may be, so that they may have been cut.
        correct: To answerable questions, and right.
        exact: Of those, in the right words.
    """

    answers: int = 0
    empty: int = 0
    unfinished: int = 0
    cut: int = 0
    correct: int = 0
    exact: int = 0


def diagnosis(tally: Tally) -> list[str]:
    """What is wrong with a run, in a clause each, with the remedy; nothing if all seems well."""
    found = []
    for count, what, remedy in (
        (tally.empty, "are empty", "check the stops (--gen_kwargs until=…) and the chat template"),
        (
            tally.unfinished,
            "break off while the model reasons",
            "give it room (--gen_kwargs max_gen_toks=4096)",
        ),
        (
            tally.cut,
            "are as long as answers may be",
            "use the model's chat template (--apply_chat_template), show the format "
            "(--num_fewshot 2), or give more room (--gen_kwargs max_gen_toks=256)",
        ),
    ):
        if tally.answers >= LEAST_ANSWERS and count > MOST * tally.answers:
            found.append(f"{count} of {tally.answers} answers {what}: {remedy}")
    if tally.correct >= LEAST_CORRECT and tally.exact < FEW_EXACT * tally.correct:
        found.append(
            f"{tally.correct} answers are correct, only {tally.exact} in the right words: "
            "show the format with --num_fewshot 2"
        )
    return found


def tally_of(answers: Iterable[tuple[str, Mapping[str, float], bool]]) -> Tally:
    """Count the answers of a run.

    Args:
        answers: Of each its kind (`naming.outcome`), its scores (`metrics.score`), and whether it
            is as long as an answer may be.
    """
    tally = Tally()
    for kind, scores, is_cut in answers:
        tally.answers += 1
        tally.empty += kind == "empty"
        tally.unfinished += kind == "unfinished"
        tally.cut += is_cut
        if "correct" in scores:
            tally.correct += scores["correct"] == 1
            tally.exact += scores["correct"] == scores["exact_match"] == 1
    return tally
