"""A memory inside the model: told in order, asked at the same moments."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar

import lm_eval.models  # noqa: F401  # before other models are registered
import pytest
from lm_eval.api.model import LM
from lm_eval.api.registry import register_model

from generators.errors import ConfigError
from hei_nw_tasks import register
from hei_nw_tasks.memory.protocol import Episode
from hei_nw_tasks.plugins import PluginError
from tests.hei_nw_tasks.model.running import answers, evaluate, prompt, record

LAGS = {"n": 10, "seed": 3}


class Remembering(LM):  # type: ignore[misc]
    """Answers with all that it was told in the present scope."""

    log: ClassVar[list[tuple[str, Any]]] = []

    def __init__(self, **kwargs: Any) -> None:
        super().__init__()
        self.told: dict[str, list[Episode]] = {}
        self.scope = ""

    def observe(self, events: Sequence[Episode], scope: str) -> None:
        Remembering.log.append(("told", (scope, [event.id for event in events])))
        self.told.setdefault(scope, []).extend(events)
        self.scope = scope

    def generate_until(self, requests: list[Any], disable_tqdm: bool = False) -> list[str]:
        Remembering.log.append(("asked", [request.doc["id"] for request in requests]))
        said = " | ".join(event.text for event in self.told.get(self.scope, []))
        return [said for _ in requests]

    def loglikelihood(self, requests: Any) -> Any:
        raise AssertionError

    loglikelihood_rolling = loglikelihood


class Forgetful(Remembering):
    def observe(self, events: Sequence[Episode], scope: str) -> None:
        raise RuntimeError("no room")


@pytest.fixture(autouse=True, scope="module")
def _registered() -> None:
    register()
    register_model("heinw-test-remembering")(Remembering)
    register_model("heinw-test-forgetful")(Forgetful)


def arguments(inner: str = "heinw-test-remembering") -> dict[str, Any]:
    return {"inner": inner, "mode": "B1", "memory": "model"}


@pytest.mark.parametrize("task", ["heinw_A", "heinw_D"])
def test_it_is_told_what_precedes_each_question_and_no_more(task: str):
    Remembering.log.clear()
    settings = {**LAGS, "store_sizes": [32, 48], "collision_groups": [1, 4]}
    results = evaluate("heinw", arguments(), [task], settings if task == "heinw_D" else LAGS)
    rows = answers(results, task)
    known: dict[str, list[str]] = {}
    scope, asked = "", []
    for what, value in Remembering.log:
        if what == "told":
            scope, ids = value
            known.setdefault(scope, []).extend(ids)
            continue
        for id_ in value:
            doc = rows[id_]["doc"]
            assert doc["world_id"] in scope
            assert len(known[scope]) == doc["store_size"]
            assert set(doc["evidence"]) <= set(known[scope])
        asked += value
    assert sorted(asked) == sorted(rows)
    for row in rows.values():
        assert record(row)["baseline"] == "model"
        assert prompt(row).count("\nQuestion: ") == 1
        assert record(row)["compute"]["write_s"] >= 0
        said = row["resps"][0][0]
        assert said.count(" | ") == row["doc"]["store_size"] - 1


def test_answers_are_kept_for_the_events_that_were_told(tmp_path: Path):
    once = {"use_cache": str(tmp_path / "cache")}
    first = evaluate("heinw", arguments(), ["heinw_A"], LAGS, **once)
    Remembering.log.clear()
    second = evaluate("heinw", arguments(), ["heinw_A"], LAGS, **once)
    assert Remembering.log == []
    said = [[row["resps"] for row in answers(r, "heinw_A").values()] for r in (first, second)]
    assert said[0] == said[1]
    # The same questions after other events.
    evaluate("heinw", arguments(), ["heinw_A"], {**LAGS, "confounders_ratio": 0}, **once)
    assert Remembering.log != []


def test_models_that_cannot_be_told():
    with pytest.raises(ConfigError, match="inner='dummy' has no method observe"):
        evaluate("heinw", arguments("dummy"), ["heinw_A"], LAGS)
    with pytest.raises(PluginError, match="memory='model' raised RuntimeError: no room"):
        evaluate("heinw", arguments("heinw-test-forgetful"), ["heinw_A"], LAGS)
