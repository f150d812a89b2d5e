from __future__ import annotations

import re

import pytest

from generators.scenario_c import generate
from generators.scenario_c.attributes import attributes
from generators.service_defaults import SERVICE_DEFAULTS
from hei_nw_tasks.scoring.naming import default_guess


def test_the_well_known_ports_are_there():
    assert {"22", "80", "443", "3306", "5432", "6379", "8080", "27017"} <= {
        *SERVICE_DEFAULTS["port"]
    }


def test_every_default_is_of_something_that_is_asked_for():
    labels = {f"{name} label" for name, kind in attributes().items() if kind.label}
    assert {*SERVICE_DEFAULTS} <= {*attributes()} | labels
    for label in labels:
        assert SERVICE_DEFAULTS.get(label) == SERVICE_DEFAULTS.get(label.removesuffix(" label"))


@pytest.mark.parametrize("seed", range(2))
def test_no_value_is_a_default_and_no_text_names_one_by_chance(seed: int):
    every = {re.sub(r"\W", "", one.lower()) for ones in SERVICE_DEFAULTS.values() for one in ones}
    for row in generate(250, seed):
        named = [*row["answers"], *row["prior_answers"], *row["distractor_answers"]]
        for value in [*named, *row["other_answers"]]:
            assert re.sub(r"\W", "", value.lower()) not in every, value
        for said in (row["query"], row["context"], row["expected"], *named, *row["cues"]):
            assert default_guess(row, said) == 0.0, (row["asked_slot"], said)
