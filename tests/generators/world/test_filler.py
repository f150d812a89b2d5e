from __future__ import annotations

import re
from datetime import date
from importlib.resources import files
from random import Random

import pytest

from generators.world.filler import dated, remark
from generators.world.pools import pools


@pytest.mark.parametrize("name", ["filler", "remarks"])
def test_no_word_is_in_a_pool_of_values(name: str):
    text = files("generators").joinpath("words", f"{name}.txt").read_text(encoding="utf-8")
    known = pools()
    values = {*known.adjectives, *known.nouns, *(form for verb in known.verbs for form in verb)}
    values |= {word.lower() for word in (*known.first_names, *known.last_names)}
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    assert not values & set(re.findall("[a-z]+", "\n".join(lines).lower()))
    places = {stem + end for stem in known.place_stems for end in known.place_endings}
    assert not places & set(re.findall("[A-Z][a-z]+", text))


def test_remarks_are_many_and_whole_sentences():
    rng = Random(1)
    drawn = {remark(rng, long=place % 2 == 0) for place in range(4000)}
    assert len(drawn) > 2500
    for text in drawn:
        assert text.count("{date}") == 1
        assert not set("[]|") & set(text)
        assert re.fullmatch(r"[A-Z{].*\.", text)
        assert "  " not in text
        assert not re.search(r"\b(\w+) \1\b", text)
    assert len({" ".join(text.split()[:2]) for text in drawn}) > 80


def test_a_remark_has_the_date_as_events_spell_it():
    assert dated("It rained on {date}.", date(2023, 3, 4)) == "It rained on 4 March 2023."
