"""What the `heinw` model measured: costs, latency, shared prefixes, retrieval.

compute(run)["total_flops"]
-> Quantity(mean=1.53e8, n=625, basis="estimated", reason=None)
compute(run)["peak_memory_bytes"]
-> Quantity(mean=None, n=0, basis=None, reason="measured on CUDA devices only")
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence

from hei_nw_tasks.compute.costs import COSTS
from hei_nw_tasks.metrics import PRIMARY
from postprocess.reading.runs import Run
from postprocess.schema.answer import Answer
from postprocess.schema.parts import Basis, Latency, Quantity
from postprocess.schema.run import Sharing
from postprocess.schema.scenario import Reading, Retrieval
from postprocess.summary.estimates import ranking

_NOT_MEASURED = "the run records no compute; --model heinw does"
_UNKNOWN = "the run does not record it"


def compute(run: Run) -> dict[str, Quantity]:
    """Mean cost of an answer, each computed alone, with where it comes from."""
    nothing = _UNKNOWN if run.samples.bases else _NOT_MEASURED
    return {
        name: _quantity(_values(run.answers, name), run.samples.bases.get(name, Counter()), nothing)
        for name in COSTS
    }


def latency(answers: Iterable[Answer]) -> Latency:
    """Median and 95th percentile of the seconds that an answer took (its share of its batch)."""
    seconds = _values(answers, "latency_s")
    p50, p95 = _quantiles(seconds)
    return Latency(p50_s=p50, p95_s=p95, n=len(seconds), reason=None if seconds else _NOT_MEASURED)


def quantiles(answers: Iterable[Answer], name: str) -> tuple[float, float] | tuple[None, None]:
    """Median and 95th percentile of a cost; None if no answer has it."""
    return _quantiles(_values(answers, name))


def _quantiles(values: Sequence[float]) -> tuple[float, float] | tuple[None, None]:
    import numpy as np

    if not values:
        return None, None
    p50, p95 = np.percentile(values, [50, 95]).tolist()
    return p50, p95


def sharing(run: Run) -> Sharing:
    """How many tokens of the prompts were computed once for several questions."""
    arm = run.arm
    return Sharing(
        shared_prefix=arm.shared_prefix,
        prompt_tokens=arm.prompt_tokens,
        tokens_computed=arm.prefix_tokens_computed,
    )


def retrieval(answers: Sequence[Answer]) -> Retrieval | None:
    """How the evidence was ranked and read; None if no evidence was ever shown."""
    shown = [answer for answer in answers if "evidence_shown" in answer.measured]
    if not any(answer.measured["evidence_shown"] for answer in shown):
        return None
    # Evidence counts as shown when all of it was: a part of a list is not enough to be right.
    cells = Counter(
        (answer.measured["evidence_shown"] == 1.0, answer.scores[PRIMARY] == 1.0)
        for answer in shown
        if answer.answerable
    )
    reading = Reading(
        shown_right=cells[True, True],
        shown_wrong=cells[True, False],
        missed_right=cells[False, True],
        missed_wrong=cells[False, False],
    )
    return Retrieval(ranking=ranking(answers), reading=reading)


def _quantity(values: Sequence[float], bases: Counter[str], nothing: str) -> Quantity:
    reasons = [name for name in bases if name not in ("measured", "estimated")]
    reason = "; ".join(sorted(reasons)) or None
    if not values:
        return Quantity(mean=None, n=0, basis=None, reason=reason or nothing)
    basis: Basis | None = "measured" if bases["measured"] else None
    if bases["estimated"]:
        basis = "measured and estimated" if basis else "estimated"
    mean = math.fsum(values) / len(values)
    return Quantity(mean=mean, n=len(values), basis=basis, reason=reason)


def _values(answers: Iterable[Answer], name: str) -> list[float]:
    return [answer.measured[name] for answer in answers if name in answer.measured]
