"""The adversaries find what was planted for them, and nothing where nothing is."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest

from generators.audit.adversaries import Finding, answerable, answers, evidence
from generators.audit.samples import AskedQuestion, Sample, ShownEvent

VALUES = tuple(f"value {number}" for number in range(30))


def honest(seed: int) -> Sample:
    """Questions and events whose text and place say nothing."""
    rng = Random(seed)
    sample = Sample([], [])
    for world in range(40):
        mentions = tuple(rng.sample(VALUES, len(VALUES)))
        for number in range(10):
            cue = f"thing {rng.randrange(1000)}"
            wording = rng.choice(("Where is {}?", "What holds {}, now?"))
            sample.questions.append(
                AskedQuestion(
                    world=world,
                    row=10 * world + number,
                    text=wording.format(cue),
                    masked=wording.format("_"),
                    kind="holder",
                    answer=(rng.choice(mentions),) if rng.random() < 0.7 else (),
                    mentions=mentions,
                )
            )
        sample.events.extend(
            ShownEvent(
                world=world,
                evidence=rng.random() < 0.2,
                position=position,
                store_size=50,
                age=50 - position,
                text="It is in a box." if rng.random() < 0.5 else "It is in box 17, today.",
            )
            for position in range(50)
        )
    return sample


def reached(found: list[Finding]) -> dict[str, float]:
    return {finding.adversary: finding.reached.value for finding in found}


def test_nothing_is_found_where_nothing_is() -> None:
    train, test = honest(1), honest(2)
    for finding in (*answerable(train, test), *evidence(train, test)):
        assert 0.42 < finding.reached.value < 0.58
    guesses = answers(train, test)
    assert [finding.passed for finding in guesses] == [True, True]


@pytest.mark.parametrize(
    ("mark", "readers"),
    [
        ("{}, if any", {"its words", "its character n-grams", "its wording, cues masked"}),
        ("{} indeed", {"its words", "its wording, cues masked", "its character n-grams"}),
        ("{}!!!!", {"its words", "its character n-grams"}),
    ],
)
def test_a_wording_that_goes_with_the_answer_is_found(mark: str, readers: set[str]) -> None:
    def plant(sample: Sample) -> Sample:
        return Sample(
            [
                q
                if q.answer
                else replace(q, text=mark.format(q.text), masked=mark.format(q.masked))
                for q in sample.questions
            ],
            [],
        )

    found = answerable(plant(honest(1)), plant(honest(2)))
    assert readers <= {f.adversary for f in found if f.reached.value > 0.99 and not f.passed}


def test_names_that_no_training_question_had_are_found() -> None:
    """Made-up names are rare words, whatever they are."""

    def plant(sample: Sample, seed: int) -> Sample:
        rng = Random(seed)
        return Sample(
            [
                q if q.answer else replace(q, text=f"Where is x{rng.randrange(10**9)}?")
                for q in sample.questions
            ],
            [],
        )

    found = reached(answerable(plant(honest(1), 1), plant(honest(2), 2)))
    assert found["its length, marks and rare words"] > 0.9


def test_evidence_that_always_comes_first_or_is_always_longer_is_found() -> None:
    def plant(sample: Sample) -> Sample:
        return Sample(
            [],
            [
                replace(e, position=e.position // 10, text=e.text + " And so on.")
                if e.evidence
                else e
                for e in sample.events
            ],
        )

    found = evidence(plant(honest(1)), plant(honest(2)))
    assert min(reached(found).values()) > 0.9
    assert not any(finding.passed for finding in found)


def test_evidence_that_comes_first_in_large_stores_is_found_in_those_alone() -> None:
    def plant(sample: Sample) -> Sample:
        large = [replace(e, position=e.position // (1 + 9 * e.evidence)) for e in sample.events]
        return Sample([], [*sample.events, *(replace(e, store_size=100) for e in large)])

    train, test = plant(honest(1)), plant(honest(2))
    found = {size: evidence(train.among(size), test.among(size))[0] for size in (50, 100)}
    assert found[100].reached.value > 0.9
    assert 0.42 < found[50].reached.value < 0.58


@pytest.mark.parametrize("place", [0, 7, -1, -3])
def test_a_value_that_is_always_right_at_its_place_is_found(place: int) -> None:
    def plant(sample: Sample) -> Sample:
        return Sample(
            [replace(q, answer=(q.mentions[place],)) if q.answer else q for q in sample.questions],
            [],
        )

    found = {f.adversary: f for f in answers(plant(honest(1)), plant(honest(2)))}
    best = found["the best place among the values"]
    assert best.reached.value == 1
    assert not best.passed


def test_rows_that_are_always_unanswerable_are_found() -> None:
    def plant(sample: Sample) -> Sample:
        return Sample(
            [replace(q, answer=q.mentions[:1] if q.row % 5 else ()) for q in sample.questions], []
        )

    assert reached(answerable(plant(honest(1)), plant(honest(2))))["its row"] == 1


def test_answers_that_the_question_alone_gives_are_found() -> None:
    """A thing is always with the same holder, whatever the log says."""

    def plant(sample: Sample) -> Sample:
        return Sample(
            [
                replace(q, answer=(VALUES[sum(map(ord, q.text.split("thing ")[1][:3])) % 30],))
                for q in sample.questions
            ],
            [],
        )

    found = reached(answers(plant(honest(1)), plant(honest(1))))
    assert found["the nearest question's answer"] > 0.9


def test_an_answer_that_no_event_states_is_no_guess_from_the_log() -> None:
    sample = Sample([replace(q, answer=("Paris",)) for q in honest(1).questions], [])
    assert answers(sample, sample) == []
