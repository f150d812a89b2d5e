from __future__ import annotations

import pytest

from generators.config import make_config
from generators.errors import ConfigError
from generators.world.lags import LagConfig


def test_edges_become_bins():
    assert LagConfig(lag_bins=(0, 2, 9)).bins == [(0, 2), (2, 9)]
    assert list(LagConfig().settings()) == ["n", "seed", "style", "lag_bins"]


@pytest.mark.parametrize("edges", [[5], [0, 3, 3], [4, 2], [-1, 2], [0, 1.5]])
def test_edges_that_make_no_bins_are_refused(edges: list[float]):
    with pytest.raises(ConfigError, match="lag_bins="):
        make_config(LagConfig, {"lag_bins": edges})
