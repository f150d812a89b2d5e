"""Questions that describe a host: what the description fits, and how it is balanced."""

from __future__ import annotations

from collections import Counter

import pytest

from generators.glossary import can_be, meaning
from generators.records import Question
from generators.scenario_c import SCENARIO
from generators.scenario_c.attributes import attributes, words
from generators.scenario_c.config import SettingsConfig
from generators.scenario_c.descriptions import host_in_words, hosts_like
from generators.scenario_c.phrasing import UNSET
from generators.verify.overlap import shared

DESCRIBABLE = {"lookup", "update", "deletion", "override", "beside_forgotten"}


def questions(overlap: str, n: int = 600, seed: int = 2, style: str = "log") -> list[Question]:
    config = SettingsConfig(n=n, seed=seed, cue_overlap=overlap, style=style)  # type: ignore
    return [question for world in SCENARIO.worlds(config) for question in world.questions]


def test_the_solvers_glossary_knows_every_bird_by_its_description():
    for bird in words("bird"):
        text = host_in_words(f"{bird}-47")
        assert not shared(text, f"the rack of {bird}-47 was set to A6-48 on 14 August 2023")
        said = meaning(text.removeprefix("the machine whose name combines ").split(" and forty")[0])
        assert said is not None, text
        fitting = {f"{other}-47" for other in words("bird") if can_be(said, other)}
        assert fitting == {*hosts_like(f"{bird}-47")}, text


def test_a_host_setting_has_a_paraphrase_without_its_words():
    for attribute in attributes().values():
        if attribute.owner == "host":
            assert not shared(attribute.paraphrase, f"{attribute.names[0]} was set deleted left")
            assert not shared(attribute.paraphrase, f"changed new unset {UNSET} joined environment")


@pytest.mark.parametrize("overlap", ["lexical", "semantic"])
def test_one_overlap_alone(overlap: str):
    assert {question.cue_overlap for question in questions(overlap)} == {overlap}


def test_half_of_a_world_describes_a_host_and_so_does_one_question_without_an_answer():
    made = questions("mixed")
    for start in range(0, len(made), 10):
        described = [q for q in made[start : start + 10] if q.cue_overlap == "semantic"]
        assert Counter(q.answerable for q in described) == {True: 4, False: 1}
    kinds = Counter((q.query_kind, q.cue_overlap) for q in made)
    without = {"unanswerable", "forgotten"}
    assert {kind for kind, overlap in kinds if overlap == "semantic"} == DESCRIBABLE | without
    assert all(kinds[kind, "lexical"] for kind in DESCRIBABLE)
    for kind in without:
        # Three standard errors of a fair coin: which of the two is described is drawn.
        lexical, semantic = kinds[kind, "lexical"], kinds[kind, "semantic"]
        assert abs(lexical - semantic) < 3 * (lexical + semantic) ** 0.5, kind


@pytest.mark.parametrize("style", ["log", "dialogue"])
def test_semantic_questions_share_no_word_with_their_evidence_and_lexical_ones_do(style: str):
    for question in questions("mixed", style=style):
        if question.answerable:
            words_of_both = shared(question.query, str(question.episode_text))
            assert bool(words_of_both) == (question.cue_overlap == "lexical"), question.query


@pytest.mark.parametrize("overlap", ["lexical", "mixed", "semantic"])
def test_events_are_about_hosts_as_often_as_evidence_is(overlap: str):
    """Else an event about a host would be evidence more often than another."""
    hosts = {name for name, attribute in attributes().items() if attribute.owner == "host"}
    shares = dict.fromkeys(("evidence", "others"), 0.0)
    config = SettingsConfig(n=600, seed=2, cue_overlap=overlap)  # type: ignore
    for world in SCENARIO.worlds(config):
        named = {event_id for question in world.questions for event_id in question.evidence}
        states = [event for event in world.events if event.role != "filler"]
        for kind in shares:
            among = [e for e in states if (e.event_id in named) == (kind == "evidence")]
            about = sum(event.slots["attribute"] in hosts for event in among)
            shares[kind] += about / len(among) / (config.n / 10)
    assert abs(shares["evidence"] - shares["others"]) < 0.12, shares
