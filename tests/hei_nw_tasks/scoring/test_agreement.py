"""`correct` and abstention against what careful readers say of each response.

real.jsonl      202 responses of small chat models, read one by one
probes.jsonl    95 responses that were written to find the edges of the rules
unseen.jsonl    320 responses written by somebody who never saw the rules
written.json    responses of many forms to questions of every kind of value, with what they are
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from hei_nw_tasks import metrics
from hei_nw_tasks.scoring.naming import outcome

HERE = Path(__file__).parent
WRITTEN = json.loads((HERE / "written.json").read_text("utf-8"))


def verdict_of(doc: dict[str, Any], response: str) -> str:
    """What the metrics of a response come to, in the readers' words."""
    scores = metrics.score({"query_kind": "single", "prior_answers": []} | doc, response)
    if scores.get("correct"):
        return "right"
    return "abstains" if scores.get("abstained", scores.get("false_abstained")) else "wrong"


@pytest.mark.parametrize("name", ["real", "probes", "unseen"])
def test_readers_agree(name: str) -> None:
    lines = (HERE / f"{name}.jsonl").read_text("utf-8").split("\n")
    rows = [json.loads(line) for line in lines if line]
    assert len(rows) > 90
    wrong = []
    for row in rows:
        expected = "wrong" if row["verdict"] == "empty" else row["verdict"]
        found = verdict_of(row["doc"], row["response"])
        if found != expected:
            wrong.append((found, expected, row["response"]))
    assert not [case for case in wrong if case[0] != "wrong"], "false positives"
    assert len(wrong) <= 0.02 * len(rows), wrong


@pytest.mark.parametrize(
    ("doc", "expected", "responses"),
    [
        pytest.param(case["doc"], kind, case[kind], id=f"{case['doc']['query']} {kind}")
        for case in WRITTEN
        for kind in ("right", "wrong", "abstains")
        if kind in case
    ],
)
def test_written_responses(doc: dict[str, Any], expected: str, responses: list[str]) -> None:
    found = {response: verdict_of(doc, response) for response in responses}
    assert {r: v for r, v in found.items() if v != expected} == {}


def test_outcomes_agree_with_the_metrics() -> None:
    for case in WRITTEN:
        doc = {"query_kind": "single", "prior_answers": []} | case["doc"]
        for kind in ("right", "wrong", "abstains"):
            for response in case.get(kind, ()):
                found = outcome(doc, response)
                scores = metrics.score(doc, response)
                right = scores["correct"] if doc["answerable"] else scores["abstained"]
                assert (found == "correct") == bool(right), response
                if doc["answerable"]:
                    assert (found == "abstained") == bool(scores["false_abstained"]), response
