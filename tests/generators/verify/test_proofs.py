"""Every check must fire on a dataset that breaks its promise, and on no other."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from generators.records import Event, Question, World
from generators.scenario_a import SCENARIO
from generators.scenario_a.config import EpisodeConfig
from generators.scenario_c import SCENARIO as SCENARIO_C
from generators.verify.proofs import CHECKS, check_world


@pytest.fixture(scope="module")
def world() -> World:
    return next(SCENARIO.worlds(EpisodeConfig(n=10, seed=1)))


def with_question(world: World, kind: str, change: Callable[[Question], Question]) -> World:
    """The world with one question of a kind changed."""
    place = next(i for i, q in enumerate(world.questions) if q.query_kind == kind)
    questions = list(world.questions)
    questions[place] = change(questions[place])
    return replace(world, questions=questions)


def with_event(world: World, place: int, change: Callable[[Event], Event]) -> World:
    events = list(world.events)
    events[place] = change(events[place])
    return replace(world, events=events)


def found(world: World) -> set[str]:
    return {name for name, count in check_world(SCENARIO, world).items() if count}


def evidence_place(world: World, kind: str = "single") -> int:
    question = next(q for q in world.questions if q.query_kind == kind)
    return [event.event_id for event in world.events].index(question.evidence[0])


def test_an_honest_world_passes(world: World):
    assert found(world) == set()


def test_a_second_event_that_fits_the_cue_is_ambiguous(world: World):
    place = evidence_place(world)
    twin = world.events[place]
    question = next(q for q in world.questions if q.query_kind == "single")
    other = {"who": "Ada Zee", "what": "odd thing", "where": "Nowhere", "when": "06:06"}
    text = twin.text.replace(question.answers[0], other[question.asked_slot])
    events = [*world.events[: place + 1], twin._replace(event_id="x", text=text)]
    questions = [replace(q, store_size=q.store_size + 1) for q in world.questions]
    events += world.events[place + 1 :]
    assert "ambiguous" in found(replace(world, events=events, questions=questions))


def test_another_answer_is_wrong(world: World):
    def change(question: Question) -> Question:
        return replace(question, answers=question.distractor_answers)

    assert "wrong_answer" in found(with_question(world, "single", change))
    assert "wrong_answer" in found(
        with_question(world, "list", lambda q: replace(q, answers=[q.answers[0].split(", ")[0]]))
    )


def test_an_event_that_is_gone_leaves_its_question_unanswered(world: World):
    place = evidence_place(world)
    gone = replace(world, events=world.events[:place] + world.events[place + 1 :])
    assert "unanswered" in found(gone)


def test_a_question_that_has_an_answer_is_not_unanswerable(world: World):
    def change(question: Question) -> Question:
        return replace(question, answerable=False, answers=[], evidence=[])

    assert "answered_but_unanswerable" in found(with_question(world, "single", change))
    assert "answered_but_unanswerable" in found(
        with_question(world, "unanswerable", lambda q: replace(q, answerable=True, answers=["x"]))
    )


def test_other_evidence_is_wrong(world: World):
    other = world.events[0].event_id
    assert "wrong_evidence" in found(
        with_question(world, "single", lambda q: replace(q, evidence=[other]))
    )


@pytest.mark.parametrize(
    "change",
    [
        lambda q: replace(q, query=f"{q.query} Was it {q.answers[0]}?"),
        lambda q: replace(q, group_id=f"group {q.answers[0].lower()}"),
        lambda q: replace(q, answers=["drizzle", *q.answers]),
    ],
)
def test_an_answer_that_can_be_read_elsewhere_leaks(
    world: World, change: Callable[[Question], Question]
):
    small_talk = next(i for i, event in enumerate(world.events) if event.role == "filler")
    wet = with_event(world, small_talk, lambda e: e._replace(text=f"{e.text} So much drizzle."))
    assert found(wet) == set()
    assert "leak" in found(with_question(wet, "single", change))


def test_a_filler_with_slots_may_name_values_and_small_talk_may_not(world: World):
    question = next(q for q in world.questions if q.query_kind == "single")
    place = next(i for i, event in enumerate(world.events) if event.role == "filler")

    def gossip(slots: dict[str, str]) -> World:
        return with_event(
            world,
            place,
            lambda e: e._replace(text=f"{e.text} Or {question.answers[0]}?", slots=slots),
        )

    assert found(gossip({})) == {"leak"}
    assert found(gossip({"rumoured": question.answers[0]})) == set()


def test_a_value_that_another_one_starts_with_is_found(world: World):
    def change(question: Question) -> Question:
        return replace(question, other_answers=[f"{question.answers[0]} the second"])

    assert "prefix" in found(with_question(world, "single", change))


def test_a_request_that_names_other_events_than_its_text_asks_to_forget_is_found():
    made = next(SCENARIO_C.worlds(SCENARIO_C.config(n=10, seed=1)))
    place = next(i for i, event in enumerate(made.events) if event.role == "forget")
    assert not check_world(SCENARIO_C, made).total()
    for change in (
        lambda e: e._replace(forgets=()),
        lambda e: e._replace(forgets=(*e.forgets, made.events[0].event_id)),
        lambda e: e._replace(role="distractor"),
        lambda e: e._replace(text=e.text.replace("forg", "reg")),
    ):
        assert check_world(SCENARIO_C, with_event(made, place, change))["wrong_forgets"]
    stated = next(i for i, event in enumerate(made.events) if event.role == "target")
    forgetful = with_event(made, stated, lambda e: e._replace(forgets=(made.events[0].event_id,)))
    assert check_world(SCENARIO_C, forgetful)["wrong_forgets"]


def test_small_talk_cannot_be_durable(world: World):
    place = next(i for i, event in enumerate(world.events) if event.role == "filler")
    assert found(with_event(world, place, lambda e: e._replace(should_remember=True))) == {"unfair"}


@pytest.mark.parametrize("field", ["lag", "lag_events"])
def test_a_lag_that_the_log_does_not_have_is_wrong(world: World, field: str):
    def change(question: Question) -> Question:
        return replace(question, **{field: getattr(question, field) + 1})

    assert found(with_question(world, "single", change)) == {"wrong_lag"}
    lagged = with_question(world, "unanswerable", lambda q: replace(q, lag=0))
    assert found(lagged) == {"wrong_lag"}


def test_days_without_events_are_found(world: World):
    question = next(q for q in world.questions if (q.lag or 0) > 6)
    evidence = next(e for e in world.events if e.event_id == question.evidence[0])
    empty = evidence.date + timedelta(days=2)
    events = [e for e in world.events if e.date != empty or e.role == "target"]
    assert "empty_day" in found(replace(world, events=events))


def test_a_store_in_another_order_or_size_is_wrong(world: World):
    assert "wrong_store" in found(replace(world, events=world.events[::-1]))
    for size in (1, 65):
        small = with_question(world, "single", lambda q, size=size: replace(q, store_size=size))
        assert "wrong_store" in found(small)


def test_every_check_is_tried_above():
    tried = {
        *("ambiguous", "wrong_answer", "unanswered", "answered_but_unanswerable"),
        *("wrong_evidence", "wrong_forgets", "leak", "prefix", "unfair", "wrong_lag"),
        *("empty_day", "wrong_store"),
    }
    assert tried == set(CHECKS)
