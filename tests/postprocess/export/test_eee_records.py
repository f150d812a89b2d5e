"""Every Eval Ever records, judged by the project's own validator, against what lm_eval saved.

The validator is `pip install --no-deps --ignore-requires-python every-eval-ever`, as `make venv`
does it: the package asks for Python 3.12 and for an older huggingface_hub, and the validator for
neither.
"""

from __future__ import annotations

import json
import math
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import pytest
from every_eval_ever.schema import schema_json
from every_eval_ever.validator.validation_core import ValidationReport, validate_file
from jsonschema import Draft7Validator

from hei_nw_tasks.metrics import METRICS
from tests.postprocess.export.conftest import Saved, saved


def validated(folder: Path) -> dict[str, ValidationReport]:
    """What the validator says of all files below a folder, each as a part of the datastore."""
    files = {
        path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()
    }
    return {
        name: validate_file(
            path,
            repo_path=name,
            available_files=files.keys(),
            read_repo_file=lambda name: files[name].read_text(encoding="utf-8"),
            run_semantic_checks=True,
        )
        for name, path in files.items()
    }


@pytest.mark.parametrize(("which", "runs"), [("exported", 14), ("exported_odd", 2)])
def test_the_projects_validator_has_nothing_to_say(
    which: str, runs: int, request: pytest.FixtureRequest
) -> None:
    reports = validated(request.getfixturevalue(which) / "eee")
    assert len(reports) == 2 * runs
    for report in reports.values():
        assert (report.valid, report.errors, report.warnings) == (True, [], [])


def test_the_published_schema_holds(exported_odd: Path) -> None:
    schemas = {
        ".json": Draft7Validator(schema_json()),
        ".jsonl": Draft7Validator(schema_json("instance_level_eval.schema.json")),
    }
    seen = Counter[str]()
    for path in (exported_odd / "eee").rglob("*.json*"):
        text = path.read_text()
        records = [text] if path.suffix == ".json" else text.splitlines()
        for record in records:
            assert not [*schemas[path.suffix].iter_errors(json.loads(record))]
            seen[path.suffix] += 1
    assert seen[".jsonl"] > seen[".json"] > 1


def test_the_validator_notices_a_record_of_another_model(
    exported_odd: Path, tmp_path: Path
) -> None:
    """The checks above would find something if there were something."""
    path = next(path for path in (exported_odd / "eee").rglob("*.json"))
    other = tmp_path / "data/hei-nw/somebody/else" / path.name
    other.parent.mkdir(parents=True)
    other.write_text(path.read_text())
    (report,) = validated(tmp_path).values()
    assert not report.valid
    assert report.warnings


def test_scores_are_those_of_lm_eval(saved_arms: Path, exported: Path) -> None:
    records = {}
    for path in (exported / "eee").rglob("*.json"):
        found = json.loads(path.read_text())
        name = float(found["evaluation_timestamp"]), found["evaluation_id"].partition("/")[0]
        lines = path.with_name(f"{path.stem}_samples.jsonl").read_text().splitlines()
        records[name] = found, list(map(json.loads, lines))
    runs = list(saved(saved_arms))
    assert len(records) == len(runs) == 14
    for run in runs:
        record, samples = records[round(run.results["date"], 6), run.task]
        assert record["model_info"]["additional_details"]["memory"] == run.arm
        for result in record["evaluation_results"]:
            metric = result["evaluation_result_id"]
            if metric in METRICS:
                theirs = run.results["results"][run.task][f"{metric},all"]
                assert math.isclose(result["score_details"]["score"], theirs, abs_tol=1e-12)
                lower = not METRICS[metric].higher_is_better
                assert result["metric_config"]["lower_is_better"] is lower
        compare_samples(run, samples)


def compare_samples(run: Saved, samples: list[dict[str, Any]]) -> None:
    rows = {row["doc"]["id"]: row for row in run.rows}
    scores: dict[str, dict[str, float]] = defaultdict(dict)
    prompts = {}
    for sample in samples:
        row = rows[sample["sample_id"]]
        scores[sample["sample_id"]][sample["evaluation_result_id"]] = sample["evaluation"]["score"]
        assert sample["input"]["reference"] == (row["doc"]["answers"] or ["unknown"])
        assert sample["output"]["raw"] == [row["resps"][0][0]]
        right = row.get("correct", row.get("abstained")) == 1.0
        assert sample["evaluation"]["is_correct"] is right
        if "formatted" in sample["input"]:
            assert sample["sample_id"] not in prompts
            prompts[sample["sample_id"]] = sample["input"]["formatted"]
    for name, row in rows.items():
        assert scores[name] == {key: row[key] for key in METRICS if key in row["metrics"]}
        assert prompts[name] == row["arguments"]["gen_args_0"]["arg_0"]
