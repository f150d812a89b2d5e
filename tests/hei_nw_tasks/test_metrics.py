"""Each metric against a table a person can check, and SQuAD's against an implementation of it."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest

from hei_nw_tasks import metrics


def question(**changes: Any) -> dict[str, Any]:
    """The columns of a dataset row that scoring reads."""
    row: dict[str, Any] = {
        "answers": ["Café Lumen"],
        "answerable": True,
        "query_kind": "single",
        "prior_answers": ["Bar Sol"],
        "distractor_answers": ["Quay Nine"],
        "other_answers": ["Old Mill", "Hotel Rue"],
    }
    return row | changes


UNANSWERABLE = question(answers=[], answerable=False, query_kind="unanswerable")
LIST = question(answers=["Mia Sol, Jo Park, Al Roy"], query_kind="list", other_answers=["Eve Lin"])


def test_importing_the_metrics_imports_nothing_but_the_standard_library() -> None:
    foreign = (
        "import sys; import hei_nw_tasks.metrics; "
        "print({m.split('.')[0] for m in sys.modules} & "
        "{'torch','lm_eval','datasets','pydantic','numpy','generators','transformers'})"
    )
    shown = subprocess.run(
        [sys.executable, "-c", foreign], capture_output=True, text=True, check=True
    )
    assert shown.stdout.strip() == "set()"


def test_score_gives_each_question_only_the_metrics_that_apply() -> None:
    assert metrics.score(question(), "Café Lumen") == {
        "correct": 1.0,
        "exact_match": 1.0,
        "exact_match_strict": 1.0,
        "f1": 1.0,
        "false_abstained": 0.0,
    }
    assert metrics.score(question(), "unknown")["false_abstained"] == 1.0
    assert metrics.score(UNANSWERABLE, "unknown") == {"abstained": 1.0}
    assert metrics.score(UNANSWERABLE, "Café Lumen") == {"abstained": 0.0}
    assert metrics.score(LIST, "Jo Park, Al Roy, Mia Sol")["exact_match"] == 1.0


EDITED = question(
    scenario="B",
    query_kind="direct",
    asked_slot="capital",
    answers=["Oslo"],
    prior_answers=["Lima", "Ciudad de los Reyes"],
    distractor_answers=["Quito"],
    other_answers=["Rome"],
)
SHARED = {"correct", "exact_match", "exact_match_strict", "f1", "false_abstained"}


@pytest.mark.parametrize(
    ("changes", "own"),
    [
        ({}, {"stale", "efficacy"}),
        ({"query_kind": "paraphrase"}, {"stale", "paraphrase"}),
        ({"query_kind": "locality", "prior_answers": []}, {"locality"}),
        ({"query_kind": "novel", "prior_answers": []}, set()),
        ({"query_kind": "two_hop"}, {"stale"}),
        ({"scenario": "A"}, set()),
        ({"scenario": "C", "query_kind": "locality", "asked_slot": "rack"}, set()),
    ],
)
def test_only_edits_have_metrics_of_their_own(changes: dict[str, Any], own: set[str]) -> None:
    doc = EDITED | changes
    for response, right in (("Oslo", 1.0), ("Lima", 0.0)):
        scores = metrics.score(doc, response)
        assert {name for name in scores if name not in SHARED} - {"default_guess"} == own
        assert {scores[name] for name in own - {"stale"}} <= {right}
        if "stale" in own:
            assert scores["stale"] == 1 - right
        plain = metrics.score({k: v for k, v in doc.items() if k != "scenario"}, response)
        assert {name: scores[name] for name in SHARED} == plain


def test_an_unanswerable_question_about_an_edit_is_scored_like_any() -> None:
    doc = EDITED | {"answers": [], "answerable": False, "query_kind": "unanswerable"}
    assert metrics.score(doc, "Lima") == {"abstained": 0.0}


# --- Scenario C ----------------------------------------------------------------------------------

PORT = question(
    scenario="C",
    query_kind="lookup",
    asked_slot="port",
    answers=["48213"],
    prior_answers=["48113"],
    distractor_answers=["48218"],
    other_answers=["45433", "46379"],
)


def test_only_scenario_c_has_default_guesses() -> None:
    assert "default_guess" not in metrics.score(question(), "5432")
    assert "default_guess" not in metrics.score(PORT | {"scenario": "A"}, "5432")
    nothing = PORT | {"answers": [], "answerable": False, "query_kind": "unanswerable"}
    assert metrics.score(nothing, "5432") == {"abstained": 0.0, "default_guess": 1.0}
    assert metrics.score(nothing, "unknown") == {"abstained": 1.0, "default_guess": 0.0}
    rest = metrics.score(PORT, "48213")
    assert rest.pop("default_guess") == 0.0
    assert rest == metrics.score(PORT | {"scenario": "A"}, "48213")
