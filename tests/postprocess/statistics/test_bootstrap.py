"""The bootstrap over worlds against all resamples there are."""

from __future__ import annotations

import itertools
import tracemalloc

import numpy as np
import pytest

from postprocess.statistics.bootstrap import bootstrap_interval
from postprocess.statistics.clusters import by_world


def test_it_agrees_with_all_resamples_of_six_worlds_of_unequal_size() -> None:
    rng = np.random.default_rng(0)
    worlds = [w for w, size in zip("abcdef", (1, 9, 3, 4, 7, 2), strict=True) for _ in range(size)]
    values = rng.normal(0, 1, len(worlds)).tolist()
    members = {w: [v for v, u in zip(values, worlds, strict=True) if u == w] for w in "abcdef"}
    means = sorted(
        float(np.mean(list(itertools.chain.from_iterable(members[w] for w in drawn))))
        for drawn in itertools.product("abcdef", repeat=6)
    )
    found = bootstrap_interval(by_world(values, worlds), resamples=40_000)
    assert found is not None
    assert found.method == "cluster bootstrap"
    # A quantile of random resamples lies between those of 2.5% ± four standard errors.
    for end, share in ((found.low, 0.025), (found.high, 0.975)):
        error = 4 * (0.025 * 0.975 / 40_000) ** 0.5
        low, high = np.quantile(means, [share - error, share + error])
        assert low <= end <= high


def test_the_seed_decides_and_a_mirrored_sample_has_the_mirrored_interval() -> None:
    values = np.random.default_rng(1).normal(0.2, 1, 90).tolist()
    worlds = [f"w{n // 9}" for n in range(90)]
    found = bootstrap_interval(by_world(values, worlds), seed=7)
    assert found == bootstrap_interval(by_world(values, worlds), seed=7)
    assert found != bootstrap_interval(by_world(values, worlds), seed=8)
    other = bootstrap_interval(by_world([-v for v in values], worlds), seed=7)
    assert found is not None
    assert other is not None
    assert (found.low, found.high) == (-other.high, -other.low)


@pytest.mark.parametrize("groups", [4, 20])
def test_few_worlds_and_worlds_that_agree_have_none(groups: int) -> None:
    worlds = [f"w{n % groups}" for n in range(groups * 2)]
    values = [0.25 if groups == 20 else float(n % 3) for n in range(groups * 2)]
    assert bootstrap_interval(by_world(values, worlds)) is None


def test_memory_does_not_grow_with_worlds_times_resamples() -> None:
    values = np.random.default_rng(2).random(10_000)
    clusters = by_world(values, [str(n) for n in range(10_000)])
    tracemalloc.start()
    try:
        assert bootstrap_interval(clusters, resamples=1000) is not None
        assert tracemalloc.get_traced_memory()[1] < 50e6
    finally:
        tracemalloc.stop()
