"""What a response carries reaches lm_eval's metrics, a cache and the samples file unchanged."""

from __future__ import annotations

import copy
import json
import pickle
from typing import Any

import pytest
from pydantic import ValidationError

from generators.errors import ConfigError
from hei_nw_tasks.compute.costs import COSTS
from hei_nw_tasks.compute.record import ComputeRecord, all_unknown, estimated, measured
from hei_nw_tasks.response import (
    MEASUREMENTS,
    AnswerRecord,
    MeasuredResponse,
    measurements,
    overflowed,
)
from hei_nw_tasks.retrieval.ranking import ranking_metrics

COMPUTE = all_unknown("not measured") | {
    "prompt_tokens": measured(243),
    "total_flops": estimated(2.5e9),
    "batch_size": measured(16),
}
# As the samples file has it.
JSON: dict[str, Any] = {
    "question_id": "q1",
    "baseline": "rag",
    "overflow": False,
    "shown": 2,
    "evidence_shown": 0.5,
    "retrieved": ["e3", "e1", "e9"],
    "memory": None,
    "compute": {
        **dict.fromkeys(COSTS),
        **{"prompt_tokens": 243, "total_flops": 2.5e9, "batch_size": 16},
        "basis": {
            **{"prompt_tokens": "measured", "total_flops": "estimated", "batch_size": "measured"}
        },
        "missing": {
            name: "not measured"
            for name in COSTS
            if name not in ("prompt_tokens", "total_flops", "batch_size")
        },
    },
}
DOC = {"id": "q1", "evidence": ["e1", "e2"]}


def response(**changes: Any) -> MeasuredResponse:
    return MeasuredResponse("5433", {**JSON, **changes})


def test_a_record_has_the_shape_of_the_samples_file():
    record = AnswerRecord.model_validate(JSON)
    assert record.compute == ComputeRecord(costs=COMPUTE)
    assert json.loads(json.dumps(record.model_dump())) == JSON
    assert list(record.model_dump()["compute"]) == [*COSTS, "basis", "missing"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"prompt_tokens": None}, "a known cost has a basis"),
        ({"kv_cache_bytes": 7}, "a known cost has a basis"),
        ({"prompt_tokens": 243.5}, "prompt_tokens is no whole number"),
        ({"prompt_tokens": "243"}, "valid integer"),
        ({"tokens": 1}, "a known cost has a basis"),
        ({"basis": {"total_flops": "estimated"}}, "a known cost has a basis"),
        ({"basis": {**JSON["compute"]["basis"], "total_flops": "guessed"}}, "measured"),
        ({"basis": {**JSON["compute"]["basis"], "tokens": "measured"}}, "names what is no cost"),
        ({"missing": None}, "no reasons for what is missing"),
    ],
)
def test_a_damaged_record_is_refused(change: dict[str, Any], message: str):
    with pytest.raises(ValidationError, match=message):
        AnswerRecord.model_validate({**JSON, "compute": {**JSON["compute"], **change}})


@pytest.mark.parametrize("name", COSTS)
def test_a_record_without_one_of_its_costs_is_refused(name: str):
    compute = copy.deepcopy(JSON["compute"])
    del compute[name]
    compute["basis"].pop(name, None)
    compute["missing"].pop(name, None)
    with pytest.raises(ValidationError, match=f"differs in {name}"):
        AnswerRecord.model_validate({**JSON, "compute": compute})


def test_a_response_is_a_string_with_its_record_wherever_it_goes():
    made = response()
    for copied in (pickle.loads(pickle.dumps(made)), copy.deepcopy(made), copy.copy(made)):
        assert copied == "5433"
        assert type(copied) is MeasuredResponse
        assert copied.record == made.record
    assert b"AnswerRecord" not in pickle.dumps(made), "plain values"


def test_measurements_are_what_is_known():
    assert measurements(response(), DOC) == {
        "overflow": 0.0,
        "evidence_shown": 0.5,
        **ranking_metrics(["e3", "e1", "e9"], ["e1", "e2"]),
        **{"prompt_tokens": 243.0, "total_flops": 2.5e9},
    }
    assert set(measurements(response(), DOC)) < set(MEASUREMENTS)
    nothing = measurements(response(evidence_shown=None), {"id": "q1", "evidence": []})
    assert set(nothing) == {"overflow", "prompt_tokens", "total_flops"}
    unranked = measurements(response(retrieved=None), DOC)
    assert set(unranked) == {"overflow", "evidence_shown", "prompt_tokens", "total_flops"}
    assert measurements("plain", DOC) == {}


def test_an_overflow_is_all_that_is_measured_of_it():
    assert measurements(response(overflow=True), DOC) == {"overflow": 1.0}
    assert [overflowed(each) for each in (response(overflow=True), response(), "x", None)] == (
        [True, False, False, False]
    )


def test_the_answer_to_another_question_is_refused():
    with pytest.raises(ConfigError, match=r"'q2' got the answer to 'q1'.*--cache_requests refresh"):
        measurements(response(), {**DOC, "id": "q2"})
