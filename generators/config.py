"""What a dataset is made from: one validated, frozen record, and where its values come from.

>>> Config(n=3, seed=7).settings()  # doctest: +NORMALIZE_WHITESPACE
{'n': 3, 'seed': 7, 'confounders_ratio': 1.0, 'hard_negative': True, 'lag_bins': [0, 1, 3, 7, 30], 'store_size': None, 'lag_design': 'between'}
"""  # noqa: E501

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from itertools import pairwise
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from generators.errors import ConfigError

DEFAULT_LAG_BINS = (0, 1, 3, 7, 30)


class Config(BaseModel):
    """The settings that, with the generator's version, determine every byte of a dataset.

    Attributes:
        n: Number of questions; four in five are answerable (625 = 500 + 125).
        seed: Seed of all randomness; neighbouring seeds share nothing.
        confounders_ratio: Hard negatives per target event; 0.5 gives one to every second target.
        hard_negative: False replaces each hard negative by an unrelated event.
        lag_bins: Edges, in days, of the half-open lag bins: [0, 1) [1, 3) [3, 7) [7, 30).
        store_size: Events in the log of one world; None means as many as are needed, at least 64.
        lag_design: "between" asks for each target at one lag, "within" for the same target at
            one lag of every bin.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    n: Annotated[int, Field(strict=True, ge=1)] = 625
    seed: Annotated[int, Field(strict=True)] = 0
    confounders_ratio: Annotated[float, Field(strict=True, ge=0, allow_inf_nan=False)] = 1.0
    hard_negative: Annotated[bool, Field(strict=True)] = True
    lag_bins: tuple[Annotated[int, Field(strict=True, ge=0)], ...] = DEFAULT_LAG_BINS
    store_size: Annotated[int, Field(strict=True, ge=1)] | None = None
    lag_design: Literal["between", "within"] = "between"

    @field_validator("lag_bins")
    @classmethod
    def _increasing(cls, bins: tuple[int, ...]) -> tuple[int, ...]:
        if len(bins) < 2 or any(low >= high for low, high in pairwise(bins)):
            raise ValueError(
                f"edges must increase, got {list(bins)}; use for example {list(DEFAULT_LAG_BINS)}"
            )
        return bins

    @property
    def bins(self) -> list[tuple[int, int]]:
        """Lag bins as (low, high) pairs of days, high excluded."""
        return list(pairwise(self.lag_bins))

    def settings(self) -> dict[str, Any]:
        """The settings as plain JSON values, for manifests and ids."""
        return self.model_dump(mode="json")


def make_config(settings: Mapping[str, Any]) -> Config:
    """Validate settings, saying in one line what is wrong.

    Raises:
        ConfigError: A setting is unknown or its value cannot be used.
    """
    try:
        return Config(**settings)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        name = str(first["loc"][0])
        if first["type"] == "extra_forbidden":
            message = f"unknown setting {name!r}; the settings are {', '.join(Config.model_fields)}"
        else:
            reason = first["msg"].removeprefix("Value error, ")
            reason = reason[0].lower() + reason[1:]
            message = f"{name}={settings[name]!r}: {reason}"
        raise ConfigError(message) from None


def reject_near_misses(keys: Iterable[str], known: Iterable[str]) -> None:
    """Refuse keys that look like a misspelt setting; other people's keys pass.

    Raises:
        ConfigError: A key differs from a known one only in case, separators or a few letters.
    """
    squeezed = {_squeeze(name): name for name in known}
    for key in keys:
        if key in squeezed.values():
            continue
        near = squeezed.get(_squeeze(key))
        if near is None and len(key) > 3:
            match = difflib.get_close_matches(_squeeze(key), squeezed, n=1, cutoff=0.85)
            near = squeezed[match[0]] if match else None
        if near is not None:
            raise ConfigError(f"unknown key {key!r} → did you mean {near!r}?")


def _squeeze(key: str) -> str:
    return key.lower().replace("_", "").replace("-", "")
