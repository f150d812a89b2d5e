"""Scenario D checked against its promises: stores, collision groups, and what is asked."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from functools import cache
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generators.config import make_config
from generators.datasets.tables import build
from generators.errors import ConfigError
from generators.records import Question, World
from generators.scenario_d import SCENARIO, generate
from generators.scenario_d.config import InterferenceConfig
from generators.verify.certificate import certify

SIZES, GROUPS = (100, 300, 1000), (1, 4, 16, 64)


def made(**settings: object) -> list[World]:
    return list(SCENARIO.worlds(make_config(InterferenceConfig, settings)))


def asked_at_every_size(world: World) -> list[list[Question]]:
    """Questions of a world by what they ask for."""
    groups: dict[str, list[Question]] = defaultdict(list)
    for question in world.questions:
        groups[question.group_id].append(question)
    return list(groups.values())


@cache
def edits(one: str, other: str) -> int:
    """Levenshtein distance, by its textbook recursion."""
    if not one or not other:
        return len(one) + len(other)
    if one[0] == other[0]:
        return edits(one[1:], other[1:])
    return 1 + min(edits(one[1:], other), edits(one, other[1:]), edits(one[1:], other[1:]))


@pytest.mark.parametrize(
    "config",
    [
        InterferenceConfig(n=60, store_sizes=(32,), collision_groups=(1,)),
        InterferenceConfig(n=60, store_sizes=(90, 91, 2000), collision_groups=(3, 64)),
        InterferenceConfig(n=60, store_sizes=(40, 80), collision_groups=(1, 2, 3, 4, 5, 6)),
    ],
    ids=lambda config: str(config.settings()),
)
def test_every_setting_passes(config: InterferenceConfig):
    certificate = certify(build("D", config))
    assert certificate.passed, str(certificate)
    assert certificate.manifest.rows == config.n


def test_rows_carry_the_fields_of_the_seed_documents():
    for row in generate(40, 7):
        assert row["expected"] == (row["answers"][0] if row["answerable"] else "unknown")
        assert row["context"] == (row["episode_text"] or "")
        assert row["given_slots"] == ["code"]
        assert row["cues"][0] in row["query"]


def test_one_in_five_has_no_answer_and_the_rest_is_balanced():
    rows = generate(600, 3)
    kinds = Counter(row["query_kind"] for row in rows)
    assert kinds == {"single": 480, "unanswerable": 120}
    for answerable in (True, False):
        part = [row for row in rows if row["answerable"] is answerable]
        assert set(Counter(row["store_size"] for row in part).values()) == {len(part) // 3}
        cells = Counter(row["cue_type"] for row in part)
        assert len(cells) == 12
        assert max(cells.values()) - min(cells.values()) <= 6


def test_the_same_questions_are_asked_in_every_store():
    for world in made(n=90, seed=4):
        ranks = {event.event_id: event.rank for event in world.events}
        assert sorted(ranks.values()) == list(range(SIZES[-1]))
        for group in asked_at_every_size(world):
            assert sorted(question.store_size for question in group) == list(SIZES)
            for field in (
                *("query", "cues", "answers", "evidence", "cue_type", "episode_text"),
                *("as_of", "lag"),
            ):
                assert len({str(getattr(question, field)) for question in group}) == 1
            assert all(ranks[event_id] < SIZES[0] for event_id in group[0].evidence)


def test_a_store_is_part_of_the_next_larger_one_and_has_events_on_every_day():
    for world in made(n=30, seed=4):
        stores = [world.store(size) for size in SIZES]
        assert stores[-1] == world.events
        for size, store in zip(SIZES, stores, strict=True):
            assert len(store) == size
            assert [event.date for event in store] == sorted(event.date for event in store)
            assert len({event.day for event in store}) == 30
        for small, large in pairwise(stores):
            assert {event.event_id for event in small} < {event.event_id for event in large}


def test_evidence_lies_where_the_other_facts_lie_in_every_store():
    """Stores differ in size: neither "keep the oldest" nor "keep the newest" survives growth."""
    for size in SIZES:
        evidence, others = list[int](), list[int]()
        for world in made(n=600, seed=4):
            wanted = {e for q in world.questions if q.store_size == size for e in q.evidence}
            for place, event in enumerate(world.store(size)):
                if event.should_remember:
                    (evidence if event.event_id in wanted else others).append(place * 4 // size)
        for quarter in range(4):
            assert abs(share(evidence, quarter) - share(others, quarter)) < 0.12


def share(values: list[int], value: int) -> float:
    return values.count(value) / len(values)


def test_the_density_around_a_code_is_the_same_in_every_store():
    for world in made(n=30, seed=5):
        by_rank = sorted(world.events, key=lambda event: event.rank)
        codes = [event.slots.get("code", "") for event in by_rank]
        for group in asked_at_every_size(world):
            code, size = group[0].cues[0], int(group[0].cue_type.rpartition("_")[2])
            near = [place for place, other in enumerate(codes) if edits(code, other) <= 2]
            assert all(place < SIZES[0] for place in near)
            siblings = [codes[place] for place in near if codes[place] != code]
            assert {other[:-2] for other in siblings} <= {code[:-2]}
            assert len(siblings) == size - group[0].answerable
            assert len(group[0].distractor_answers) == len(siblings)


def test_a_code_without_an_answer_is_one_edit_from_one_that_has():
    unanswerable = 0
    for world in made(n=120, seed=6):
        codes = {event.slots["code"] for event in world.events if event.slots}
        for question in world.questions:
            if not question.answerable:
                assert question.cues[0] not in codes
                assert any(edits(question.cues[0], code) == 1 for code in codes)
                unanswerable += 1
    assert unanswerable == 24


def test_codes_are_issued_once():
    for world in made(n=60, seed=6):
        codes = [event.slots["code"] for event in world.events if event.slots]
        assert len(codes) == len(set(codes))


def test_every_store_meets_every_lag_bin_equally_often():
    rows = [row for row in generate(600, 1) if row["answerable"]]
    bins = Counter(
        (row["store_size"], next(high for high in (1, 3, 7, 30) if row["lag"] < high))
        for row in rows
    )
    assert set(bins) == {(size, high) for size in SIZES for high in (1, 3, 7, 30)}
    assert set(bins.values()) == {40}


def test_small_talk_stands_among_the_facts():
    for world in made(n=60, seed=2):
        for low, high in ((0, 100), (100, 550), (550, 1000)):
            kinds = Counter(event.should_remember for event in world.events[low:high])
            assert kinds[True] > kinds[False] > 0


def test_the_events_of_a_large_store_are_kept_once():
    config = InterferenceConfig(n=300, store_sizes=(1000, 10_000, 30_000))
    world = SCENARIO.world(config, 0)
    assert len(world.events) == 30_000
    assert SCENARIO.questions_per_world(config) == len(world.questions) == 120
    rows = generate(3, 0, store_sizes=(100, 300))
    largest = max(len(json.dumps(question.other_answers)) for question in world.questions)
    assert largest < 10 * max(len(json.dumps(row["other_answers"])) for row in rows)
    assert {question.store_size for question in world.questions} == {1000, 10_000, 30_000}


def test_worlds_grow_with_the_square_root_of_the_largest_store():
    specs = [
        SCENARIO.questions_per_world(InterferenceConfig(store_sizes=(1000, size))) // 2
        for size in (2000, 8000, 32_000, 100_000)
    ]
    assert specs == [10, 20, 40, 80]


@settings(max_examples=10, deadline=None)
@given(n=st.integers(1, 40), more=st.integers(1, 40), seed=st.integers(-(2**70), 2**70))
def test_a_longer_dataset_begins_with_the_shorter(n: int, more: int, seed: int):
    assert generate(n + more, seed)[:n] == generate(n, seed)


def test_a_world_depends_on_no_other_world():
    config = InterferenceConfig(n=90, seed=21)
    in_order = list(SCENARIO.worlds(config))
    assert [SCENARIO.world(config, number) for number in reversed(range(3))] == in_order[::-1]


def test_neighbouring_seeds_share_nothing():
    one, two = generate(90, 0), generate(90, 1)
    for field in ("id", "world_id", "group_id", "query"):
        assert not {row[field] for row in one} & {row[field] for row in two}


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"store_sizes": [300, 100]}, r"store_sizes=.*: sizes must increase.*→ use \[100, 300\]"),
        ({"store_sizes": [100, 100]}, r"sizes must increase, got \[100, 100\] → use \[100\]"),
        ({"store_sizes": []}, "store_sizes=.*at least 1 item"),
        ({"store_sizes": [100, 200_000]}, "store_sizes=.*less than or equal to 100000"),
        ({"store_sizes": ["100"]}, "store_sizes=.*valid integer"),
        ({"collision_groups": [65]}, "collision_groups=.*less than or equal to 64"),
        ({"collision_groups": [0, 1]}, "collision_groups=.*greater than or equal to 1"),
        (
            {"store_sizes": [88, 100]},
            r"store_sizes=\[88, 100\]: the smallest store must hold .*, 89 events → raise",
        ),
    ],
)
def test_what_cannot_be_met_is_refused(settings: dict[str, list[int]], message: str):
    with pytest.raises(ConfigError, match=message) as caught:
        generate(1, 0, **settings)
    assert "\n" not in str(caught.value)
    assert len(generate(1, 0, store_sizes=[89, 100])) == 1
