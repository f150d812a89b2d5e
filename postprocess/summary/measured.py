"""What the `heinw` model measured, as means over the questions that were asked.

compute(run)["total_flops"]
-> Quantity(mean=1.53e8, n=625, basis="estimated", reason=None)
compute(run)["peak_memory_bytes"]
-> Quantity(mean=None, n=0, basis=None, reason="measured on CUDA devices only")
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from statistics import fmean

from postprocess.reading.answers import ScoredAnswer
from postprocess.reading.runs import Run
from postprocess.schema.parts import Basis, Latency, Measurements, Quantity
from postprocess.schema.run import COMPUTE_KEYS, RECALL_AT, Sharing

_NOT_MEASURED = "the run records no compute; --model heinw does"
_NOT_TOLD = "the run does not tell it"
_NOT_RETRIEVED = "this run did not retrieve"


def compute(run: Run) -> dict[str, Quantity]:
    """Mean cost of an answer, each computed alone, with where it comes from."""
    nothing = _NOT_TOLD if run.samples.bases else _NOT_MEASURED
    return {
        key: _quantity(_values(run.scored, key), run.samples.bases.get(key, Counter()), nothing)
        for key in COMPUTE_KEYS
    }


def latency(scored: Iterable[ScoredAnswer]) -> Latency:
    """Median and 95th percentile of the seconds that an answer took; its share of its batch."""
    import numpy as np

    seconds = _values(scored, "latency_s")
    if not seconds:
        return Latency(p50_s=None, p95_s=None, n=0, reason=_NOT_MEASURED)
    p50, p95 = np.percentile(seconds, [50, 95]).tolist()
    return Latency(p50_s=p50, p95_s=p95, n=len(seconds), reason=None)


def recall_at_k(scored: Sequence[ScoredAnswer]) -> Measurements:
    """Share of the questions with evidence of which some is among the first k retrieved events."""
    found = {k: _values(scored, f"recall_any@{k}") for k in RECALL_AT}
    means = {k: fmean(values) if values else None for k, values in found.items()}
    missing = any(mean is None for mean in means.values())
    return Measurements(values=means, reason=_NOT_RETRIEVED if missing else None)


def sharing(run: Run) -> Sharing:
    """What of the prompts was computed once for several questions."""
    arm = run.found.results.config.heinw
    return Sharing(
        shared_prefix=arm.shared_prefix,
        prompt_tokens=arm.prompt_tokens,
        tokens_computed=arm.prefix_tokens_computed,
    )


def _quantity(values: Sequence[float], bases: Counter[str], nothing: str) -> Quantity:
    reasons = [name for name in bases if name not in ("measured", "estimated")]
    reason = "; ".join(sorted(reasons)) or None
    if not values:
        return Quantity(mean=None, n=0, basis=None, reason=reason or nothing)
    known = [name for name in ("measured", "estimated") if bases[name]]
    basis: Basis | None = None
    match known:
        case ["measured", "estimated"]:
            basis = "measured and estimated"
        case ["measured"]:
            basis = "measured"
        case ["estimated"]:
            basis = "estimated"
    mean = math.fsum(values) / len(values)
    return Quantity(mean=mean, n=len(values), basis=basis, reason=reason)


def _values(scored: Iterable[ScoredAnswer], name: str) -> list[float]:
    return [one.measured[name] for one in scored if name in one.measured]
