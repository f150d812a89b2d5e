"""Scenario C as the seed documents call it, checked against its promises one by one."""

from __future__ import annotations

from collections import Counter
from dataclasses import fields
from datetime import date
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generators.datasets.tables import build
from generators.records import Event, Question, World
from generators.scenario_c import SCENARIO, generate
from generators.scenario_c.attributes import attributes
from generators.scenario_c.config import SettingsConfig
from generators.verify.certificate import certify

EDGES = (1, 3, 7, 30, 45)


def made(n: int, seed: int, **more: Any) -> list[World]:
    return list(SCENARIO.worlds(SettingsConfig(n=n, seed=seed, **more)))


def pairs(made_worlds: list[World]) -> list[tuple[World, Question]]:
    return [(world, question) for world in made_worlds for question in world.questions]


@pytest.mark.parametrize("bins", [(0, 1), (0, 2, 10), (2, 5, 60), (0, 1, 2, 4, 8, 16)])
def test_other_lag_bins(bins: tuple[int, ...]):
    certificate = certify(build("C", SettingsConfig(n=100, seed=1, lag_bins=bins)))
    assert certificate.findings
    assert not any(certificate.findings.violations.values())
    questions = [q for _, q in pairs(made(100, 1, lag_bins=bins)) if q.lag is not None]
    assert {sum(q.lag >= edge for edge in bins) for q in questions} == {*range(1, len(bins) + 1)}


def test_shapes_and_fields():
    rows = generate(64, 7)
    assert len(rows) == 64
    names = [field.name for field in fields(Question)]
    assert all(list(row) == [*names, "context", "expected"] for row in rows)
    for row in rows:
        assert row["answerable"] == bool(row["answers"]) == bool(row["evidence"])
        assert row["expected"] == (row["answers"][0] if row["answerable"] else "unknown")
        assert row["context"] == (row["episode_text"] or "")


def test_kinds_come_in_their_shares():
    kinds = Counter(row["query_kind"] for row in generate(600, 1))
    assert kinds == {
        **{"lookup": 80, "update": 80, "deletion": 20, "unanswerable": 60, "forgotten": 60},
        **{"beside_forgotten": 60, "reverse": 60, "same_key": 60, "override": 60, "applied": 60},
    }


def test_every_setting_is_asked_for_and_a_world_has_twenty_people():
    asked = {question.asked_slot for _, question in pairs(made(625, 0, cue_overlap="lexical"))}
    assert set(attributes()) <= asked
    for world in made(30, 2):
        people = {e.slots["subject"].split(" on ")[0] for e in world.events if "subject" in e.slots}
        assert sum(" " in name and name != "all hosts" for name in people) >= 20


def test_a_setting_has_about_twenty_values_and_more_in_every_log():
    counts = []
    for _, question in pairs(made(200, 5)):
        if question.answerable:
            named = {*question.answers, *question.prior_answers, *question.distractor_answers}
            counts.append(len(named | {*question.other_answers}))
    assert min(counts) >= 12
    assert sum(counts) / len(counts) > 22


def test_same_key_has_the_same_host_with_another_person_and_another_value():
    for world, question in pairs(made(100, 3)):
        if question.query_kind != "same_key":
            continue
        person, host = question.cues
        rivals = {
            event.slots["subject"]: event.slots["value"]
            for event in world.events
            if event.slots.get("attribute") == question.asked_slot
            and event.slots.get("subject") not in (None, f"{person} on {host}")
        }
        assert any(subject.endswith(f" on {host}") for subject in rivals)
        assert any(subject.startswith(f"{person} on ") for subject in rivals)
        assert question.answers[0] not in rivals.values()


def test_override_takes_the_most_specific_value_whatever_came_last():
    levels: Counter[int] = Counter()
    newer_is_wrong = 0
    for world, question in pairs(made(300, 4, cue_overlap="lexical")):
        if question.query_kind != "override":
            continue
        (host,) = question.cues
        said = {
            event.slots["subject"]: (position, event.slots["value"])
            for position, event in enumerate(world.events)
            if event.slots.get("attribute") == question.asked_slot and "subject" in event.slots
        }
        (group,) = {
            event.slots["value"]
            for event in world.events
            if event.slots.get("attribute") == "environment" and event.slots["subject"] == host
        }
        present = [level for level in (host, group, "all hosts") if level in said]
        assert question.answers[0] == said[present[0]][1]
        newer_is_wrong += any(said[one][0] > said[present[0]][0] for one in present[1:])
        levels[(host, group, "all hosts").index(present[0])] += 1
    assert min(levels.values()) >= 8
    assert 0.35 < newer_is_wrong / levels.total() < 0.65


def test_update_and_deletion_leave_stale_values():
    for world, question in pairs(made(300, 6)):
        texts = {event.event_id: event for event in world.events}
        if question.query_kind == "update":
            assert len(question.prior_answers) in (1, 2)
            assert texts[question.evidence[0]].role == "update"
        elif question.query_kind == "deletion":
            assert question.answers[0] == "unset"
            assert len(question.prior_answers) == 1
            assert texts[question.evidence[0]].role == "retraction"
        elif question.query_kind not in ("unanswerable", "forgotten"):
            assert question.prior_answers == []


def requests(world: World) -> dict[str, list[Event]]:
    """What a world's requests ask to forget, by (setting of subject)."""
    said = {event.event_id: event for event in world.events}
    return {
        f"{event.slots['attribute']} of {event.slots['forgotten of']}": [
            said[one] for one in event.forgets
        ]
        for event in world.events
        if event.role == "forget"
    }


def test_a_request_names_what_was_stated_before_of_what_it_asks_to_forget():
    counts: Counter[int] = Counter()
    for world in made(200, 4):
        named = {event_id for event in world.events for event_id in event.forgets}
        for key, forgotten in requests(world).items():
            for event in forgotten:
                assert f"{event.slots['attribute']} of {event.slots['subject']}" == key
            counts[len(forgotten)] += 1
        for event in world.events:
            assert bool(event.forgets) == (event.role == "forget")
            if event.event_id in named:
                assert any(
                    event.event_id in later.forgets and later.date > event.date
                    for later in world.events
                )
    assert counts.keys() == {1, 2}
    assert min(counts.values()) >= 10


def test_what_was_to_be_forgotten_is_unknown_and_was_known_before():
    forms: Counter[str] = Counter()
    for world, question in pairs(made(600, 4)):
        if question.query_kind != "forgotten":
            continue
        assert not question.answerable
        assert not question.evidence
        kept = [event.text for event in world.events if event.role != "forget"]
        (before,) = SCENARIO.solver(kept).solve(question.query, len(kept)).values
        assert before in question.prior_answers
        assert len(question.prior_answers) in (1, 2)
        assert before not in question.other_answers
        forms[question.asked_slot] += 1
    assert forms["host"] >= 5
    assert len(forms) >= 15


def test_beside_what_was_to_be_forgotten_all_is_as_it_was():
    beside: Counter[str] = Counter()
    for world, question in pairs(made(300, 4, cue_overlap="lexical")):
        if question.query_kind != "beside_forgotten":
            continue
        (subject,) = question.cues
        (evidence,) = (e for e in world.events if e.event_id in question.evidence)
        asked = f"{question.asked_slot} of {subject}"
        assert question.answers[0] == evidence.slots["value"]
        forgotten = requests(world)
        assert asked not in forgotten
        own = any(key.endswith(f" of {subject}") for key in forgotten)
        nearby = [event.slots["value"] for key in forgotten for event in forgotten[key]]
        beside["subject" if own else "sibling"] += 1
        assert own or {*question.distractor_answers} & {*nearby}
    assert min(beside["subject"], beside["sibling"]) >= 8


def test_how_a_question_about_something_forgotten_is_put_gives_nothing_away():
    """It asks like one of the eight that have an answer, as often as for each of them."""
    asked = {kind: Counter[str]() for kind in ("forgotten", "others")}
    for _, question in pairs(made(2400, 1)):
        if question.answerable or question.query_kind == "forgotten":
            kind = "forgotten" if question.query_kind == "forgotten" else "others"
            asked[kind][" ".join((question.asked_slot[:6], *question.given_slots))] += 1
    shares = [{form: n / c.total() for form, n in c.items()} for c in asked.values()]
    for form in shares[1]:
        assert abs(shares[0].get(form, 0) - shares[1][form]) < 0.06


def test_unset_is_no_answer_to_bet_on():
    for seed in range(3):
        rows = [row for row in generate(625, seed) if row["answerable"]]
        answers = Counter(row["answers"][0] for row in rows)
        (top, count), (_, second) = answers.most_common(2)
        assert top == "unset"
        assert 0.03 < count / len(rows) <= 0.05
        assert second <= 2


def test_applied_needs_the_preference_and_the_setting_that_meets_it():
    forms: Counter[int] = Counter()
    for world, question in pairs(made(200, 8)):
        if question.query_kind != "applied":
            continue
        forms[len(question.evidence)] += 1
        said = {e.event_id: e for e in world.events}
        if question.asked_slot == "host":
            wish, stated = sorted(
                (said[one] for one in question.evidence), key=lambda e: "subject" in e.slots
            )
            assert wish.slots["wanted by"] == question.cues[0]
            assert wish.slots["value"] == stated.slots["value"]
            assert question.answers == [stated.slots["subject"]]
        else:
            (stated,) = (said[one] for one in question.evidence)
            assert question.answers == [f"{question.cues[0]}:{stated.slots['value']}"]
    assert min(forms[1], forms[2]) >= 4


def test_lookalikes_are_near():
    """The hard negative of a lookup: another name for a host at edit distance 1, a near value."""
    for world, question in pairs(made(200, 9, cue_overlap="lexical")):
        if question.query_kind == "lookup" and question.given_slots == ["host"]:
            (near,) = question.distractor_answers
            (event,) = (e for e in world.events if e.slots.get("value") == near)
            assert event.role == "hard_negative"
            name, sibling = question.cues[0], event.slots["subject"]
            assert sum(a != b for a, b in zip(name, sibling, strict=True)) == 1


def test_lags_are_real_and_balanced():
    lags = []
    for world, question in pairs(made(300, 6)):
        if question.lag is None:
            continue
        as_of = date.fromisoformat(question.as_of)
        oldest = min(e.date for e in world.events if e.event_id in question.evidence)
        assert question.lag == (as_of - oldest).days
        days = {event.date for event in world.events if oldest <= event.date <= as_of}
        assert len(days) == question.lag + 1
        lags.append(question.lag)
    bins = Counter(next(h for h in EDGES if lag < h) for lag in lags)
    assert max(bins.values()) - min(bins.values()) <= 3


@cache
def many_rows() -> list[dict[str, Any]]:
    return generate(2400, 1)


def test_lag_bins_are_independent_of_the_wording_and_the_kind():
    rows = [row for row in many_rows() if row["answerable"]]
    bins = [next(h for h in EDGES if row["lag"] < h) for row in rows]
    for column in ("cue_type", "query_kind"):
        cells = Counter((row[column], low) for row, low in zip(rows, bins, strict=True))
        shares = Counter(row[column] for row in rows)
        assert len(cells) == 5 * len(shares)
        for (kind, _), count in cells.items():
            expected = shares[kind] / 5
            # Few questions have a wording of their own once half of them describe.
            assert abs(count - expected) <= 5 + 0.1 * expected, (kind, cells)


def test_how_a_question_is_put_does_not_tell_whether_there_is_an_answer():
    def opening(row: dict[str, object]) -> str:
        slots = row["asked_slot"], *row["given_slots"]  # type: ignore[misc]
        return "name" if slots[0] in ("host", "project", "person") else str(len(slots))

    rows = many_rows()
    shares = []
    for wanted in (True, False):
        counts = Counter(opening(row) for row in rows if row["answerable"] is wanted)
        shares.append({form: count / counts.total() for form, count in counts.items()})
    assert shares[0].keys() == shares[1].keys()
    assert all(abs(shares[0][form] - shares[1][form]) < 0.1 for form in shares[0])


def test_unanswerable_subjects_are_known_as_often_as_not():
    known: Counter[bool] = Counter()
    for world, question in pairs(made(1200, 3, cue_overlap="lexical")):
        if question.query_kind == "unanswerable" and question.given_slots in (
            ["host"],
            ["project"],
            ["person"],
        ):
            subjects = {
                e.slots[s] for e in world.events for s in ("subject", "wanted by") if s in e.slots
            }
            known[question.cues[0] in subjects] += 1
    assert known[True] >= 30
    assert known[False] >= 20


def test_what_to_remember_shows_in_the_text_and_not_in_the_position():
    places: dict[bool, list[float]] = {True: [], False: []}
    for world in made(300, 12):
        for place, event in enumerate(world.events):
            assert event.should_remember == (event.role != "filler") == bool(event.slots)
            assert event.should_remember == any(
                verb in event.text
                for verb in (" is ", " set ", "changed", "deleted", "joined", "belongs", "forg")
            )
            places[event.should_remember].append(place / len(world.events))
    assert 0.3 < sum(places[False]) / len(places[False]) < 0.7
    for shares in places.values():
        assert {int(share * 4) for share in shares} == {0, 1, 2, 3}


def test_unrelated_settings_change_and_go_too():
    """So that "was changed" and "left unset" are no signs of a question."""
    seen: Counter[str] = Counter()
    for world in made(100, 2):
        for event in world.events:
            if event.role == "distractor":
                seen["changed"] += any(w in event.text for w in ("changed to", " new ", " now "))
                seen["unset"] += "unset" in event.text
    assert seen["changed"] >= 50
    assert seen["unset"] >= 20


@settings(max_examples=15, deadline=None)
@given(n=st.integers(1, 60), more=st.integers(1, 60), seed=st.integers(-(2**70), 2**70))
def test_a_longer_dataset_begins_with_the_shorter(n: int, more: int, seed: int):
    assert generate(n + more, seed)[:n] == generate(n, seed)


def test_worlds_do_not_depend_on_each_other():
    config = SettingsConfig(n=100, seed=8)
    in_order = [SCENARIO.world(config, number) for number in range(10)]
    assert [SCENARIO.world(config, number) for number in reversed(range(10))][::-1] == in_order


def test_neighbouring_seeds_share_nothing():
    one, two = generate(200, 0), generate(200, 1)
    for column in ("id", "world_id", "group_id", "context"):
        assert not {row[column] for row in one} & ({row[column] for row in two} - {""})
    same = [
        a["answers"][:1]
        for a, b in zip(one, two, strict=True)
        if a["answers"] and a["answers"] == b["answers"] and a["expected"] != "unset"
    ]
    assert same == []
