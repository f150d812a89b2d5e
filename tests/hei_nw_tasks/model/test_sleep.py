"""Modes B2 and B3 from end to end, with memories whose sleep is known to do nothing, or all."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from hei_nw_tasks import register
from hei_nw_tasks.task import target
from tests.hei_nw_tasks.model.running import answers, evaluate, prompt, record

DREAMING = "tests.hei_nw_tasks.memory.dreaming"
FEW = {"n": 4}


@pytest.fixture(scope="module")
def alone(checkpoint: Path) -> dict[str, dict[str, Any]]:
    register()
    return asked(checkpoint, baseline="none")


def asked(checkpoint: Path, **arm: Any) -> dict[str, dict[str, Any]]:
    """Samples by question id."""
    options = {"use_cache": arm.pop("use_cache", None)}
    size = {"n": arm.pop("many", FEW["n"])}
    arguments = {"pretrained": str(checkpoint), **arm}
    results = evaluate(
        "heinw", arguments, ["heinw_A"], size, batch_size=4, gen_kwargs="max_gen_toks=24", **options
    )
    return answers(results, "heinw_A")


def said(rows: dict[str, dict[str, Any]]) -> dict[str, str]:
    return {id_: row["resps"][0][0] for id_, row in rows.items()}


def test_sleep_that_does_nothing_leaves_b0_and_b1(
    checkpoint: Path, alone: dict[str, dict[str, Any]], tmp_path: Path
):
    memory = {"memory": f"{DREAMING}:Dreamless", "memory_folder": str(tmp_path)}
    b1 = asked(checkpoint, mode="B1", **memory)
    b2, b3 = (asked(checkpoint, mode=mode, **memory) for mode in ("B2", "B3"))
    assert said(b3) == said(alone)
    assert {id_: prompt(row) for id_, row in b3.items()} == {
        id_: prompt(row) for id_, row in alone.items()
    }
    assert said(b2) == said(b1) != said(alone)
    assert {id_: prompt(row) for id_, row in b2.items()} == {
        id_: prompt(row) for id_, row in b1.items()
    }
    for row in b3.values():
        memory_record = record(row)["memory"]
        assert (memory_record["weights"], memory_record["recalled"]) == (None, 0)
        assert memory_record["answer_shown"] is None
        assert row["sleep_s"] > 0


def test_drift_reads_the_evidence_with_the_weights_of_another_world(
    checkpoint: Path, tmp_path: Path
):
    memory = {"memory_folder": str(tmp_path)}
    before = asked(checkpoint, many=12, baseline="oracle")
    asleep = {"mode": "B3", "drift": "reading"}
    same = asked(checkpoint, many=12, memory=f"{DREAMING}:Dreamless", **asleep, **memory)
    other = asked(checkpoint, many=12, memory=f"{DREAMING}:Restless", **asleep, **memory)
    assert said(same) == said(before) != said(other)
    for rows in (same, other):
        assert {id_: prompt(row) for id_, row in rows.items()} == {
            id_: prompt(row) for id_, row in before.items()
        }


@pytest.mark.slow
def test_sleep_that_trains_on_the_key_knows_it_all(
    checkpoint: Path, alone: dict[str, dict[str, Any]], tmp_path: Path
):
    rows = tmp_path / "rows.jsonl"
    with rows.open("w") as file:
        for row in alone.values():
            told = [row["doc"]["world_id"], prompt(row), target(row["doc"])]
            file.write(json.dumps(told) + "\n")
    arm = {"memory": f"{DREAMING}:Planted", "memory_args": {"rows": str(rows)}}
    found = asked(checkpoint, mode="B3", **arm)
    for name in ("correct", "abstained"):
        scores = [row[name] for row in found.values() if name in row]
        assert scores == [1.0] * len(scores) != []
        assert not any(row.get(name) for row in alone.values())
    assert {id_: prompt(row) for id_, row in found.items()} == {
        id_: prompt(row) for id_, row in alone.items()
    }


def test_each_moment_and_cycle_has_weights_of_its_own_and_its_answers_too(
    checkpoint: Path, alone: dict[str, dict[str, Any]], tmp_path: Path
):
    kept = {"memory_folder": str(tmp_path / "m"), "use_cache": str(tmp_path / "answers")}
    memory = {"memory": f"{DREAMING}:Restless", **kept}
    assert said(asked(checkpoint, baseline="none", use_cache=kept["use_cache"])) == said(alone)
    first = asked(checkpoint, mode="B3", **memory)
    second = asked(checkpoint, mode="B3", cycle=2, **memory)
    assert len({frozenset(said(rows).items()) for rows in (alone, first, second)}) == 3
    assert said(asked(checkpoint, mode="B3", **memory)) == said(first)
    assert said(asked(checkpoint, baseline="none", use_cache=kept["use_cache"])) == said(alone)
    weights: dict[tuple[str, int, int], set[str]] = {}
    for cycle, rows in ((1, first), (2, second)):
        for row in rows.values():
            doc = row["doc"]
            weights.setdefault((doc["world_id"], doc["store_size"], cycle), set()).add(
                record(row)["memory"]["weights"]
            )
    assert all(len(digests) == 1 for digests in weights.values())
    assert len(set.union(*weights.values())) == len(weights) >= 4
    for cycle, rows in ((1, first), (2, second)):
        for row in rows.values():
            kept_of = record(row)["memory"]
            assert kept_of["replayed"] == (cycle if row["doc"]["evidence"] else None)
            if kept_of["of_store"]:
                moments = {slept["told"] for slept in kept_of["of_store"]["sleeps"]}
                cycles = [
                    (size, number) for size in sorted(moments) for number in range(1, cycle + 1)
                ]
                assert cycles == [
                    (slept["told"], slept["cycle"]) for slept in kept_of["of_store"]["sleeps"]
                ]
                for slept in kept_of["of_store"]["sleeps"]:
                    assert slept["replayed"] == [1] * slept["told"], "nothing of what comes later"
