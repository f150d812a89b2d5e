"""The settings and their words: enough of everything, and nothing that could mean two things."""

from __future__ import annotations

import math
import re
from itertools import pairwise
from random import Random

import pytest

from generators.scenario_c.attributes import HOST, PERSON, PROJECT, attributes, parts, words
from generators.scenario_c.values import Values
from generators.world.pools import pools

OWN_POOLS = (
    *("bird", "environment", "onset", "coda", "face", "cooked", "food", "dish"),
    *("served", "flavour", "drink"),
)


def size(pattern: str) -> int:
    return math.prod(len(choices) for choices in parts(pattern))


def test_there_are_as_many_as_the_design_asks():
    assert len(attributes()) >= 25
    assert sum(map(size, (HOST, PROJECT, PERSON))) >= 300
    assert min(map(size, (HOST, PROJECT, PERSON))) >= 300
    assert {kind.owner for kind in attributes().values()} == {
        *("host", "project", "person", "account")
    }
    assert sum(kind.layered for kind in attributes().values()) >= 5
    assert all(kind.owner == "host" for kind in attributes().values() if kind.layered)


@pytest.mark.parametrize("name", attributes())
def test_values_are_open_and_many(name: str):
    assert size(attributes()[name].pattern) >= 300


@pytest.mark.parametrize("name", attributes())
def test_four_synonyms_and_a_paraphrase_that_shares_no_word_with_the_usual_name(name: str):
    usual, *synonyms = attributes()[name].names
    assert len(synonyms) == len({*synonyms, usual}) - 1 == 4
    known = set(re.findall(r"\w+", usual)) - {"of"}
    assert not known & set(re.findall(r"\w+", attributes()[name].paraphrase))


def test_no_wording_means_two_settings():
    wordings = [wording for kind in attributes().values() for wording in kind.wordings]
    assert len(wordings) == len(set(wordings))
    # The patterns of questions and statements lean on these.
    for wording in wordings:
        assert re.fullmatch(r"[A-Za-z][A-Za-z' -]*[a-z]", wording)
        assert not re.search(
            r"\b(label|is|unset|if|beats)\b(?! (?:made|dropped|kept|left|inst|del|st))", wording
        )


def test_small_talk_has_no_word_of_a_name_or_value():
    values = {word.lower() for pool in OWN_POOLS for one in words(pool) for word in one.split()}
    for column in pools().chatter:
        for phrase in column:
            assert not values & set(re.findall(r"[a-z]+", phrase.lower()))


@pytest.mark.parametrize("pool", OWN_POOLS)
def test_pools_have_no_word_twice(pool: str):
    assert len(words(pool)) == len(set(words(pool))) >= 10


@pytest.mark.parametrize(
    "pattern", [HOST, PROJECT, PERSON, *(k.pattern for k in attributes().values())]
)
def test_a_near_value_differs_in_one_place(pattern: str):
    values, rng = Values(), Random(5)
    for _ in range(20):
        value = values.take(rng, pattern)
        near = values.take_near(rng, pattern, value)
        assert near != value
        if any(choices[0].isdigit() and len(choices) > 1 for choices in parts(pattern)):
            # Edit distance 1: kestrel-03 and kestrel-08, 48213 and 48218.
            assert [a != b for a, b in zip(value, near, strict=True)].count(True) == 1
        else:
            assert (
                kept_words(value) & kept_words(near)
                or value[:3] == near[:3]
                or value[-4:] == near[-4:]
            )


def kept_words(value: str) -> set[str]:
    return set(re.findall(r"\w+", value))


def test_no_value_is_like_another_or_starts_with_one():
    rng = Random(7)
    for kind in attributes().values():
        values = Values()
        drawn = [values.take(rng, kind.pattern) for _ in range(60)]
        plain = [re.sub(r"\W", "", value.lower()) for value in drawn]
        assert len(set(plain)) == len(plain)
        tokens = sorted(re.findall(r"\w+", value.lower()) for value in drawn)
        assert not any(b[: len(a)] == a for a, b in pairwise(tokens))
