"""Scenario B as the seed documents call it, checked against its promises one by one."""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from dataclasses import fields
from datetime import date
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generators.config import make_config
from generators.datasets.tables import build
from generators.records import Event, Question, World
from generators.scenario_b import SCENARIO, generate
from generators.scenario_b.plan import plan
from generators.verify.certificate import certify
from generators.verify.proofs import check_world
from generators.world.lags import LagConfig

FACTS = Path(__file__).parents[3] / "generators" / "words" / "facts.csv"


def made(**changes: object) -> list[World]:
    config = make_config(LagConfig, {"n": 200, "seed": 3, **changes})
    return list(SCENARIO.worlds(config))


@cache
def real_values() -> dict[tuple[str, str], str]:
    with FACTS.open(encoding="utf-8", newline="") as file:
        return {(row["relation"], row["subject"]): row["value"] for row in csv.DictReader(file)}


def edits_of(world: World) -> dict[tuple[str, str], list[Event]]:
    """Edits and withdrawals by relation and subject, in the order in which they take effect."""
    found = defaultdict(list)
    for event in sorted(world.events, key=lambda event: event.slots.get("since", "")):
        if event.slots.get("status") in ("edit", "withdrawal"):
            found[event.slots["relation"], event.slots["subject"]].append(event)
    return found


def asked(world: World, kind: str) -> list[Question]:
    return [question for question in world.questions if question.query_kind == kind]


def test_shapes_and_fields():
    rows = generate(64, 7)
    assert len(rows) == 64
    names = [field.name for field in fields(Question)]
    assert all(list(row) == [*names, "context", "expected"] for row in rows)
    for row in rows:
        assert row["answerable"] == bool(row["answers"])
        assert row["expected"] == (row["answers"] or ["unknown"])[0]
        assert row["should_remember"] == bool(row["evidence"]) == bool(row["context"])


@pytest.mark.parametrize("n", [1, 7, 19, 20, 21, 64])
def test_any_number_of_questions_can_be_asked_for(n: int):
    assert len(generate(n, 3)) == n
    assert certify(build("B", LagConfig(n=n, seed=3))).passed


def test_kinds_come_in_their_shares():
    kinds = Counter(row["query_kind"] for row in generate(500, 1))
    assert kinds == {
        **{"direct": 50, "paraphrase": 75, "novel": 100, "two_hop": 50, "before": 50},
        **{"locality": 75, "unanswerable": 100},
    }


def test_the_edit_that_holds_from_the_latest_day_decides():
    real = real_values()
    seen = Counter[str]()
    for world in made():
        edits = edits_of(world)
        for question in world.questions:
            if not question.answerable:
                continue
            subject = question.cues[0] if question.given_slots[0] == "subject" else None
            history = edits.get((question.asked_slot, subject or ""), [])
            if question.query_kind in ("direct", "paraphrase", "novel"):
                assert question.answers[0] == history[-1].slots["value"]
                assert question.evidence == [history[-1].event_id]
            elif question.query_kind == "locality":
                assert not history
                assert question.answers[0] == real[question.asked_slot, subject or ""]
                assert question.evidence == []
                assert question.lag is None
            elif question.query_kind == "before" and len(history) == 1:
                assert question.answers[0] == real[question.asked_slot, subject or ""]
                assert question.evidence == [history[0].event_id]
            elif question.query_kind == "before":
                assert question.answers[0] == history[-2].slots["value"]
                assert question.evidence == [history[-2].event_id]
            seen[question.query_kind] += 1
    assert set(seen) == {"direct", "paraphrase", "novel", "locality", "before", "two_hop"}


def test_two_hops_go_over_an_unedited_fact_to_an_edited_one():
    real = real_values()
    forms = Counter[bool]()
    for world in made(n=400):
        edits = edits_of(world)
        for question in asked(world, "two_hop"):
            (relation,), (cue,) = question.given_slots, question.cues
            by_value = [s for (name, s), value in real.items() if (name, value) == (relation, cue)]
            subject = real.get((relation, cue)) or by_value[0]
            assert len(by_value) <= 1
            assert not any(name == relation for name, _ in edits)
            history = edits[question.asked_slot, subject]
            assert question.answers[0] == history[-1].slots["value"]
            assert subject not in question.query
            forms[bool(by_value)] += 1
    assert forms[True] > 10
    assert forms[False] > 5


def test_histories_are_what_they_are_called():
    real = real_values()
    out_of_order = multiple = 0
    for world in made(n=800):
        places = {event.event_id: place for place, event in enumerate(world.events)}
        edits = edits_of(world)
        for question in asked(world, "direct"):
            key = question.asked_slot, question.cues[0]
            history = edits[key]
            told = [places[event.event_id] for event in history]
            values = [real[key], *(event.slots.get("value") for event in history)]
            assert 1 <= len(history) <= 4
            assert (len(history) == 1) == (question.cue_type == "once")
            assert (values[-1] in values[:-1]) == (question.cue_type == "returned")
            assert all(one != other for one, other in pairwise(values))
            if question.cue_type in ("in_order", "out_of_order"):
                assert (told[-1] == max(told)) == (question.cue_type == "in_order")
            if len(history) > 1:
                multiple += 1
                out_of_order += told[-1] != max(told)
    assert 0.25 < out_of_order / multiple < 0.75


def test_prior_answers_are_what_a_model_would_say_without_the_log():
    real = real_values()
    for world in made():
        for question in world.questions:
            if question.query_kind in ("direct", "paraphrase"):
                learnt = real[question.asked_slot, question.cues[0]]
                assert (learnt in question.prior_answers) == (learnt != question.answers[0])
            elif question.query_kind == "locality":
                assert question.prior_answers == []
            elif question.cue_type == "withdrawn" and question.given_slots == ["subject"]:
                learnt = real.get((question.asked_slot, question.cues[0]))
                assert question.prior_answers
                assert learnt is None or learnt in question.prior_answers
            assert not set(question.prior_answers) & set(question.answers)
            assert not set(question.prior_answers) & set(question.distractor_answers)


def test_paraphrases_share_the_group_and_the_answer_of_their_direct_question():
    groups = defaultdict(list)
    for world in made():
        for question in asked(world, "direct") + asked(world, "paraphrase"):
            groups[question.group_id].append(question)
    kinds = [Counter(q.query_kind for q in group) for group in groups.values()]
    assert kinds.count(Counter(direct=1, paraphrase=3)) == kinds.count(Counter(direct=1)) == 10
    for group in groups.values():
        assert len({q.query for q in group}) == len(group)
        assert len({(*q.answers, *q.evidence, q.lag) for q in group}) == 1


def shape(question: Question) -> tuple[str, bool]:
    """How a question names its subject, and whether it asks for the past."""
    if question.given_slots[0] != "subject":
        return "described", False
    real = (question.asked_slot, question.cues[0]) in real_values()
    return "real" if real else "made up", "before" in question.given_slots


def test_every_shape_of_question_is_unanswerable_equally_often():
    shapes: dict[tuple[str, bool], Counter[bool]] = defaultdict(Counter)
    for world in made(n=640):
        for question in world.questions:
            shapes[shape(question)][question.answerable] += 1
    assert len(shapes) == 5
    for counts in shapes.values():
        assert counts[False] / counts.total() == 0.2, shapes


def test_what_has_no_answer_was_withdrawn_or_never_held():
    defects = Counter[str | None]()
    for world in made(n=640):
        edits = edits_of(world)
        for question in asked(world, "unanswerable"):
            defects[question.cue_type] += 1
            if question.given_slots[0] != "subject":
                assert question.cue_type == "withdrawn"
                continue
            subject = question.cues[0]
            history = edits.get((question.asked_slot, subject), [])
            named = [e for e in world.events if e.slots.get("subject") == subject]
            if question.cue_type == "withdrawn":
                held = history[-2] if "before" in question.given_slots else history[-1]
                assert held.slots["status"] == "withdrawal"
                continue
            assert shape(question)[0] == "made up"
            assert bool(history) == (question.cue_type == "too_early")
            assert bool(named) == (question.cue_type != "never_stated")
    assert set(defects) == {"withdrawn", "never_stated", "rumoured", "too_early"}


def test_what_was_withdrawn_may_be_entered_again():
    withdrawn = Counter[bool]()
    for world in made(n=640):
        for question in asked(world, "direct") + asked(world, "unanswerable"):
            history = edits_of(world).get((question.asked_slot, question.cues[0]), [])
            if any(event.slots["status"] == "withdrawal" for event in history):
                withdrawn[question.answerable] += 1
    assert withdrawn[True] >= 1
    assert withdrawn[False] > 30


def test_a_new_value_is_of_the_same_kind_and_nobody_elses():
    real = real_values()
    values = defaultdict(set)
    for (relation, _), value in real.items():
        values[relation].add(value)
    for world in made():
        for event in world.events:
            if "value" in event.slots:
                assert event.slots["value"] in values[event.slots["relation"]]
        for question in asked(world, "direct"):
            stating = {
                event.slots["subject"]
                for event in world.events
                if event.slots.get("relation") == question.asked_slot
                and event.slots["status"] == "edit"
                and event.slots["value"] == question.answers[0]
            }
            assert stating == {question.cues[0]}


def test_what_to_remember_shows_in_the_text_and_not_in_the_position():
    places: dict[bool, list[float]] = {True: [], False: []}
    kinds = Counter[str]()
    for world in made(n=400):
        for place, event in enumerate(world.events):
            unsure = any(word in event.text for word in ("onfirm", "still"))
            assert event.should_remember == (bool(event.slots) and not unsure)
            places[event.should_remember].append(place / len(world.events))
            kinds[event.slots.get("status", "small talk")] += 1
    assert set(kinds) == {"edit", "withdrawal", "rumour", "restatement", "small talk"}
    means = {kind: sum(found) / len(found) for kind, found in places.items()}
    assert all(0.35 < mean < 0.65 for mean in means.values()), means
    for found in places.values():
        assert {int(place * 4) for place in found} == {0, 1, 2, 3}


def test_made_up_subjects_are_as_frequent_among_corrections_as_among_evidence():
    real = real_values()
    made_up: dict[bool, list[bool]] = {True: [], False: []}
    for world in made(n=640):
        by_id = {event.event_id: event for event in world.events}
        evidence = [by_id[name] for q in world.questions for name in q.evidence]
        corrections = [event for event in world.events if event.should_remember]
        for answers, events in ((True, evidence), (False, corrections)):
            subjects = [(event.slots["relation"], event.slots["subject"]) for event in events]
            made_up[answers] += [subject not in real for subject in subjects]
    shares = {answers: sum(found) / len(found) for answers, found in made_up.items()}
    assert shares[True] == pytest.approx(shares[False], abs=0.03)


@pytest.mark.parametrize("bins", [(0, 1, 3, 7, 30), (0, 40), (3, 5)])
def test_corrections_of_a_fact_are_entered_when_evidence_may_be(bins: tuple[int, ...]):
    """Its question sees none that is older than evidence ever is: its age would tell."""
    oldest = LagConfig(lag_bins=bins).longest_lag
    several = 0
    for world in made(n=400, lag_bins=bins):
        edits = edits_of(world)
        for question in asked(world, "direct") + asked(world, "novel"):
            as_of = date.fromisoformat(question.as_of)
            history = edits[question.asked_slot, question.cues[0]]
            ages = [(as_of - event.date).days for event in history]
            assert all(bins[0] <= age <= oldest for age in ages)
            several += len(ages) > 1
    assert several > 50


def test_lag_bins_and_histories_are_even():
    rows = [row for row in generate(960, 5) if row["lag"] is not None]
    bins = Counter(next(high for high in (1, 3, 7, 30, 45) if row["lag"] < high) for row in rows)
    histories = Counter(row["cue_type"] for row in rows)
    assert max(bins.values()) - min(bins.values()) <= 12
    assert set(histories) == {"once", "in_order", "out_of_order", "returned"}
    assert max(histories.values()) / min(histories.values()) < 1.2
    assert len({(row["cue_type"], row["lag"] < 3) for row in rows}) == 8


def test_lags_are_real():
    for world in made():
        by_id = {event.event_id: event for event in world.events}
        for question in world.questions:
            if question.evidence:
                told = by_id[question.evidence[0]].date
                assert question.lag == (date.fromisoformat(question.as_of) - told).days


def test_other_lag_bins():
    config = LagConfig(n=100, seed=0, lag_bins=(2, 5, 60))
    made_worlds = list(SCENARIO.worlds(config))
    lags = [q.lag for world in made_worlds for q in world.questions if q.lag is not None]
    assert min(lags) >= 2
    assert 60 <= max(lags) < 90
    assert not sum((check_world(SCENARIO, world) for world in made_worlds), Counter[str]()).total()


@settings(max_examples=10, deadline=None)
@given(n=st.integers(1, 60), more=st.integers(1, 60), seed=st.integers(-(2**70), 2**70))
def test_a_longer_dataset_begins_with_the_shorter(n: int, more: int, seed: int):
    assert generate(n + more, seed)[:n] == generate(n, seed)


def test_neighbouring_seeds_share_nothing():
    one, two = generate(200, 0), generate(200, 1)
    for name in ("id", "world_id", "group_id"):
        assert not {row[name] for row in one} & {row[name] for row in two}
    assert not {row["context"] for row in one if row["context"]} & {row["context"] for row in two}


@pytest.mark.parametrize("bins", range(2, 8))
def test_neither_relation_nor_history_tells_the_lag(bins: int):
    """Each lag bin has as many questions of either relation, and of each history."""
    config = LagConfig(lag_bins=tuple(range(bins)))
    assert len(config.bins) == bins
    counts: dict[tuple[str, object], Counter[int]] = defaultdict(Counter)
    for world in range(bins * 48):
        for spec in plan(config, world):
            if spec.lag_bin is not None:
                counts["relation", spec.relation][spec.lag_bin] += spec.askings
                counts["history", spec.history][spec.lag_bin] += spec.askings
    for (by, _), found in counts.items():
        assert len(found) == bins
        assert max(found.values()) <= (1.05 if by == "relation" else 1.25) * min(found.values())
