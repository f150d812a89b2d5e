"""What happens to bad input, and the one-line error for what cannot be used.

reports/m/results_2026-11-23T01-09-58.018627.json:7: not JSON (Expecting ',' delimiter) → ...
└─ file ─────────────────────────────────────┘ └ line  └─ what is wrong            what to do

Refused (`ReportError`, exit code 2, no file is written or touched)
    a results or samples file that is damaged, or was changed since the run; scores, means, counts,
    measurements or questions that contradict each other; two runs that would have one name;
    runs named by --compare that may not be paired; a folder that cannot be written to
Salvaged, with INCOMPLETE before its verdict and among its warnings
    a samples file that ends early: its whole rows are scored, and it says how many there are
A warning on standard error
    a run without samples; samples without their results file
A note in the report
    questions that did not fit the model; --limit; no manifest; lags outside the bins; older runs of
    the same configuration; runs that are not compared, with the reason
null, with the reason next to it; "–" for people
    what a run did not measure; NaN among lm_eval's numbers where no score depends on it
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from generators.console import visible
from generators.errors import HeinwError

__all__ = ["ReportError", "visible"]


class ReportError(HeinwError):
    """lm_eval output, or a place to write to, that cannot be used as it is.

    Args:
        path: The file or folder at fault.
        what: What is wrong with it.
        advice: What to do about it.
        line: Line in the file, from 1, where that is known.
    """

    def __init__(self, path: Path, what: str, advice: str, line: int | None = None) -> None:
        place = f"{path}:{line}" if line else f"{path}"
        super().__init__(f"{place}: {what} → {advice}")
        self.path, self.what, self.advice, self.line = path, what, advice, line

    def __reduce__(self) -> tuple[Any, ...]:
        """Lets it come out of another process."""
        return type(self), (self.path, self.what, self.advice, self.line), self.__dict__


class UnusableRunError(ReportError):
    """One run that nothing can be said about: it is damaged, unscored, or made by other rules.

    It is left out and listed, and the other runs are reported. A run that contradicts itself
    (scores that are not those of its responses, questions that were changed) is no such run: it
    ends the report, for whoever made it may have made the others.

    Attributes:
        run_id: Of the run, where its results file could be read.
    """

    run_id: str | None = None
