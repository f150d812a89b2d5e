"""What is known of an arm, a metric or a measurement stands in one place, and all else follows."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import yaml

from generators.scenarios import SCENARIOS
from hei_nw_tasks import register
from hei_nw_tasks.compute.costs import COSTS
from hei_nw_tasks.memory.options import Options
from hei_nw_tasks.memory.protocol import Episode, Item
from hei_nw_tasks.memory.registry import ARMS, Arm
from hei_nw_tasks.metrics import METRICS, Metric
from hei_nw_tasks.model.settings import arm_arguments, split
from hei_nw_tasks.response import MEASUREMENTS, Measurement
from hei_nw_tasks.retrieval.ranking import RANKING
from hei_nw_tasks.tasks.__main__ import rendered, write
from tests.hei_nw_tasks.model.running import TASKS, answers, evaluate, prompt, record


def loaded(text: str) -> dict[str, Any]:
    """A task YAML, read past the tags that only lm_eval understands."""
    loader: Any = type("Loader", (yaml.SafeLoader,), {})
    loader.add_constructor("!function", lambda loader, node: node.value)
    found: dict[str, Any] = yaml.load(text, loader)
    return found


def metric_names(files: Mapping[str, str]) -> list[str]:
    return [entry["metric"] for entry in loaded(files["_shared.yaml"])["metric_list"]]


def test_the_task_files_are_what_the_registries_give():
    found = {path.name: path.read_text(encoding="utf-8") for path in TASKS.glob("*.yaml")}
    assert found == rendered(), "run `python -m hei_nw_tasks.tasks`"


def test_writing_the_task_files_removes_those_of_scenarios_that_are_gone(tmp_path: Path):
    (tmp_path / "heinw_Z.yaml").write_text("task: heinw_Z\n")
    write(tmp_path)
    assert {path.name: path.read_text() for path in tmp_path.glob("*")} == rendered()


def test_every_metric_and_measurement_is_listed_once_and_with_its_direction():
    shared = loaded(rendered()["_shared.yaml"])["metric_list"]
    known: list[Metric | Measurement] = [*METRICS.values(), *MEASUREMENTS.values()]
    assert [(entry["metric"], entry["higher_is_better"]) for entry in shared] == [
        (entry.name, entry.higher_is_better) for entry in known
    ]
    assert len({entry.name for entry in known}) == len(known)
    averaged = {name for name, cost in COSTS.items() if cost.in_table}
    of_memories = {
        "answer_shown",
        "near_miss",
        "collision",
        "foreign",
        "foreign_answer",
        "resurrected",
        "brought_back",
    }
    assert set(MEASUREMENTS) == {"overflow", "evidence_shown", *of_memories, *RANKING, *averaged}


def test_rows_of_the_table_follow_the_default_settings():
    def names(letter: str) -> list[str]:
        files = rendered()
        leaf = loaded(files["_shared.yaml"]) | loaded(files[f"heinw_{letter}.yaml"])
        return [entry["name"] for entry in leaf["filter_list"]]

    lags = ["lag_0-1", "lag_1-3", "lag_3-7", "lag_7-30"]
    assert {letter for letter in SCENARIOS if names(letter) == ["all", *lags]} == {"A", "B", "C"}
    assert names("D") == ["all", "store_100", "store_300", "store_1000", *lags]
    assert names("E") == ["all", *(f"length_{n}" for n in (1000, 2000, 4000, 8000))]


class MadeUpOptions(Options):
    shouting: bool = False


class FirstEvent:
    """Shows the first event of the log, or none."""

    def __init__(self, options: MadeUpOptions) -> None:
        self._options = options
        self._items: list[Item] = []

    def write(self, event: Episode) -> None:
        self._items.append(Item(event.text, event.id))

    def recall(self) -> list[Item]:
        return [] if self._options.shouting else self._items[:1]


def test_a_new_arm_and_a_new_metric_are_one_entry_each(
    checkpoint: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    register()
    arm = Arm(
        "made-up",
        "its first event",
        lambda options, count: partial(FirstEvent, options),
        MadeUpOptions,
    )
    monkeypatch.setitem(ARMS, "made-up", arm)
    metric = Metric("length", "length", "length / 1000", lambda doc, said: len(said) / 1000, "all")
    monkeypatch.setitem(METRICS, "length", metric)
    assert "length" in metric_names(rendered())
    for name, text in rendered().items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    assert "shouting" in arm_arguments()
    arguments = {"pretrained": str(checkpoint), "baseline": "made-up"}
    assert split({**arguments, "shouting": True})[0].identity()["shouting"] is True
    assert split({"baseline": "oracle", "shouting": True})[0].identity()["shouting"] is None
    results = evaluate(
        *("heinw", arguments, ["heinw_A"], {"n": 4}),
        batch_size=4,
        gen_kwargs="max_gen_toks=3",
        tasks_in=tmp_path,
    )
    rows = answers(results, "heinw_A")
    assert len(rows) == 4
    for row in rows.values():
        assert record(row)["baseline"] == "made-up"
        assert record(row)["shown"] == 1
        assert "\nQuestion: " in prompt(row)
        assert row["length"] == len(row["resps"][0][0]) / 1000
    mean = sum(row["length"] for row in rows.values()) / 4
    assert results["results"]["heinw_A"]["length,all"] == pytest.approx(mean)
    assert results["config"]["heinw"]["baseline"] == "made-up"
    assert results["config"]["heinw"]["shouting"] is False
