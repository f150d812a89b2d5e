"""The one sentence that a run's report opens with."""

from __future__ import annotations

from hei_nw_tasks.metrics import PRIMARY
from postprocess.measures import ABSTENTION, EXACT, HEADLINE
from postprocess.reading.results_file import RecordedArm
from postprocess.schema.parts import Estimate, Estimates
from postprocess.schema.run import Counts


def verdict(arm: RecordedArm, counts: Counts, aggregate: Estimates) -> str:
    """The result in one sentence of plain text.

    "Without a memory (B0), 3.2% of 500 answerable questions are answered correctly (95% CI 1.5% to
    4.9%; 1.2% in the right words), and the model abstains from 64.0% of 125 unanswerable ones (95%
    CI 55.1% to 72.9%). Headline: 0.061."
    """
    who = "Without a memory" if arm.short == "none" else f"With {arm.name} as memory"
    right, abstains = aggregate[PRIMARY], aggregate[ABSTENTION]
    parts = []
    if right.mean is not None:
        exact = aggregate[EXACT].mean or 0.0
        share, words = _share(right, "answerable questions"), f"{percent(exact)} in the right words"
        parts.append(f"{share} are answered correctly ({_ci(right)}; {words})")
    if abstains.mean is not None:
        questions = "unanswerable ones" if parts else "unanswerable questions"
        parts.append(f"the model abstains from {_share(abstains, questions)} ({_ci(abstains)})")
    prefix = "" if counts.complete else "INCOMPLETE: "
    return f"{prefix}{who} ({arm.mode}), {', and '.join(parts)}.{_headline(aggregate)}"


def unproven(doubt: str | None) -> str:
    """What a verdict begins with if there is a doubt about the dataset."""
    return "NOT PROVEN: " if doubt else ""


def percent(share: float) -> str:
    """A share as a percentage with one decimal.

    >>> percent(0.0315)
    '3.1%'
    """
    return f"{100 * share:.1f}%"


def _share(estimate: Estimate, questions: str) -> str:
    return f"{percent(estimate.mean or 0.0)} of {estimate.n} {questions}"


def _ci(estimate: Estimate) -> str:
    worlds = f"{estimate.worlds} world{'s' if estimate.worlds > 1 else ''}"
    if estimate.interval is None:
        return f"no CI: {worlds}"
    ends = f"{percent(estimate.interval.low)} to {percent(estimate.interval.high)}"
    return f"95% CI {ends}" + (f", from {worlds}" if estimate.few_worlds else "")


def _headline(aggregate: Estimates) -> str:
    mean = aggregate[HEADLINE].mean
    if mean is None:
        return ""
    reasons = {PRIMARY: "no answer is right", ABSTENTION: "the model never abstains"}
    zero = [reason for name, reason in reasons.items() if aggregate[name].mean == 0]
    why = f", because {' and '.join(zero)}" if mean == 0 else ""
    return f" Headline: {mean:.3f}{why}."
