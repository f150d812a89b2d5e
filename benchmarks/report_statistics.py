"""How often the report's intervals cover the truth, and its tests reject without a difference.

    python -m benchmarks.report_statistics [--quick] [--json FILE]

Two arms answer the same eight questions of each world. Whether an answer is right depends on the
world and the question (shared by both arms), on which arm the world happens to favour, and on
chance. The world's favour correlates the differences within a world. The first table is about arms
that differ: how often a nominal 95% interval of the difference covers the true one. The second is
about arms that do not: how often a test at 5% rejects. Methods that ignore worlds are shown for
contrast. The permutation test is exact; with few worlds, whose sums have many ties, it rejects
less often than 5%, never more.
"""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from benchmarks.measuring import Tables, parser, run
from postprocess.statistics.bootstrap import bootstrap_interval
from postprocess.statistics.clusters import by_world
from postprocess.statistics.exact import mcnemar_exact, sign_flip
from postprocess.statistics.intervals import Interval, difference_interval

Answers = NDArray[np.float64]

QUESTIONS = 8
WORLDS = (8, 15, 30, 100)
# Standard deviations of a latent normal score; an answer is right if it is above 0.
WORLD, QUESTION, FAVOUR, CHANCE = 0.5, 0.5, 0.4, 1.0
DEVIATION = math.sqrt(WORLD**2 + QUESTION**2 + FAVOUR**2 + CHANCE**2)
BASE, LIFT = 0.1, 0.4
BOOTSTRAP_RESAMPLES = 2_000  # enough for a rate over thousands of intervals; reports use 10,000


def answers(draw: np.random.Generator, worlds: int, lift: float) -> tuple[Answers, Answers]:
    """Draw the answers of two arms, right (1) or wrong (0), each (worlds, QUESTIONS)."""
    shared = draw.normal(BASE, WORLD, (worlds, 1)) + draw.normal(0, QUESTION, (worlds, QUESTIONS))
    arms = [
        shared
        + gain
        + draw.normal(0, FAVOUR, (worlds, 1))
        + draw.normal(0, CHANCE, (worlds, QUESTIONS))
        for gain in (lift, 0.0)
    ]
    first, second = ((arm > 0).astype(np.float64) for arm in arms)
    return first, second


def truth(lift: float) -> float:
    """Return the true difference of the arms' accuracies."""
    return float(ndtr((BASE + lift) / DEVIATION) - ndtr(BASE / DEVIATION))


def covers(interval: Interval | None, true: float) -> bool:
    """Return whether there is an interval and it covers the true value."""
    return interval is not None and interval.low <= true <= interval.high


def naive_covers(differences: Answers, true: float) -> bool:
    """Return whether the interval for independent questions covers it."""
    reach = 1.96 * differences.std(ddof=1) / math.sqrt(differences.size)
    return bool(abs(differences.mean() - true) <= reach)


def simulations(
    count: int, worlds: int, lift: float, seed: int
) -> Iterator[tuple[Answers, Answers]]:
    """Draw the answers of both arms `count` times."""
    draw = np.random.default_rng([seed, worlds])
    for _ in range(count):
        yield answers(draw, worlds, lift)


def coverage(worlds: int, count: int) -> dict[str, float]:
    """Return the share of intervals that cover the true difference."""
    names = [str(number // QUESTIONS) for number in range(worlds * QUESTIONS)]
    held = dict.fromkeys(("cluster t", "cluster bootstrap", "ignoring worlds"), 0)
    true = truth(LIFT)
    for first, second in simulations(count, worlds, LIFT, seed=1):
        differences = (first - second).ravel()
        clusters = by_world(differences, names)
        outcomes = (
            covers(difference_interval(clusters), true),
            covers(bootstrap_interval(clusters, resamples=BOOTSTRAP_RESAMPLES), true),
            naive_covers(differences, true),
        )
        for name, outcome in zip(held, outcomes, strict=True):
            held[name] += outcome
    return {name: hits / count for name, hits in held.items()}


def rejections(worlds: int, count: int) -> dict[str, float]:
    """Return the share of comparisons of equal arms that are significant at 5%."""
    names = [str(number // QUESTIONS) for number in range(worlds * QUESTIONS)]
    called = dict.fromkeys(("cluster t", "permutation", "McNemar, ignoring worlds"), 0)
    for seed, (first, second) in enumerate(simulations(count, worlds, 0.0, seed=2)):
        clusters = by_world((first - second).ravel(), names)
        only_first, only_second = int((first > second).sum()), int((second > first).sum())
        outcomes = (
            not covers(difference_interval(clusters), 0.0),
            sign_flip(clusters.sums, seed) <= 0.05,
            mcnemar_exact(only_first, only_second) <= 0.05,
        )
        for name, outcome in zip(called, outcomes, strict=True):
            called[name] += outcome
    return {name: times / count for name, times in called.items()}


def measure(options: argparse.Namespace, tables: Tables) -> None:
    """Fill both tables."""
    share = 10 if options.quick else 1
    equal = "Rejections at 5% of arms that do not differ"
    checks = (
        ("Coverage of 95% intervals, {} simulations, target 93% to 97%", 4_000, coverage),
        (f"{equal}, {{}} simulations, target 4% to 6%", 2_000, rejections),
    )
    print(f"{QUESTIONS} questions a world; a true difference of {truth(LIFT):.3f}, and of 0.")
    for title, count, check in checks:
        count //= share
        chance = 196 * math.sqrt(0.05 * 0.95 / count)
        for worlds in WORLDS:
            heading = f"{title.format(count)}, ± {chance:.1f} points by chance"
            tables.add(heading, {"worlds": worlds, **check(worlds, count)})


def main(argv: Sequence[str] | None = None) -> int:
    """Run both checks, a tenth of the simulations with `--quick`; return the exit code."""
    return run(measure, parser(__doc__).parse_args(argv))


if __name__ == "__main__":
    sys.exit(main())
