"""The one sentence that a report opens with."""

from __future__ import annotations

from postprocess.reading.results import Arm
from postprocess.schema.parts import Estimate, Scores
from postprocess.schema.run import Counts


def verdict(arm: Arm, counts: Counts, aggregate: Scores) -> str:
    """What came out, in one sentence of plain text.

    "Without a memory (B0), 3.2% of 500 answerable questions get the exact answer (95% interval 1.5%
    to 4.9%) and 64.0% of 125 unanswerable ones get an abstention (55.1% to 72.9%): headline 0.061."
    """
    who = "Without a memory" if arm.baseline == "none" else f"With the baseline {arm.name}"
    parts = [
        _part(aggregate.exact_match, "answerable questions get the exact answer"),
        _part(aggregate.abstention_recall, "unanswerable questions get an abstention"),
    ]
    said = " and ".join(part for part in parts if part)
    prefix = "" if counts.complete else "INCOMPLETE: "
    return f"{prefix}{who} ({arm.mode}), {said}{_headline(aggregate)}."


def percent(share: float) -> str:
    """A share as a percentage with one decimal."""
    return f"{100 * share:.1f}%"


def _part(estimate: Estimate, what: str) -> str | None:
    if estimate.mean is None:
        return None
    interval = "no interval"
    if estimate.interval:
        low, high = percent(estimate.interval.low), percent(estimate.interval.high)
        interval = f"95% interval {low} to {high}"
    return f"{percent(estimate.mean)} of {estimate.n} {what} ({interval})"


def _headline(aggregate: Scores) -> str:
    if aggregate.headline.mean is None:
        return ""
    why = ""
    if aggregate.headline.mean == 0:
        parts = (
            (aggregate.exact_match.mean, "no answer is right"),
            (
                aggregate.abstention_recall.mean,
                "it never says that it does not know",
            ),
        )
        why = f", because {' and '.join(text for mean, text in parts if mean == 0)}"
    return f": headline {aggregate.headline.mean:.3f}{why}"
