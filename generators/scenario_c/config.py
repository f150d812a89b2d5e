"""The settings of scenario C."""

from __future__ import annotations

from generators.world.lags import LagConfig
from generators.world.overlap import OverlapConfig


class SettingsConfig(LagConfig, OverlapConfig):
    """Settings of the worlds of settings and preferences."""
