"""Scenario A as the seed documents call it, checked against its promises one by one."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import fields
from datetime import date
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generators.config import make_config
from generators.errors import ConfigError
from generators.records import Event, Question, World
from generators.scenario_a import SCENARIO, generate
from generators.scenario_a.config import EpisodeConfig

SLOTS = ("who", "what", "where", "when", "action")


def made(**settings: object) -> list[World]:
    return list(SCENARIO.worlds(make_config(EpisodeConfig, settings)))


def questions_of(made_worlds: list[World]) -> list[Question]:
    return [question for world in made_worlds for question in world.questions]


def targets_and_negatives(world: World, question: Question) -> tuple[list[Event], list[Event]]:
    by_id = {event.event_id: event for event in world.events}
    targets = [by_id[event_id] for event_id in question.evidence]
    negatives = [
        event
        for event in world.events
        if event.role == "hard_negative"
        and any(sum(event.slots[s] != t.slots[s] for s in SLOTS) == 2 for t in targets)
    ]
    return targets, negatives


def test_shapes_and_fields():
    rows = generate(64, 7)
    assert len(rows) == 64
    assert all(list(row) == [field.name for field in fields(Question)] for row in rows)
    seeds_own = {"episode_text", "cues", "answers", "should_remember", "lag", "group_id"}
    assert seeds_own <= set(rows[0])
    for row in rows:
        assert len(row["cues"]) == len(row["given_slots"]) in (1, 2, 3)
        assert row["asked_slot"] not in row["given_slots"]
        assert row["answerable"] == bool(row["answers"]) == bool(row["evidence"])
        assert row["should_remember"] == row["answerable"] == (row["episode_text"] is not None)


@pytest.mark.parametrize("n", [1, 2, 9, 10, 11, 512])
def test_any_number_of_questions_can_be_asked_for(n: int):
    assert len(generate(n, 3)) == n


def test_kinds_come_in_their_shares():
    kinds = Counter(row["query_kind"] for row in generate(500, 1))
    order = {kind: kinds.pop(kind) for kind in ("first", "often", "between")}
    assert kinds == {"single": 250, "latest": 50, "list": 50, "unanswerable": 100}
    assert sum(order.values()) == 50
    assert 32 <= order["first"] <= 35
    assert min(order.values()) >= 6


def test_hard_negative_rate_and_overlap():
    """Every target gets one that differs in the asked slot and exactly one given slot."""
    pairs = 0
    for world in made(n=200, seed=5):
        for question in world.questions:
            if question.query_kind in ("often", "between"):
                continue  # what is counted is no slot of an event
            targets, negatives = targets_and_negatives(world, question)
            for target in targets:
                near = [
                    event
                    for event in negatives
                    if sum(event.slots[s] != target.slots[s] for s in SLOTS) == 2
                    and event.slots[question.asked_slot] != target.slots[question.asked_slot]
                    and sum(event.slots[s] != target.slots[s] for s in question.given_slots) == 1
                ]
                assert near, (question.query, target.text)
                for event in near:
                    other = [s for s in SLOTS if s != question.asked_slot]
                    assert sum(event.slots[s] == target.slots[s] for s in other) == 3
                    pairs += 1
    assert pairs >= 160


@pytest.mark.parametrize("ratio", [0.0, 0.5, 1.0, 2.0, 3.5])
def test_confounders_ratio_counts_hard_negatives_per_target(ratio: float):
    for world in made(n=50, seed=2, confounders_ratio=ratio):
        roles = Counter(event.role for event in world.events)
        assert roles["hard_negative"] == int(ratio * roles["target"])


def test_confounders_change_nothing_but_the_surroundings():
    """The same questions about the same episodes, so runs with and without are paired."""
    same = ("id", "group_id", "query", "answers", "as_of", "lag", "episode_text", "store_size")
    kept = [
        [{name: row[name] for name in same} for row in generate(100, 4, **settings)]
        for settings in ({}, {"confounders_ratio": 0.0}, {"hard_negative": False})
    ]
    assert kept[0] == kept[1] == kept[2]
    without = questions_of(made(n=100, seed=4, hard_negative=False))
    assert not any(q.distractor_answers for q in without if q.query_kind != "unanswerable")


def test_lag_bins_cover_and_lags_are_real():
    for world in made(n=300, seed=6):
        for question in world.questions:
            if not question.answerable:
                assert question.lag is None
                continue
            targets, _ = targets_and_negatives(world, question)
            as_of = date.fromisoformat(question.as_of)
            oldest = min(target.date for target in targets)
            assert question.lag == (as_of - oldest).days
            days = {event.date for event in world.events if oldest <= event.date <= as_of}
            assert len(days) == question.lag + 1
    lags = [row["lag"] for row in generate(300, 6) if row["answerable"]]
    bins = Counter(
        next(i for i, high in enumerate((1, 3, 7, 30, 45)) if lag < high) for lag in lags
    )
    assert len(lags) == 240
    assert max(bins.values()) - min(bins.values()) <= 4


def test_lag_bins_are_independent_of_the_cue():
    rows = [row for row in generate(4800, 1) if row["query_kind"] == "single"]
    edges = (1, 3, 7, 30, 45)
    cells = Counter((row["cue_type"], next(h for h in edges if row["lag"] < h)) for row in rows)
    assert len(cells) == 12 * 5
    assert max(cells.values()) - min(cells.values()) <= 1


def test_limit_64_is_balanced():
    rows = [row for row in generate(64, 11) if row["answerable"]]
    edges = (1, 3, 7, 30, 45)
    bins = Counter(next(h for h in edges if row["lag"] < h) for row in rows)
    single = [row for row in rows if row["query_kind"] == "single"]
    cues = Counter(row["cue_type"] for row in single)
    assert all(abs(bins[edge] - len(rows) / 5) <= 2 for edge in edges)
    assert len(cues) >= 11
    assert all(abs(count - len(single) / 12) <= 2 for count in cues.values())


def test_every_subset_of_the_other_slots_is_a_cue():
    rows = [row for row in generate(3000, 9) if row["query_kind"] == "single"]
    seen = {(row["asked_slot"], tuple(sorted(row["given_slots"]))) for row in rows}
    expected = {
        (asked, tuple(sorted(subset)))
        for asked in ("who", "what", "where", "when")
        for size in (1, 2, 3)
        for subset in combinations([slot for slot in SLOTS if slot != asked], size)
    }
    assert seen == expected


def test_the_size_of_a_cue_does_not_tell_whether_there_is_an_answer():
    rows = generate(3000, 9)
    sizes = [
        Counter(len(row["cues"]) for row in rows if row["answerable"] is wanted)
        for wanted in (True, False)
    ]
    for size in (1, 2, 3):
        answerable, unanswerable = (count[size] / count.total() for count in sizes)
        assert answerable == pytest.approx(unanswerable, abs=0.02)
        assert answerable == pytest.approx(1 / 3, abs=0.03)


def test_half_of_the_unanswerable_cues_recombine_values_that_exist():
    recombined = made_up = 0
    for world in made(n=600, seed=8, cue_overlap="lexical"):
        log = [event.slots for event in world.events if event.slots]
        for question in world.questions:
            if question.answerable:
                continue
            given_values = dict(zip(question.given_slots, question.cues, strict=True))
            known = [any(e[s] == v for e in log) for s, v in given_values.items()]
            recombined += all(known)
            made_up += known.count(False) == 1
    assert recombined + made_up == 120
    assert abs(recombined - made_up) <= 6


def test_every_form_of_question_is_unanswerable_equally_often():
    forms = Counter(
        (
            "list"
            if re.match(
                r"List |Name all |Which (people|objects) |In which places |\w+ are all",
                row["query"],
            )
            else "latest"
            if "most recently" in row["query"]
            else "single",
            row["answerable"],
        )
        for row in generate(4000, 9)
    )
    for form in ("single", "latest", "list"):
        assert forms[form, False] / (forms[form, True] + forms[form, False]) == pytest.approx(0.2)


def times(count: int) -> str:
    return "1 time" if count == 1 else f"{count} times"


def visible(world: World, question: Question) -> list[Event]:
    return world.store(question.store_size)


def test_latest_supersedes_and_list_names_all():
    for world in made(n=300, seed=3, cue_overlap="lexical"):
        for question in world.questions:
            matching = [
                event
                for event in visible(world, question)
                if event.slots
                and all(
                    event.slots[slot] == cue
                    for slot, cue in zip(question.given_slots, question.cues, strict=True)
                )
            ]
            if question.query_kind == "latest":
                assert len(matching) in (2, 3)
                assert question.evidence == [matching[-1].event_id]
                assert len(question.prior_answers) == len(matching) - 1
            elif question.query_kind == "first":
                assert len(matching) in (2, 3)
                assert question.evidence == [matching[0].event_id]
            elif question.query_kind == "often":
                assert question.answers[:2] == [str(len(matching)), times(len(matching))]
                assert question.evidence == [event.event_id for event in matching]
            elif question.query_kind == "between":
                days = (matching[-1].date - matching[0].date).days
                assert question.answers[0] == str(days) != "0"
                assert question.evidence == [m.event_id for m in (matching[0], matching[-1])]
            elif question.query_kind == "list":
                assert len(matching) in (2, 3)
                values = [event.slots[question.asked_slot] for event in matching]
                assert question.answers == [", ".join(values)]
            else:
                assert len(matching) == question.answerable


def test_what_to_remember_shows_in_the_text_and_not_in_the_position():
    places: dict[bool, list[float]] = {True: [], False: []}
    for world in made(n=300, seed=12):
        for place, event in enumerate(world.events):
            named = any(name in event.text for name in event.slots.values())
            assert event.should_remember == named == (event.role != "filler")
            places[event.should_remember].append(place / len(world.events))
    means = {kind: sum(values) / len(values) for kind, values in places.items()}
    assert 0.3 < means[False] < 0.7
    # Both kinds in each quarter of the log.
    for values in places.values():
        assert {int(value * 4) for value in values} == {0, 1, 2, 3}


@settings(max_examples=15, deadline=None)
@given(n=st.integers(1, 60), more=st.integers(1, 60), seed=st.integers(-(2**70), 2**70))
def test_a_longer_dataset_begins_with_the_shorter(n: int, more: int, seed: int):
    assert generate(n + more, seed)[:n] == generate(n, seed)


def test_a_world_depends_on_no_other_world():
    config = EpisodeConfig(n=100, seed=21)
    in_order = list(SCENARIO.worlds(config))
    assert [SCENARIO.world(config, number) for number in reversed(range(10))] == in_order[::-1]


def test_neighbouring_seeds_share_nothing():
    one, two = generate(200, 0), generate(200, 1)
    assert not {row["id"] for row in one} & {row["id"] for row in two}
    assert not {row["world_id"] for row in one} & {row["world_id"] for row in two}
    assert not {row["episode_text"] for row in one if row["answerable"]} & {
        row["episode_text"] for row in two
    }
    matching = sum(
        a["answers"] == b["answers"] for a, b in zip(one, two, strict=True) if a["answers"]
    )
    assert matching <= 1


def test_within_design_asks_the_same_target_at_every_lag():
    rows = generate_within(n=200)
    by_group: dict[str, list[Question]] = {}
    for question in rows:
        by_group.setdefault(question.group_id, []).append(question)
    assert {len(group) for group in by_group.values()} == {5}
    for group in by_group.values():
        assert len({question.query for question in group}) == 1
        assert len({tuple(question.answers) for question in group}) == 1
        assert len({tuple(question.evidence) for question in group}) == 1
        assert len({question.as_of for question in group}) == 5
        if group[0].answerable:
            bins = {next(h for h in (1, 3, 7, 30, 45) if (q.lag or 0) < h) for q in group}
            assert bins == {1, 3, 7, 30, 45}


def generate_within(n: int) -> list[Question]:
    return questions_of(made(n=n, seed=1, lag_design="within"))


def test_other_lag_bins():
    rows = generate(100, 0, lag_spec={"bins": [2, 5, 60]})
    lags = [row["lag"] for row in rows if row["answerable"]]
    assert min(lags) >= 2
    assert 60 <= max(lags) < 90
    assert 24 <= sum(lag < 5 for lag in lags) <= 30


def test_a_store_that_is_too_small_is_refused_with_the_size_it_needs():
    with pytest.raises(ConfigError, match=r"store_size=20: .* needs \d+ events → raise store_size"):
        made(n=1, store_size=20)
    assert {len(world.events) for world in made(n=40, store_size=200)} == {200}


def test_more_confounders_than_the_pools_have_values_for_are_refused():
    with pytest.raises(ConfigError, match="lower confounders_ratio"):
        made(n=10, confounders_ratio=500.0)
