"""The tour runs from its first cell to its last."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

from postprocess import load_results

TOUR = Path(__file__).parents[2] / "docs" / "tour.ipynb"


def _code(notebook: Any) -> list[Any]:
    return [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]


def test_the_tour_was_saved_as_it_ran() -> None:
    cells = _code(json.loads(TOUR.read_text()))
    assert [cell["execution_count"] for cell in cells] == list(range(1, len(cells) + 1))
    outputs = [output for cell in cells for output in cell["outputs"]]
    assert not [
        one for one in outputs if one["output_type"] == "error" or one.get("name") == "stderr"
    ]
    assert any("image/png" in one.get("data", {}) for one in outputs)


@pytest.mark.slow
def test_the_tour_runs(tmp_path: Path) -> None:
    notebook = nbformat.read(TOUR, as_version=4)
    saved = [cell["outputs"] for cell in _code(notebook)]
    NotebookClient(
        notebook,
        timeout=600,
        kernel_name="python3",
        resources={"metadata": {"path": str(tmp_path)}},
    ).execute()
    now = [
        [output for output in cell["outputs"] if output.get("name") != "stderr"]
        for cell in _code(notebook)
    ]
    # The data are the same everywhere; what a model answers may differ by the processor.
    assert now[0] == saved[0]
    assert [len(outputs) for outputs in now] == [len(outputs) for outputs in saved]
    overall = load_results(tmp_path / "results").scores.query(
        "part == 'all' and metric == 'correct'"
    )
    correct = overall.set_index("arm")["mean"]
    assert correct["none"] < 0.1 < correct["__main__:Notebook (k=5)"] < correct["oracle"]
