"""The registry of scenarios: all that is known of each stands in its entry.

>>> [(s.name, s.title, s.axes[0].column) for s in SCENARIOS.values()][3]
('heinw_D', 'stress and interference', 'store_size')

Tasks, reports and tables read this registry; importing it loads nothing but the standard library
and pydantic. A new scenario is a package with a `SCENARIO`, and a line here.
"""

from __future__ import annotations

from typing import Any

from generators import scenario_a, scenario_b, scenario_c, scenario_d, scenario_e
from generators.errors import ConfigError
from generators.scenario import Scenario

SCENARIOS: dict[str, Scenario[Any]] = {
    entry.letter: entry
    for entry in (
        scenario_a.SCENARIO,
        scenario_b.SCENARIO,
        scenario_c.SCENARIO,
        scenario_d.SCENARIO,
        scenario_e.SCENARIO,
    )
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
