"""Settings of a dataset: validated and frozen, with one-line messages for wrong values.

Every scenario adds settings of its own to these:

    >>> Config(n=3, seed=7).settings()
    {'n': 3, 'seed': 7, 'style': 'log'}
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Mapping
from typing import Annotated, Any, Literal, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from generators.console import shortened
from generators.errors import ConfigError
from generators.tokens import TokenCounter

MAX_QUESTIONS = 10_000_000
MAX_SEED = 2**128 - 1
Style = Literal["log", "dialogue"]


class Config(BaseModel):
    """The settings that, with the generator's version, determine every byte of a dataset.

    Attributes:
        n: Number of questions; four in five are answerable (625 = 500 + 125).
        seed: Seed of all randomness; neighbouring seeds share nothing.
        style: How events are told: as entries of a log, or as turns of conversations. Nothing else
            depends on it, neither what happens nor what is asked.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    n: Annotated[int, Field(strict=True, ge=1, le=MAX_QUESTIONS)] = 625
    seed: Annotated[int, Field(strict=True, ge=-MAX_SEED, le=MAX_SEED)] = 0
    style: Style = "log"

    def settings(self) -> dict[str, Any]:
        """The settings as plain JSON values, for manifests and ids."""
        return self.model_dump(mode="json")

    def unseeded(self) -> Self:
        """The same settings with n = 1 and seed 0, as a key for what depends on neither."""
        return self.model_copy(update={"n": 1, "seed": 0})

    def for_run(self, run: Mapping[str, Any], load_counter: Callable[[str], TokenCounter]) -> Self:
        """The settings for a run: scenario E takes the tokenizer from it, the others nothing.

        Args:
            run: Arguments of the run, including those of its model.
            load_counter: Loads the token counter of a tokenizer by its name.

        Raises:
            ConfigError: The tokenizer cannot be loaded.
        """
        return self

    def obstacle(self) -> str | None:
        """Why the dataset cannot be made here, in a few words; None if it can."""
        return None


C = TypeVar("C", bound=Config)


def make_config(kind: type[C], settings: Mapping[str, Any]) -> C:
    """Validate the settings of a scenario.

    Raises:
        ConfigError: A setting is unknown or its value cannot be used.
    """
    try:
        return kind(**settings)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        name = str(first["loc"][0])
        if first["type"] == "extra_forbidden":
            known = ", ".join(kind.model_fields)
            message = f"unknown setting {shortened(name)!r}; the settings are {known}"
        else:
            reason = first["msg"].removeprefix("Value error, ")
            reason = reason[0].lower() + reason[1:]
            message = f"{name}={shortened(repr(settings[name]))}: {reason}"
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
            raise ConfigError(f"unknown key {shortened(key)!r} → did you mean {near!r}?")


def _squeeze(key: str) -> str:
    return key.lower().replace("_", "").replace("-", "")
