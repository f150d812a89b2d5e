"""The one sentence that an experiment opens with.

"Correct on 500 answerable questions (in the right words): none 1.2% (0.8%), rag 61.4% (16.0%),
oracle 93.2% (24.4%). The best memory, rag, differs from none by +60.2 points (95% CI +52.1 to
+68.3)."
"""

from __future__ import annotations

from collections.abc import Sequence

from hei_nw_tasks.memory.registry import ARMS
from hei_nw_tasks.metrics import PRIMARY
from postprocess.measures import EXACT, heading
from postprocess.schema.index import ArmRow, Difference
from postprocess.schema.parts import FEW_WORLDS
from postprocess.summary.verdict import percent

ALPHA = 0.05


def verdict(rows: Sequence[ArmRow], differences: Sequence[Difference]) -> str:
    """The result in plain text; a difference that is not significant is called that."""
    scored = [(row, score) for row in rows if (score := row.scores[PRIMARY]).mean is not None]
    if not scored:
        return "No answerable question was asked."
    shares = [
        f"{row.label} {percent(score.mean or 0.0)} ({percent(row.scores[EXACT].mean or 0.0)})"
        for row, score in scored
    ]
    counts = sorted({score.n for _, score in scored})
    asked = f"{counts[0]}" if len(counts) == 1 else f"{counts[0]} to {counts[-1]}"
    prefix = "" if all(row.complete for row in rows) else "INCOMPLETE: "
    first = f"{prefix}{heading(PRIMARY)} on {asked} answerable questions (in the right words): "
    return f"{first}{', '.join(shares)}." + _comparison([row for row, _ in scored], differences)


def role(row: ArmRow) -> str:
    """Role of an arm; one that is not in the registry is a memory."""
    return ARMS[row.baseline].role if row.baseline in ARMS else "memory"


def _comparison(rows: Sequence[ArmRow], differences: Sequence[Difference]) -> str:
    """The best memory against the model alone."""
    memories = [row for row in rows if role(row) == "memory"]
    alone = next((row for row in rows if role(row) == "alone"), None)
    if not memories or alone is None:
        return ""
    best = max(memories, key=lambda row: row.scores[PRIMARY].mean or 0.0)
    found = next(
        (
            one
            for one in differences
            if one.metric == PRIMARY and {one.a, one.b} == {best.label, alone.label}
        ),
        None,
    )
    if found is None:
        return ""
    sign = 1 if found.a == best.label else -1
    points = f"{sign * 100 * found.difference:+.1f} points"
    start = f" The best memory, {best.label}, differs from {alone.label} by {points}"
    if found.interval is None:
        return f"{start} (no CI: {found.worlds} worlds)."
    few = f", from {found.worlds} worlds" if found.worlds < FEW_WORLDS else ""
    low, high = sorted((sign * found.interval.low, sign * found.interval.high))
    significance = ""
    if found.p_holm is None or found.p_holm >= ALPHA:
        significance = ", not significant"
        if low > 0 or high < 0:
            significance += " once all comparisons are counted (Holm)"
    return f"{start} (95% CI {100 * low:+.1f} to {100 * high:+.1f}{few}){significance}."
