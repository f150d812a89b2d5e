"""Runs of stock lm_eval to compare, read and changed without the code under test.

`stock/` was written by lm_eval 0.4.13 (`python -m testing.stock_runs`).
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from postprocess.__main__ import main

STOCK = Path(__file__).parent / "stock"
A, B = STOCK / "a", STOCK / "b"
Row = dict[str, Any]


def paired(out: Path, *arguments: str | Path) -> dict[str, Any]:
    """What `pair` writes."""
    assert main(["pair", *map(str, arguments), "--outdir", str(out)]) == 0
    found: dict[str, Any] = json.loads((out / "pair.json").read_text())
    return found


def one(pairing: dict[str, Any], task: str, metric: str, filter_name: str) -> dict[str, Any]:
    """One comparison."""
    (found,) = [
        row
        for row in pairing["comparisons"]
        if (row["task"], row["difference"]["metric"], row["filter"]) == (task, metric, filter_name)
    ]
    return dict(found)


def results_file(side: Path) -> Path:
    """The one results file of a side."""
    (path,) = side.rglob("results_*.json")
    return path


def samples_file(side: Path, task: str) -> Path:
    """The one samples file of a task."""
    (path,) = side.rglob(f"samples_{task}_*.jsonl")
    return path


def rows(side: Path, task: str) -> list[Row]:
    """The rows of a task, in the order of the file."""
    return [json.loads(line) for line in samples_file(side, task).read_bytes().splitlines()]


def values(side: Path, task: str, metric: str, filter_name: str) -> dict[str, float]:
    """A metric by the document's hash."""
    return {
        row["doc_hash"]: float(row[metric])
        for row in rows(side, task)
        if row["filter"] == filter_name
    }


def copied(side: Path, folder: Path) -> Path:
    """A side, to do with as one likes."""
    return Path(shutil.copytree(side, folder))


def rewrite(side: Path, task: str, change: Callable[[list[Row]], list[Row]]) -> None:
    """Changes the rows of a task as if lm_eval had written them so: means and hash follow."""
    path = samples_file(side, task)
    changed = change(rows(side, task))
    path.write_text("".join(f"{json.dumps(row)}\n" for row in changed))
    hashes = "".join(f"{r['doc_hash']}{r['prompt_hash']}{r['target_hash']}" for r in changed)
    scores: dict[str, list[float]] = {}
    for row in changed:
        for metric in row["metrics"]:
            if isinstance(row[metric], int | float):
                scores.setdefault(f"{metric},{row['filter']}", []).append(row[metric])

    def follow(results: Row) -> None:
        results["task_hashes"][task] = hashlib.sha256(hashes.encode()).hexdigest()
        documents = len({row["doc_id"] for row in changed})
        results["n-samples"][task] = {"original": documents, "effective": documents}
        for name, numbers in scores.items():
            if results["results"][task].get(name) is not None and "perplexity" not in name:
                results["results"][task][name] = sum(numbers) / len(numbers)

    edit(side, follow)


def edit(side: Path, change: Callable[[Row], object]) -> None:
    """Changes the results file of a side."""
    path = results_file(side)
    found = json.loads(path.read_text())
    change(found)
    path.write_text(json.dumps(found))
