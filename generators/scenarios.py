"""All scenarios, by letter."""

from __future__ import annotations

from typing import Any

from generators import scenario_a, scenario_b, scenario_c, scenario_d, scenario_e
from generators.errors import ConfigError
from generators.scenario import Scenario

SCENARIOS: dict[str, Scenario[Any]] = {
    "A": scenario_a.SCENARIO,
    "B": scenario_b.SCENARIO,
    "C": scenario_c.SCENARIO,
    "D": scenario_d.SCENARIO,
    "E": scenario_e.SCENARIO,
}


def scenario(letter: str) -> Scenario[Any]:
    """The scenario of a letter.

    Raises:
        ConfigError: There is no such scenario.
    """
    try:
        return SCENARIOS[letter]
    except KeyError:
        raise ConfigError(
            f"scenario {letter!r} is unknown → the scenarios are {', '.join(SCENARIOS)}"
        ) from None
