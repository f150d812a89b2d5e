"""The one sentence that an experiment opens with.

"Exact answers to 500 answerable questions: none 1.2%, rag 61.4%, long-context 41.0%, oracle 93.2%;
the best memory, rag, is at +60.2 points against none (95% interval +52.1 to +68.3)."
"""

from __future__ import annotations

from collections.abc import Sequence

from postprocess.schema.index import ArmRow, Difference
from postprocess.summary.verdict import percent

ALPHA = 0.05
_CEILING = "oracle"


def verdict(rows: Sequence[ArmRow], differences: Sequence[Difference]) -> str:
    """What came out, in plain text; only differences beyond chance are called differences."""
    known = [(row, row.exact_match.mean) for row in rows if row.exact_match.mean is not None]
    if not known:
        return "No answerable question was asked."
    shares = [f"{row.label} {percent(mean)}" for row, mean in known]
    counts = sorted({row.exact_match.n for row, _ in known})
    asked = f"{counts[0]}" if len(counts) == 1 else f"{counts[0]} to {counts[-1]}"
    prefix = "" if all(row.complete for row in rows) else "INCOMPLETE: "
    first = f"{prefix}Exact answers to {asked} answerable questions: {', '.join(shares)}"
    return f"{first}{_comparison([row for row, _ in known], differences)}."


def _comparison(rows: Sequence[ArmRow], differences: Sequence[Difference]) -> str:
    """The best memory against the model alone, else against the next best."""
    memories = [row for row in rows if row.baseline not in ("none", _CEILING)]
    alone = next((row for row in rows if row.baseline == "none"), None)
    if not memories or alone is None:
        return ""
    best = max(memories, key=lambda row: row.exact_match.mean or 0.0)
    found = next(
        (
            one
            for one in differences
            if one.metric == "exact_match" and {one.a, one.b} == {best.label, alone.label}
        ),
        None,
    )
    if found is None:
        return ""
    sign = 1 if found.a == best.label else -1
    points = f"{sign * 100 * found.difference:+.1f} points against {alone.label}"
    if found.interval is None:
        return f"; {best.label} is at {points} (no interval: {found.worlds} worlds)"
    ends = sorted((sign * found.interval.low, sign * found.interval.high))
    interval = f"95% interval {100 * ends[0]:+.1f} to {100 * ends[1]:+.1f}"
    said = ""
    if found.p_holm is None or found.p_holm >= ALPHA:
        said = ", which chance explains too"
        if ends[0] > 0 or ends[1] < 0:
            said = ", which is not beyond chance when all comparisons are counted (Holm)"
    return f"; the best memory, {best.label}, is at {points} ({interval}){said}"
