"""Cues in other words: what they say, what they fit, and that they share nothing with the log."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

import pytest

from generators.glossary import can_be, meaning
from generators.scenario_a import SCENARIO, generate
from generators.scenario_a.almanac import read_clock, read_occasion
from generators.scenario_a.config import EpisodeConfig
from generators.scenario_a.descriptions import cue_in_words, described, fits, senses
from generators.scenario_a.occasions import clock_in_words, date_in_words
from generators.verify.overlap import shared
from generators.world.pools import pools
from generators.world.timestamps import CLOCK, FIRST_MINUTE, LAST_MINUTE, MONTHS, spell_date

WORDS = {
    "adjective": pools().adjectives,
    "noun": pools().nouns,
    "verb": tuple(base for base, _ in pools().verbs),
    "stem": pools().place_stems,
}
PHRASES = [
    (kind, form, sense.fits)
    for kind, words in WORDS.items()
    for sense in {senses()[kind, word] for word in words}
    for phrase in sense.phrases
    for form in phrase
]


def rows(overlap: str, n: int = 400, seed: int = 2, style: str = "log"):
    for world in SCENARIO.worlds(EpisodeConfig(n=n, seed=seed, cue_overlap=overlap, style=style)):
        yield from world.questions


def test_every_word_of_the_pools_has_a_description_that_fits_it():
    assert senses().keys() == {(kind, word) for kind, words in WORDS.items() for word in words}
    assert all(word in sense.fits for (_, word), sense in senses().items())
    assert {word for sense in senses().values() for word in sense.fits} <= {
        word for words in WORDS.values() for word in words
    }


def test_the_solvers_glossary_reads_every_description_as_it_is_meant():
    for kind, form, fitting in PHRASES:
        said = meaning(form)
        assert said is not None, form
        assert {word for word in WORDS[kind] if can_be(said, word)} == fitting, form


def test_no_description_has_a_word_that_an_event_could_have():
    past = dict(pools().verbs)
    for kind, form, fitting in PHRASES:
        # Only one word of its own kind stands in an event: one that it fits.
        own = [*fitting, *(past[word] for word in fitting if kind == "verb")]
        others = [word for name, words in WORDS.items() if name != kind for word in words]
        others += [past for base, past in pools().verbs if kind != "verb"]
        others += [*pools().first_names, *pools().last_names, *MONTHS]
        assert not [word for word in (*own, *others) if shared(form, word)], form


def test_dates_and_clock_times_are_told_to_the_minute():
    for past in range(0, 3100):
        day = date(2016, 1, 1) + timedelta(days=past)
        for turn in range(4):
            text = date_in_words(spell_date(day), turn)
            assert read_occasion(text) == day, text
            assert not shared(text, spell_date(day))
    for clock in CLOCK[FIRST_MINUTE : LAST_MINUTE + 1]:
        assert read_clock(clock_in_words(clock)) == clock


@pytest.mark.parametrize(
    ("spelled", "turn", "expected"),
    [
        ("25 December 2022", 1, "the fourth Sunday of the twelfth month in twenty twenty-two"),
        ("24 December 2022", 1, "the first day before Christmas Day in twenty twenty-two"),
        ("18 December 2022", 2, "the Sunday before Christmas Day in twenty twenty-two"),
        ("1 May 2005", 0, "the first Sunday of the fifth month in twenty oh five"),
    ],
)
def test_dates_read_as_english(spelled: str, turn: int, expected: str):
    assert date_in_words(spelled, turn) == expected


def test_an_adjective_may_follow_its_noun():
    assert described("what", "hollow banjo", 0) == "instrument with frets with nothing inside"
    assert described("where", "Ravenford", 0) == "the place named after a corvid"
    words = cue_in_words({"action": "hide", "what": "rusty spade"}, 0)
    assert words == {
        **{"what": "corroded gardener's implement", "action": "conceal", "past": "concealed"}
    }
    assert "cello" not in " ".join(fits("what", "plain banjo"))


@pytest.mark.parametrize("overlap", ["lexical", "semantic"])
def test_one_overlap_alone(overlap: str):
    assert {question.cue_overlap for question in rows(overlap)} == {overlap}


def test_mixed_is_half_and_half_in_every_kind_bin_and_defect():
    made = list(rows("mixed", n=4000))
    edges = (1, 3, 7, 30, 45)
    for stratum in (
        lambda q: q.query_kind,
        lambda q: (q.answerable, q.asked_slot),
        lambda q: next(edge for edge in edges if q.lag < edge) if q.answerable else None,
    ):
        cells = Counter((stratum(q), q.cue_overlap) for q in made)
        for name in {name for name, _ in cells}:
            lexical, semantic = cells[name, "lexical"], cells[name, "semantic"]
            # Three standard errors of a fair coin; the pairs of a round make it less.
            assert abs(lexical - semantic) < 3 * (lexical + semantic) ** 0.5, name
    for start in range(0, 4000, 10):
        world = made[start : start + 10]
        assert sum(q.cue_overlap == "semantic" for q in world if q.answerable) == 4
        assert sum(q.cue_overlap == "semantic" for q in world if not q.answerable) == 1


@pytest.mark.parametrize("style", ["log", "dialogue"])
def test_semantic_questions_share_no_word_with_their_evidence_and_lexical_ones_do(style: str):
    for question in rows("mixed", style=style):
        if question.answerable:
            words = shared(question.query, str(question.episode_text))
            assert bool(words) == (question.cue_overlap == "lexical"), question.query


def test_a_semantic_cue_never_gives_the_person():
    assert not any("who" in question.given_slots for question in rows("semantic"))
    assert {*("what", "where", "when", "action")} == {
        slot for question in rows("semantic") for slot in question.given_slots
    }


def test_rows_say_what_their_question_says():
    for row in generate(200, 5):
        for slot, cue in zip(row["given_slots"], row["cues"], strict=True):
            parts = cue.split(" at ") if slot == "when" else [cue]
            assert slot == "action" or all(part in row["query"] for part in parts)
