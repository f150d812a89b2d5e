"""The tables of scenarios, metrics and arms in README and docs are those of the registries."""

from __future__ import annotations

import pytest

from generators.scenarios import SCENARIOS
from hei_nw_tasks.memory.registry import ARMS
from hei_nw_tasks.metrics import METRICS
from tests.packaging.environments import CHECKOUT


def rows(page: str, first_cell: str) -> list[list[str]]:
    """Cells of the table of a page whose heading begins with a cell."""
    lines = (CHECKOUT / page).read_text(encoding="utf-8").splitlines()
    start = next(i for i, line in enumerate(lines) if line.startswith(f"| {first_cell} |"))
    table = lines[start + 2 : lines.index("", start)]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in table]


def questions(scenario: str | None, over: str) -> str:
    return over if scenario is None else f"{scenario}, {over}"


TABLES = {
    ("README.md", "Scenario"): [
        [one.letter, f"`{one.name}`", one.title] for one in SCENARIOS.values()
    ],
    ("docs/report.md", "Metric"): [
        [f"`{one.name}`", questions(one.scenario, one.over), one.meaning]
        for one in METRICS.values()
    ],
    ("docs/compare.md", "`baseline`"): [[f"`{one.name}`", one.shows] for one in ARMS.values()],
}


@pytest.mark.parametrize(("page", "first_cell"), TABLES)
def test_a_table_is_its_registry(page: str, first_cell: str) -> None:
    assert rows(page, first_cell) == TABLES[page, first_cell]
