"""A memory sleeps at each moment on its own, and what it made is kept."""

from __future__ import annotations

import gc
import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from generators.errors import ConfigError
from generators.records import World
from hei_nw_tasks.memory.options import SleepOptions
from hei_nw_tasks.memory.plugged import PluggedMemory
from hei_nw_tasks.memory.protocol import Consolidated, Prompt, SleepBudget
from hei_nw_tasks.memory.recalling import Recall
from hei_nw_tasks.memory.sleeping import BySleep, _with_others
from hei_nw_tasks.memory.stores import Store, registered
from hei_nw_tasks.plugins import PluginError
from testing.faults import in_child, kill
from tests.hei_nw_tasks.memory.dreaming import Notebook
from tests.hei_nw_tasks.memory.worlds import event, question

# Each sleep that happened: scope, events, cycle, and the text of the artefact before.
Sleeps = list[tuple[str, int, int, str | None]]
PROMPT = Prompt("Question: ", "\nAnswer:")
EVENTS, MOMENTS = 6, (2, 5)


def worlds() -> list[World]:
    return [
        World(
            name,
            (events := [event(n, f"{name} event {n}.", name) for n in range(EVENTS)]),
            [
                question(
                    size,
                    world_id=name,
                    id_=f"{name}-q{size}",
                    evidence=[events[size - 1].event_id],
                )
                for size in MOMENTS
            ],
        )
        for name in ("u", "v")
    ]


def memory(slept: Sleeps, **methods: Any) -> type:
    class Sleeper(Notebook):
        def consolidate(self, cycle: int, previous: Any) -> Any:
            before = None if previous is None else (previous["peft"] / "made").read_text()
            slept.append((self.scope, len(self.notes()), cycle, before))
            folder = self.folder / "adapter"
            folder.mkdir(exist_ok=True)
            texts = " ".join(text for _, text in self.notes())
            (folder / "made").write_text(f"{before or ''}<{cycle}: {texts}>")
            return Consolidated({"peft": "adapter"}, tokens=3, replayed={self.notes()[0][0]: 2})

    return type("Sleeper", (Sleeper,), methods)


def recalled(
    kind: type,
    folder: Path | None,
    *,
    cycle: int = 1,
    asks: bool = False,
    arms: list[BySleep] | None = None,
    of: list[World] | None = None,
    **options: Any,
) -> dict[str, Recall]:
    """What is recalled for each question, by its id."""
    made = SleepOptions(
        memory="m", memory_folder=None if folder is None else str(folder), cycle=cycle, **options
    )
    arm = BySleep(
        lambda known: PluggedMemory("memory='m'", kind, None, known),
        made,
        {"memory": "m"},
        len,
        SimpleNamespace(prompt_of=lambda store: PROMPT),
        "model",
        asks=asks,
    )
    docs = [
        {name: getattr(q, name) for name in q.__slots__}
        for world in of or worlds()
        for q in world.questions
    ]
    if arms is not None:
        arms.append(arm)
    with registered(worlds()):
        return {docs[i]["id"]: recall for i, recall in arm.recalls(docs, quiet=True)}


def text(recall: Recall) -> str:
    assert recall.weights is not None
    return (recall.weights.folder / "made").read_text()


def test_each_moment_sleeps_on_what_was_told_by_then_and_cycles_go_on(tmp_path: Path):
    slept: Sleeps = []
    found = recalled(memory(slept), tmp_path, cycle=2)
    first, whole = "u event 0. u event 1.", " ".join(f"u event {n}." for n in range(5))
    assert text(found["u-q2"]) == f"<1: {first}><2: {first}>"
    assert text(found["u-q5"]) == f"<1: {whole}><2: {whole}>", "not what another moment made"
    assert [(scope, size, cycle) for scope, size, cycle, _ in slept] == [
        (scope, size, cycle) for scope in "uv" for size in MOMENTS for cycle in (1, 2)
    ]
    sleeps = found["u-q2"].sleeps
    assert [(one.told, one.cycle) for one in sleeps] == [(2, 1), (2, 2), (5, 1), (5, 2)]
    assert found["u-q5"].sleeps == sleeps
    assert len({recall.weights.digest for recall in found.values() if recall.weights}) == 4


def test_drift_shows_the_evidence_to_the_weights_of_another_world(tmp_path: Path):
    slept: Sleeps = []
    found = recalled(memory(slept), tmp_path, cycle=2, drift="reading")
    for own, other in (("u", "v"), ("v", "u")):
        for size in MOMENTS:
            recall = found[f"{own}-q{size}"]
            whole = " ".join(f"{other} event {n}." for n in range(MOMENTS[-1]))
            assert text(recall) == f"<1: {whole}><2: {whole}>"
            evidence = {q.id: q.evidence for world in worlds() for q in world.questions}
            assert recall.event_ids == list(evidence[f"{own}-q{size}"]) != []
            assert all(line.startswith(f"{own} event") for line in recall.texts)
    before = len(slept)
    recalled(memory(slept), tmp_path, cycle=2)
    assert len(slept) == before, "the same weights as without drift"


def test_drift_is_of_another_world_whatever_the_number_of_stores():
    """In scenario D, a world has a store of each size, and a larger one holds a smaller one."""

    def store(world: str, size: int) -> Store:
        return Store(f"{world}-{size}", [event(n, "", world) for n in range(size)], [])

    u3, u5, v3, v5, w3 = (store(*one) for one in (("u", 3), ("u", 5), ("v", 3), ("v", 5), ("w", 3)))
    pairs = [(a.id, b.id) for a, b in _with_others([u3, v3, u5, v5, w3], "reading")]
    assert sorted(pairs) == [
        *(("u-3", "w-3"), ("u-5", "w-3"), ("v-3", "u-3"), ("v-5", "u-5"), ("w-3", "v-3")),
    ]
    assert [*_with_others([u3, v3], None)] == [(u3, u3), (v3, v3)]
    with pytest.raises(ConfigError, match="ask about two worlds"):
        [*_with_others([u3, u5], "reading")]


def test_drift_needs_another_world(tmp_path: Path):
    with pytest.raises(ConfigError, match=r"drift=reading: .* ask about two worlds"):
        recalled(memory([]), tmp_path, drift="reading", of=worlds()[:1])


def test_only_what_is_asked_of_after_sleep_is_shown(tmp_path: Path):
    class Forgetful(Notebook):
        def consolidate(self) -> None:
            self._file.write_text(json.dumps([f"{self.scope}-e0", "dreamt"]) + "\n")

    b2 = recalled(Forgetful, tmp_path, asks=True)
    b3 = recalled(Forgetful, tmp_path, asks=False)
    assert all(recall.texts == ["dreamt"] for recall in b2.values())
    assert all(recall.texts == [] and recall.ranked is None for recall in b3.values())
    assert all(recall.weights is None for recall in (*b2.values(), *b3.values()))


def test_what_was_slept_is_kept_and_later_cycles_begin_where_it_ended(tmp_path: Path):
    slept: Sleeps = []
    once = recalled(memory(slept), tmp_path)
    assert len(slept) == 4
    asked = recalled(memory(slept), tmp_path, asks=True)
    assert len(slept) == 4, "B2 and B3 share what was slept"
    assert {k: r.weights for k, r in asked.items()} == {k: r.weights for k, r in once.items()}
    recalled(memory(slept), tmp_path, cycle=3)
    assert [cycle for _, _, cycle, _ in slept[4:]] == [2, 3] * 4
    recalled(memory(slept), tmp_path, sleep_tokens=7)
    assert len(slept) == 4 + 8 + 4, "another budget makes other weights"


def test_a_damaged_artefact_is_made_again(tmp_path: Path):
    slept: Sleeps = []
    found = recalled(memory(slept), tmp_path)
    weights = found["v-q2"].weights
    assert weights is not None
    (weights.folder / "made").write_text("damaged")
    again = recalled(memory(slept), tmp_path)
    assert [(scope, size) for scope, size, _, _ in slept[4:]] == [("v", 2)]
    assert again["v-q2"].weights == weights
    assert text(again["v-q2"]) == "<1: v event 0. v event 1.>"


@pytest.mark.parametrize("strikes", [1, 3, 6])
def test_a_sleeper_that_is_killed_leaves_nothing_that_counts(tmp_path: Path, strikes: int):
    expected = {id_: text(r) for id_, r in recalled(memory([]), tmp_path / "a", cycle=2).items()}
    slept: Sleeps = []
    kind = memory(slept)

    def killed(self: Any, cycle: int, previous: Any) -> Any:
        made = kind.consolidate(self, cycle, previous)  # type: ignore[attr-defined]
        if len(slept) == strikes:
            kill()
        return made

    dying = type("Dying", (kind,), {"consolidate": killed})
    assert in_child(lambda: recalled(dying, tmp_path / "b", cycle=2) and 0) == -9
    found = recalled(kind, tmp_path / "b", cycle=2)
    assert {id_: text(recall) for id_, recall in found.items()} == expected
    assert len(slept) == 8 - (strikes - 1), "what was finished is not done again"


def test_without_a_folder_weights_last_as_long_as_the_arm():
    arms: list[BySleep] = []
    found = recalled(memory([]), None, arms=arms)
    assert text(found["u-q2"]) == "<1: u event 0. u event 1.>"
    weights = found["u-q2"].weights
    arms.clear()
    gc.collect()
    assert weights is not None
    assert not weights.folder.exists()


class RamOnly:
    def write(self, event: Any) -> None: ...

    def recall(self) -> list[str]:
        return []

    def consolidate(self) -> None: ...


def giving(value: Any) -> type:
    return memory([], consolidate=lambda self: value)


def trained_too_much(self: Any, budget: SleepBudget) -> Consolidated:
    return Consolidated(None, tokens=budget.tokens + 1)


def empty_folder(self: Any) -> dict[str, str]:
    (self.folder / "empty").mkdir()
    return {"peft": "empty"}


@pytest.mark.parametrize(
    ("kind", "message"),
    [
        (RamOnly, "cannot be opened again"),
        (giving("x"), "gives 'x' as its artefact → return None"),
        (giving({"lora": "x"}), "as its artefact → return None"),
        (giving({"peft": "x", "pretrained": "y"}), "as its artefact → return None"),
        (giving({"peft": "missing"}), "which is no folder inside its own"),
        (giving({"peft": "/tmp"}), "which is no folder inside its own"),
        (giving({"peft": "."}), "which is no folder inside its own"),
        (giving({"peft": ".."}), "which is no folder inside its own"),
        (giving(Consolidated(None, tokens=-1)), "as its cost → give counts"),
        (giving(Consolidated(None, flops=float("nan"))), "as its cost → give counts"),
        (giving(Consolidated(None, replayed={"w-e9": 1})), "says that it replayed"),
        (giving(Consolidated(None, replayed={"u-e4": 1})), "says that it replayed"),
        (memory([], consolidate=trained_too_much), "trained on 50001 tokens where the budget"),
        (memory([], consolidate=empty_folder), "gives an empty folder as its artefact"),
    ],
)
def test_what_cannot_be_used_is_one_line(kind: type, message: str, tmp_path: Path):
    with pytest.raises(PluginError, match=message) as raised:
        recalled(kind, tmp_path)
    assert "world 'u'" in str(raised.value) or "memory='m'" in str(raised.value)
    assert "\n" not in str(raised.value)


def test_async_and_fewer_arguments_work(tmp_path: Path):
    class Awaited(Notebook):
        async def consolidate(self, cycle: int) -> dict[str, Path]:
            folder = self.folder / "adapter"
            folder.mkdir(exist_ok=True)
            (folder / "made").write_text(f"{cycle}")
            return {"peft": folder}

    assert text(recalled(Awaited, tmp_path, cycle=2)["v-q5"]) == "2"


def test_a_folder_that_is_not_ours_is_refused(tmp_path: Path):
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(ConfigError, match="holds files that are not ours"):
        recalled(memory([]), tmp_path)
