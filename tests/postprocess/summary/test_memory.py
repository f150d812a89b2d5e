"""The report's memory section, from the samples of real runs by hand and by scikit-learn."""

from __future__ import annotations

import math
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.metrics import average_precision_score, precision_score, recall_score

from generators.datasets.source import tables_from
from hei_nw_tasks.metrics import PRIMARY
from tests.postprocess.saved import experiment_of, metrics_of, samples_of

GATED, LEAKY = "memories:Gated (k=5, least=0.65)", "memories:Gated (k=5, leaky=True"


def run_of(report: Path, arm: str) -> str:
    (found,) = [a for a in experiment_of(report, "A")["arms"] if arm in a["arm"]]
    return str(found["run_id"])


def memory_of(report: Path, arm: str) -> dict[str, Any]:
    return dict(metrics_of(report, run_of(report, arm))["memory"])


def records_of(reports: Path, report: Path, arm: str) -> list[dict[str, Any]]:
    rows = samples_of(reports, run_of(report, arm))
    return [row["arguments"]["gen_args_0"]["arg_2"]["heinw"] for row in rows]


def stores_of(reports: Path, report: Path, arm: str) -> dict[str, dict[str, Any]]:
    of_memory = [record["memory"] for record in records_of(reports, report, arm)]
    told = [memory for memory in of_memory if memory["of_store"]]
    assert len(told) == len({memory["store"] for memory in told})
    return {memory["store"]: memory["of_store"] for memory in told}


def flat(stores: dict[str, dict[str, Any]], column: str) -> list[Any]:
    return [value for store in stores.values() for value in store[column]]


def test_arms_of_b0_have_no_memory_and_every_store_of_b1_counts_once(
    saved_memories: Path, memories_report: Path
) -> None:
    assert metrics_of(memories_report, run_of(memories_report, "rag"))["memory"] is None
    found = memory_of(memories_report, GATED)
    rows = samples_of(saved_memories, run_of(memories_report, GATED))
    worlds = {row["doc"]["world_id"] for row in rows}
    assert found["stores"] == found["stores_asked"] == len(worlds) == 6
    # What was told is the log up to the last question.
    sizes = [max(r["doc"]["store_size"] for r in rows if r["doc"]["world_id"] == w) for w in worlds]
    assert found["told"] == sum(sizes)


def test_the_gate_is_measured_as_scikit_learn_does(
    saved_memories: Path, memories_report: Path
) -> None:
    stores = stores_of(saved_memories, memories_report, GATED)
    stored, durable = flat(stores, "stored"), flat(stores, "should_remember")
    scores = flat(stores, "scores")
    found = memory_of(memories_report, GATED)
    assert 0 < sum(stored) < len(stored)
    assert found["stored"]["mean"] == pytest.approx(np.mean(stored))
    gate = found["gate"]
    assert gate["precision"]["mean"] == pytest.approx(precision_score(durable, stored))
    assert gate["precision"]["n"] == sum(stored)
    assert gate["recall"]["mean"] == pytest.approx(recall_score(durable, stored))
    assert gate["pr_auc"]["value"] == pytest.approx(average_precision_score(durable, scores))
    assert gate["chance"] == pytest.approx(np.mean(durable))
    for part in (gate["precision"], gate["recall"]):
        assert part["interval"]["low"] <= part["mean"] <= part["interval"]["high"]
    assert gate["pr_auc"]["interval"]["method"] == "jackknife over worlds"
    # Scores are in [0, 1]: ten bins of equal width, of which some are empty.
    by_bin = Counter(min(9, math.floor(round(10 * score, 6))) for score in scores)
    assert [row["should_remember"]["n"] for row in gate["bins"]] == [
        by_bin[place] for place in sorted(by_bin)
    ]
    gaps = [
        len(members) * abs(np.mean([s for s, _ in members]) - np.mean([d for _, d in members]))
        for place in by_bin
        if (
            members := [
                (score, is_durable)
                for score, is_durable in zip(scores, durable, strict=True)
                if min(9, math.floor(round(10 * score, 6))) == place
            ]
        )
    ]
    assert gate["calibration_error"] == pytest.approx(sum(gaps) / len(scores))


def test_scores_beyond_shares_have_bins_of_equal_numbers_and_no_calibration_error(
    memories_report: Path,
) -> None:
    gate = memory_of(memories_report, LEAKY)["gate"]
    assert gate["calibration_error"] is None
    sizes = [row["should_remember"]["n"] for row in gate["bins"]]
    assert len(sizes) == 10
    # Equal scores stay together.
    assert min(sizes) > sum(sizes) / 40
    assert max(sizes) < sum(sizes) / 4
    assert all(a["high"] < b["low"] for a, b in zip(gate["bins"], gate["bins"][1:], strict=False))


def test_roles_and_clutter_are_of_the_events_that_were_told(
    saved_memories: Path, memories_report: Path
) -> None:
    run_id = run_of(memories_report, GATED)
    settings = metrics_of(memories_report, run_id)["provenance"]["dataset_config"]
    worlds = {world.world_id: world for world in tables_from("A", settings)[0].worlds}
    stores = stores_of(saved_memories, memories_report, GATED)
    told = {id_: worlds[id_].events[: len(store["stored"])] for id_, store in stores.items()}
    found = memory_of(memories_report, GATED)
    pairs = [
        (event, stored)
        for id_, store in stores.items()
        for event, stored in zip(told[id_], store["stored"], strict=True)
    ]
    tokens = sum(math.ceil(len(event.text) / 4) for event, _ in pairs)
    writes = sum(stored for _, stored in pairs)
    assert found["clutter"]["value"] == pytest.approx(1000 * writes / tokens)
    ends = found["clutter"]["interval"]
    assert ends["low"] < found["clutter"]["value"] < ends["high"]
    assert {row["role"] for row in found["by_role"]} == {event.role for event, _ in pairs}
    for row in found["by_role"]:
        own = [(event, stored) for event, stored in pairs if event.role == row["role"]]
        assert row["stored"]["n"] == len(own)
        assert row["stored"]["mean"] == pytest.approx(np.mean([stored for _, stored in own]))
        assert row["should_remember"] == sum(event.should_remember for event, _ in own)


def test_a_memory_without_gate_has_none(memories_report: Path) -> None:
    found = memory_of(memories_report, "Notebook")
    assert found["gate"] is None
    assert found["stored"]["mean"] == 1
    capabilities = found["capabilities"]
    assert not capabilities["delete"]
    assert not capabilities["gate"]
    assert not capabilities["provenance"]


def test_what_was_shown_and_what_was_made_of_it(
    saved_memories: Path, memories_report: Path
) -> None:
    rows = samples_of(saved_memories, run_of(memories_report, GATED))
    found = memory_of(memories_report, GATED)
    records = records_of(saved_memories, memories_report, GATED)
    cells: Counter[tuple[bool, bool]] = Counter()
    shown, missed, collided = list[bool](), list[bool](), list[bool]()
    for row, record in zip(rows, records, strict=True):
        doc, memory = row["doc"], record["memory"]
        if not doc["answers"]:
            assert memory["answer_shown"] is None
            continue
        block = row["arguments"]["gen_args_0"]["arg_0"].rsplit(doc["query"], 1)[0]
        if doc["query_kind"] == "single":
            # Names are spelt as the log spells them.
            assert memory["answer_shown"] == any(a.lower() in block.lower() for a in doc["answers"])
        shown.append(memory["answer_shown"])
        cells[memory["answer_shown"], row[PRIMARY] == 1] += 1
        if doc["distractor_answers"]:
            missed.append(memory["near_miss"])
            collided.append(memory["collision"])
    assert found["answer_shown"]["mean"] == pytest.approx(np.mean(shown))
    assert found["near_miss"]["mean"] == pytest.approx(np.mean(missed))
    assert found["collision_shown"]["mean"] == pytest.approx(np.mean(collided))
    assert found["reading"] == {
        "shown_right": cells[True, True],
        "shown_wrong": cells[True, False],
        "missed_right": cells[False, True],
        "missed_wrong": cells[False, False],
    }
    assert 0 < np.mean(shown) < 1
    assert any(collided)


def test_writing_is_counted_once_and_shared_by_the_questions(
    saved_memories: Path, memories_report: Path
) -> None:
    stores = stores_of(saved_memories, memories_report, GATED)
    metrics = metrics_of(memories_report, run_of(memories_report, GATED))
    writing = metrics["memory"]["writing"]
    told = len(flat(stores, "stored"))
    for name, column in (
        *(("seconds", "seconds"), ("lm_calls", "calls"), ("lm_tokens", "tokens")),
        *(("flops", "flops"), ("bytes", "bytes")),
    ):
        total = sum(store[column] for store in stores.values())
        assert total > 0
        assert writing[name]["total"] == pytest.approx(total)
        assert writing[name]["per_event"]["value"] == pytest.approx(total / told)
    # A call an event, exactly: no interval, and no reason to give one.
    assert writing["lm_calls"]["per_event"]["value"] == 1
    items = metrics["items"]
    seconds = sum(store["seconds"] for store in stores.values())
    assert sum(item["measured"]["write_s"] for item in items) == pytest.approx(seconds)
    economics = metrics["economics"]
    assert economics["write_seconds"] == pytest.approx(seconds / len(stores))
    answering = sum(i["measured"]["latency_s"] + i["measured"]["retrieval_s"] for i in items)
    right = sum(item["scores"].get(PRIMARY, item["scores"].get("abstained")) == 1 for item in items)
    assert economics["seconds_per_question"] == pytest.approx(answering / len(items))
    assert economics["seconds_per_right_answer"] == pytest.approx((answering + seconds) / right)
    flops = sum(store["flops"] for store in stores.values())
    total = sum(i["measured"]["total_flops"] + i["measured"]["embed_flops"] for i in items)
    assert economics["flops_per_right_answer"] == pytest.approx((total + flops) / right)
    p95 = np.percentile([item["measured"]["retrieval_s"] for item in items], 95)
    assert metrics["memory"]["recall_p95_s"] == pytest.approx(p95)


def test_what_is_not_counted_is_null_with_a_reason(memories_report: Path) -> None:
    metrics = metrics_of(memories_report, run_of(memories_report, "Notebook"))
    flops = metrics["memory"]["writing"]["flops"]
    assert flops["total"] is None
    assert flops["per_event"]["note"] == "the memory does not count it"
    assert metrics["economics"]["flops_per_right_answer"] is None
    assert metrics["economics"]["write_flops"] is None
    durability = metrics["memory"]["durability"]
    assert durability["lost"] is None
    assert durability["note"]


def test_scopes_that_leak_are_found(saved_memories: Path, memories_report: Path) -> None:
    found = memory_of(memories_report, LEAKY)
    records = [r["memory"] for r in records_of(saved_memories, memories_report, LEAKY)]
    shares = [record["foreign"] / max(1, record["recalled"]) for record in records]
    isolation = found["isolation"]
    assert isolation["scopes"] == 3
    assert isolation["items"]["mean"] == pytest.approx(np.mean(shares))
    assert np.mean(shares) > 0.1
    assert isolation["answers"]["n"] == len(records)
    assert memory_of(memories_report, GATED)["isolation"] is None
    measured = metrics_of(memories_report, run_of(memories_report, GATED))["items"][0]["measured"]
    assert "foreign" not in measured


def test_warnings_come_before_any_score_and_by_name(
    saved_memories: Path, memories_report: Path
) -> None:
    def warnings(arm: str) -> str:
        return "\n".join(metrics_of(memories_report, run_of(memories_report, arm))["warnings"])

    assert "Mute STORED NOTHING of" in warnings("Mute")
    assert "Mute RECALLED NOTHING for any of 60 questions" in warnings("Mute")
    lost = sum(s["lost"] for s in stores_of(saved_memories, memories_report, LEAKY).values())
    assert lost > 5
    assert f"Gated LOST {lost} of" in warnings(LEAKY)
    durability = memory_of(memories_report, LEAKY)["durability"]
    assert (durability["lost"], durability["reopened"]) == (lost, True)
    assert "60 of 60 questions, items that were recalled were cut" in warnings("Notebook")
    for arm in (GATED, "none (B1"):
        assert not any(word in warnings(arm) for word in ("STORED", "RECALLED", "LOST", " cut"))
    page = (memories_report / f"{run_of(memories_report, 'Mute')}_report.md").read_text()
    assert page.index("STORED NOTHING") < page.index("| Metric |")
