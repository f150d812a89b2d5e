"""The README's tables of scenarios, metrics and arms are those of the registries."""

from __future__ import annotations

import pytest

from generators.scenarios import SCENARIOS
from hei_nw_tasks.memory.registry import ARMS
from hei_nw_tasks.metrics import METRICS
from tests.packaging.environments import CHECKOUT


def rows(first_cell: str) -> list[list[str]]:
    """Cells of the table of the README whose heading begins with a cell."""
    lines = (CHECKOUT / "README.md").read_text(encoding="utf-8").splitlines()
    start = next(i for i, line in enumerate(lines) if line.startswith(f"| {first_cell} |"))
    table = lines[start + 2 : lines.index("", start)]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in table]


def questions(scenario: str | None, over: str) -> str:
    return over if scenario is None else f"{scenario}, {over}"


TABLES = {
    "Scenario": [[one.letter, f"`{one.name}`", one.title] for one in SCENARIOS.values()],
    "Metric": [
        [f"`{one.name}`", questions(one.scenario, one.over), one.meaning]
        for one in METRICS.values()
    ],
    "`baseline`": [[f"`{one.name}`", one.shows] for one in ARMS.values()],
}


@pytest.mark.parametrize("first_cell", TABLES)
def test_a_table_of_the_readme_is_its_registry(first_cell: str) -> None:
    assert rows(first_cell) == TABLES[first_cell]
