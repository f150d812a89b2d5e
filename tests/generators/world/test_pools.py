"""The word pools: enough of everything, and no value that could be taken for another."""

from __future__ import annotations

import re

from generators.scenario_a.phrasing import event_text
from generators.world.pools import checksum, pools


def forms() -> dict[str, list[str]]:
    """All single words that can be part of a value, by pool."""
    words = pools()
    places = [stem + ending for stem in words.place_stems for ending in words.place_endings]
    return {
        "first names": list(words.first_names),
        "last names": list(words.last_names),
        "adjectives": list(words.adjectives),
        "nouns": list(words.nouns),
        "verbs": [form for pair in words.verbs for form in pair],
        "places": places,
    }


def test_pools_are_as_large_as_the_design_asks():
    words = forms()
    assert len(words["first names"]) * len(words["last names"]) >= 1000
    assert len(words["adjectives"]) * len(words["nouns"]) >= 1000
    assert len(words["places"]) >= 500
    assert len(pools().verbs) >= 20


def test_no_word_is_in_two_pools_or_twice_in_one():
    every = [word.lower() for pool in forms().values() for word in pool]
    assert len(every) == len(set(every))


def test_words_are_plain_so_that_no_value_starts_with_another():
    # One token each: two values of two tokens, or two of one, are equal or no prefix.
    for name, pool in forms().items():
        pattern = "[A-Z][a-z]+" if name in ("first names", "last names", "places") else "[a-z]+"
        assert [word for word in pool if not re.fullmatch(pattern, word)] == []


def test_small_talk_has_no_word_of_a_value():
    values = {word.lower() for pool in forms().values() for word in pool}
    for column in pools().chatter:
        assert len(column) >= 10
        for phrase in column:
            assert not values & set(re.findall(r"[a-z]+", phrase.lower()))


def test_a_and_an_follow_the_sound_of_every_adjective():
    # Letters that mislead: "u" as in unicorn, "h" as in hour, "o" as in one.
    misleading = re.compile(r"u|eu|one|once|hour|hon|heir")
    for adjective in pools().adjectives:
        assert not misleading.match(adjective), adjective
        article = "an" if adjective[0] in "aeiou" else "a"
        slots = {"who": "Ada Holm", "action": pools().verbs[0][0], "where": "Thornvale"}
        slots |= {"what": f"{adjective} kettle", "when": "14 March 2023 at 09:40"}
        assert f" {article} {adjective} kettle " in event_text(slots, 0)


def test_checksum_is_a_sha256_of_what_is_there():
    assert re.fullmatch("[0-9a-f]{64}", checksum())
