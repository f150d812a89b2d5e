"""The runs below a folder that can be reported on, one at a time."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from postprocess.errors import ReportError, UnusableRunError, visible
from postprocess.reading.known import Known
from postprocess.reading.results import Found, FoundRun, find_runs
from postprocess.reading.runs import Run, by_configuration, load_newest
from postprocess.schema.run import Summary
from postprocess.spreading import spread
from postprocess.summary.summarize import summarize

Made = TypeVar("Made")


@dataclass(frozen=True)
class UsableRuns:
    """The newest run of each configuration, scored again and checked.

    Attributes:
        root: Folder that is searched.
        lag_bins: Edges of the lag bins in days; None for those of the dataset.
        left_out: Why other runs cannot be used; complete and sorted after the last run.
    """

    root: Path
    lag_bins: Sequence[float] | None = None
    left_out: list[UnusableRunError] = field(default_factory=list)

    def __iter__(self) -> Iterator[tuple[Run, Summary]]:
        """Yields each run with its summary; lists on stderr what is left out.

        Raises:
            ReportError: No run can be used, or one contradicts itself or another.
        """
        return self.each(lambda run, summary: (run, summary), map)

    def each(
        self, make: Callable[[Run, Summary], Made], mapped: Callable[..., Iterator[Any]] = spread
    ) -> Iterator[Made]:
        """Yields what is made of each run and its summary; lists on stderr what is left out.

        Args:
            make: Makes it; may be called in another process.
            mapped: Applies a function to each item of a list: `spread`, or `map` for this process.

        Raises:
            ReportError: No run can be used, or one contradicts itself or another.
        """
        found, taken, known = find_runs(self.root), set[str](), Known()

        def usable(
            alike: Sequence[FoundRun],
        ) -> tuple[list[UnusableRunError], int | None, Made | None]:
            left_out = list[UnusableRunError]()
            if (run := load_newest(alike, left_out, known)) is None:
                return left_out, None, None
            made = make(run, summarize(run, self.root, self.lag_bins))
            return left_out, alike.index(run.found), made

        groups = by_configuration(found.runs)
        for alike, (left_out, place, made) in zip(groups, mapped(usable, groups), strict=True):
            found.left_out.extend(left_out)
            if place is None or made is None:
                continue
            run = alike[place]
            if run.run_id in taken:
                what = f"two different runs of {run.task} were saved at {run.date}"
                advice = "move one of them out, and report on it alone"
                raise ReportError(run.path, what, advice)
            taken.add(run.run_id)
            yield made
        self.left_out.extend(sorted(found.left_out, key=str))
        if taken or len(self.left_out) > 1:
            _warn(found)
        if not taken:
            raise _nothing(self.root, self.left_out)


def _warn(found: Found) -> None:
    """Lists on stderr what is below the folder and not in the report."""
    for error in sorted(found.left_out, key=str):
        print(f"warning: left out: {error}", file=sys.stderr)
    if found.foreign:
        count, first = len(found.foreign), visible(str(found.foreign[0]))
        what = f"not of lm_eval: {first}" + (f", and {count - 1} more" if count > 1 else "")
        print(f"note: skipped, {what}", file=sys.stderr)


def _nothing(root: Path, left_out: Sequence[UnusableRunError]) -> ReportError:
    """Why there is no report, with what to do about it."""
    if len(left_out) == 1:
        return left_out[0]
    if left_out:
        what = f"none of its {len(left_out)} runs can be reported on"
        remedies = {error.advice for error in left_out}
        return ReportError(root, what, remedies.pop() if len(remedies) == 1 else "see the warnings")
    advice = (
        "make one: lm_eval --model hf --model_args pretrained=MODEL --tasks heinw_A"
        f" --output_path {shlex.quote(str(root))} --log_samples"
    )
    return ReportError(root, "no run of a heinw task with samples", advice)
