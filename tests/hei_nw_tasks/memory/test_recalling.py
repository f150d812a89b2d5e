"""What the prompt shows of what a memory recalls, and what is ranked of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, ClassVar

import pytest

from generators.errors import ConfigError
from generators.records import World, to_row
from hei_nw_tasks.memory import stores
from hei_nw_tasks.memory.options import RANKING_DEPTH, MemoryOptions, RagOptions, RecentOptions
from hei_nw_tasks.memory.protocol import Budget, Capabilities, Episode, Item
from hei_nw_tasks.memory.recallers import by_baseline, by_memory
from hei_nw_tasks.memory.recalling import FromEvidence, Recall
from hei_nw_tasks.memory.registry import ARMS
from hei_nw_tasks.memory.stores import register
from hei_nw_tasks.plugins import PluginError
from tests.hei_nw_tasks.memory.worlds import event, question, tables_of

EVENTS = 14


@pytest.fixture(autouse=True)
def _worlds(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Three worlds of events `e0` …, each asked after 6 and after all of them."""
    monkeypatch.setattr(stores, "_DATASETS", {})
    worlds = [
        World(
            name,
            [event(n, f"{name} {'x' * n}.", name) for n in range(EVENTS)],
            [
                question(size, world_id=name, id_=f"{name}{size}", evidence=[f"{name}-e4"])
                for size in (6, EVENTS)
            ],
        )
        for name in "uvw"
    ]
    register(tables_of(worlds))
    yield
    stores._store.cache_clear()


def doc(size: int = EVENTS, world: str = "u") -> dict[str, Any]:
    return to_row(
        question(
            size, world_id=world, id_=f"{world}{size}", evidence=[f"{world}-e4", f"{world}-e9"]
        )
    )


class Backwards:
    """Recalls the latest events first."""

    made: ClassVar[list[Backwards]] = []

    def __init__(self, ids: bool = True) -> None:
        self.items: list[Item] = []
        self.ids, self.budget = ids, Budget()
        Backwards.made.append(self)

    def write(self, event: Episode) -> None:
        self.items.append(Item(event.text, event.id if self.ids else None))

    def recall(self, budget: Budget) -> list[Item]:
        self.budget = budget
        return self.items[::-1][: budget.k]


class OnDisk(Backwards):
    """The same, found again in its folder; several scopes."""

    def open(self, scope: str, folder: Path) -> None:
        self.path = folder / scope
        if self.path.exists():
            lines = [line.split("\t") for line in self.path.read_text().splitlines()]
            self.items = [Item(text, id_) for id_, text in lines]

    def close(self) -> None:
        self.path.write_text("".join(f"{item.event_id}\t{item.text}\n" for item in self.items))


class Asking(Backwards):
    models: ClassVar[list[Any]] = []

    def use_model(self, model: Any) -> None:
        Asking.models.append(model)


BACKWARDS, ON_DISK, ASKING = (f"{__name__}:{kind.__name__}" for kind in (Backwards, OnDisk, Asking))


@pytest.fixture(autouse=True)
def _made() -> None:
    Backwards.made.clear()
    Asking.models.clear()


def recalls(
    docs: Sequence[Any] | None = None, count: Callable[[str], int] = len, **options: Any
) -> list[Recall]:
    asked = [doc()] if docs is None else docs
    memory = {"memory": BACKWARDS} | options
    arm = by_memory(MemoryOptions(**memory), count, "model", "its identity")
    return [recall for _, recall in sorted(arm.recalls(asked, quiet=True))]


def numbers(ids: Sequence[str | None] | None) -> list[int]:
    return [int((id_ or "").partition("-e")[2]) for id_ in ids or ()]


@pytest.mark.parametrize("k", [1, 3, 12])
def test_the_best_k_events_are_shown_in_time_order_and_ranked_deeper(k: int):
    (recall,) = recalls(k=k)
    assert numbers(recall.event_ids) == list(range(EVENTS - k, EVENTS))
    assert recall.share_shown(["u-e13", "u-e0"]) == 0.5
    assert recall.share_shown([]) is None
    assert recall.texts == [f"u {'x' * n}." for n in numbers(recall.event_ids)]
    depth = max(k, RANKING_DEPTH)
    assert numbers(recall.ranked) == [EVENTS - 1 - rank for rank in range(depth)]
    assert recall.recalled == depth
    assert Backwards.made[0].budget == Budget(depth)


def test_each_question_gets_what_was_recalled_at_its_moment():
    early, late, other = recalls([doc(6), doc(), doc(world="w")], k=2)
    assert (numbers(early.event_ids), numbers(late.event_ids)) == ([4, 5], [12, 13])
    assert other.event_ids == ["w-e12", "w-e13"]
    assert len(Backwards.made) == 2, "a memory for each world that is asked about"
    assert early.replay is late.replay


def test_rewritten_texts_are_shown_in_their_own_order_and_not_ranked():
    (recall,) = recalls(k=3, memory_args={"ids": False})
    assert recall.texts == [f"u {'x' * n}." for n in (13, 12, 11)]
    assert (recall.event_ids, recall.ranked) == ([None] * 3, None)
    assert recall.share_shown(["u-e13"]) is None, "nobody knows"
    assert recall.retrieval_s is not None


def test_a_budget_of_tokens_leaves_out_the_worst():
    lines = [f"u {'x' * n}.\n" for n in (13, 12, 11)]
    for tokens in range(1, 60, 4):
        (recall,) = recalls(k=3, memory_tokens=tokens)
        # The block ends with an empty line.
        fit = [n for n in (1, 2, 3) if len("".join(lines[:n])) + 1 <= tokens]
        assert len(recall.texts) == max(fit, default=0)
        assert recall.recalled == RANKING_DEPTH
        assert recall.ranked is not None
        assert len(recall.ranked) == RANKING_DEPTH


class Splitting(Backwards):
    def recall(self, budget: Budget) -> list[Item]:
        last = self.items[-1]
        return [last, last, self.items[0]]


def test_an_event_in_two_parts_has_one_rank():
    (recall,) = recalls(memory=f"{__name__}:Splitting")
    assert numbers(recall.ranked) == [13, 0]
    assert numbers(recall.event_ids) == [0, 13, 13]


class Unranked(Backwards):
    capabilities = Capabilities(ranked=False)


def test_a_memory_that_ranks_nothing_has_no_ranking():
    (recall,) = recalls(memory=f"{__name__}:Unranked", k=2)
    assert (recall.ranked, recall.retrieval_s) == (None, None)
    assert numbers(recall.event_ids) == [12, 13]


def test_a_memory_that_keeps_nothing_shows_nothing():
    (recall,) = recalls(memory="none")
    assert (recall.texts, recall.ranked, recall.recalled) == ([], None, 0)
    assert recall.share_shown(["u-e4"]) == 0.0
    assert recall.replay is not None
    assert not any(event.stored for event in recall.replay.written)


def test_scopes_share_a_folder_and_each_gets_its_own():
    docs = [doc(world=name) for name in "uvw"]
    found = recalls(docs, memory=ON_DISK, scopes=2, k=2)
    assert [recall.event_ids for recall in found] == [[f"{w}-e12", f"{w}-e13"] for w in "uvw"]
    assert [recall.foreign for recall in found] == [0, 0, 0]
    with pytest.raises(PluginError, match="cannot share a folder"):
        recalls(docs, scopes=2)


def test_a_second_model_writes_nothing_and_recalls_the_same(tmp_path: Path):
    folder = str(tmp_path / "kept")
    first = recalls(memory_folder=folder)
    made = len(Backwards.made)
    assert recalls(memory_folder=folder) == first
    assert recalls(memory_folder=folder, k=2)[0].ranked == first[0].ranked, "k is for the prompt"
    assert len(Backwards.made) == made
    recalls(memory_folder=folder, k=RANKING_DEPTH + 1)
    recalls(memory_folder=folder, memory_seed=1)
    recalls(memory_folder=folder, memory_args={"ids": True})
    assert len(Backwards.made) == made + 3


def test_only_a_memory_that_asks_the_model_depends_on_it(tmp_path: Path):
    for memory, written in ((BACKWARDS, 1), (ASKING, 2)):
        Backwards.made.clear()
        for identity in ("one", "another"):
            options = MemoryOptions(memory=memory, memory_folder=str(tmp_path / memory[-6:]))
            list(by_memory(options, len, identity, identity).recalls([doc()], quiet=True))
        assert len(Backwards.made) == written
    assert Asking.models == ["one", "another"]


def test_seeds_and_reopening_reach_the_memory(tmp_path: Path):
    (recall,) = recalls(memory=ON_DISK, reopen="always", k=1)
    assert numbers(recall.event_ids) == [13]
    with pytest.raises(PluginError, match="cannot be opened again"):
        recalls(reopen="always")


def test_a_memory_that_is_not_there_is_said_before_anything_is_told():
    with pytest.raises(ConfigError, match="memory='episodik'"):
        recalls(memory="episodik")
    with pytest.raises(ConfigError, match="memory_args:"):
        recalls(memory_args={"idz": True})
    assert Backwards.made == []


def test_an_error_names_memory_and_question():
    with pytest.raises(PluginError, match=r"^question 'u6': memory='.*Over' recalls 84 items"):
        recalls(memory=f"{__name__}:Over", k=2)


class Over(Backwards):
    def recall(self, budget: Budget) -> list[Item]:
        return self.items * EVENTS


def baseline(name: str, options: Any, asked: Any) -> Recall:
    ((_, recall),) = by_baseline(ARMS[name], options, len).recalls([asked], quiet=True)
    return recall


def test_the_oracle_shows_the_evidence_that_is_visible():
    ((_, late),) = FromEvidence().recalls([doc()], quiet=True)
    ((_, early),) = FromEvidence().recalls([doc(6)], quiet=True)
    assert (numbers(late.event_ids), numbers(early.event_ids)) == ([4, 9], [4])
    assert (late.replay, late.ranked, late.retrieval_s) == (None, None, None)


def test_the_baselines_show_what_precedes_the_question():
    assert numbers(baseline("long-context", ARMS["long-context"].options(), doc(6)).event_ids) == [
        *range(6)
    ]
    recent = baseline("recent", RecentOptions(memory_tokens=20), doc(6))
    # "u xxxxx.\n" has 9 characters, "u xxxx.\n" has 8, and the block ends with a line end.
    assert numbers(recent.event_ids) == [4, 5]
    assert baseline("none", ARMS["none"].options(), doc(6)).texts == []
    rag = baseline("rag", RagOptions(retriever="bm25", k=3), doc(6))
    assert len(rag.texts) == 3
    assert numbers(rag.event_ids) == sorted(numbers(rag.event_ids))
    assert sorted(numbers(rag.ranked)) == [*range(6)]
