"""What was kept in the weights by age, kind of question, pin, and number of replays."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal

from hei_nw_tasks.metrics import PRIMARY
from postprocess.comparison.arms import ComparedRun
from postprocess.schema.index import Kept
from postprocess.schema.parts import Estimate, Stratum
from postprocess.schema.run import Summary

By = Literal["lag", "kind of question", "pinned", "times replayed"]
_GROUPS: dict[By, Callable[[Summary], Sequence[Stratum]]] = {
    "lag": lambda summary: summary.lag_bins,
    "kind of question": lambda summary: summary.by_query_kind,
    "pinned": lambda summary: summary.by_pinned,
    "times replayed": lambda summary: summary.by_replays,
}


def kept(before: ComparedRun | None, after: ComparedRun) -> list[Kept]:
    """The answerable questions of a run of mode B3 by kind, beside the memory before sleep.

    Args:
        before: The memory in mode B1; None if that was not run.
        after: In mode B3.
    """
    return [
        Kept(by=by, name=row.name, recalled=_recalled(before, of, row), kept=row.scores[PRIMARY])
        for by, of in _GROUPS.items()
        for row in of(after.summary)
        if row.scores[PRIMARY].n
    ]


def _recalled(
    before: ComparedRun | None, of: Callable[[Summary], Sequence[Stratum]], row: Stratum
) -> Estimate | None:
    rows = [] if before is None else of(before.summary)
    return next((one.scores[PRIMARY] for one in rows if one.name == row.name), None)
