"""Scenario E checked against its promises: lengths, depths, and what is asked."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generators.config import make_config
from generators.datasets.source import doubt_about, tables_from
from generators.datasets.storage import read, write
from generators.datasets.tables import Tables, build
from generators.errors import ConfigError
from generators.records import Event, Question, World
from generators.scenario_e import SCENARIO, generate
from generators.scenario_e.config import TranscriptConfig
from generators.scenario_e.fitting import Fitting, everyday
from generators.tokens import ESTIMATE, TokenCounter
from generators.verify.certificate import certify
from generators.world.pools import pools

LENGTHS, DEPTHS = (1000, 2000, 4000, 8000), (0.0, 0.25, 0.5, 0.75, 1.0)


def words(name: str) -> TokenCounter:
    """A tokenizer of whole words with two special tokens."""
    return TokenCounter(name, lambda texts: [len(text.split()) for text in texts], added=2)


def made(**settings: object) -> list[World]:
    return list(SCENARIO.worlds(make_config(TranscriptConfig, settings)))


def whole_prompt(events: Sequence[Event], question: Question) -> str:
    """The prompt as the task writes it, around the log; spelled here once more."""
    instruction = (
        "Answer the question about past events. Give the value that is asked for and nothing "
        "else; if several values are asked for, separate them by commas. If the answer cannot be "
        "known, answer: unknown\n\n"
    )
    log = "\n".join(event.text for event in events)
    return f"{instruction}{log}\n\nQuestion: {question.query}\nAnswer:"


def place_of_evidence(world: World, question: Question) -> int:
    return [event.event_id for event in world.events].index(question.evidence[0])


@pytest.mark.parametrize(
    "config",
    [
        TranscriptConfig(n=40, lengths=(700,), depths=(0.5,)),
        TranscriptConfig(n=40, lengths=(900, 1500, 3000), depths=(0.0, 1.0)),
        TranscriptConfig(n=40, lengths=(5000,), depths=(0.1, 0.2, 0.3, 0.4, 0.6, 0.8, 0.9)),
    ],
    ids=lambda config: str(config.settings()),
)
def test_every_setting_passes(config: TranscriptConfig):
    certificate = certify(build("E", config))
    assert certificate.passed, str(certificate)
    assert certificate.manifest.rows == config.n


def test_prompts_take_their_length_and_never_more():
    for world in made(n=200, seed=3):
        for question in world.questions:
            estimated = -(-len(whole_prompt(world.events, question)) // 4) + 64
            assert question.target_tokens is not None
            assert 0.98 * question.target_tokens <= estimated <= question.target_tokens


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10**6), length=st.integers(600, 5000))
def test_any_length_is_met_in_any_tokens(seed: int, length: int):
    config = TranscriptConfig(n=10, seed=seed, lengths=(length,)).counted_by(words("words"))
    for world in SCENARIO.worlds(config):
        for question in world.questions:
            tokens = len(whole_prompt(world.events, question).split()) + 2 + 64
            assert 0.98 * length <= tokens <= length


def test_a_hundred_thousand_tokens_are_reached_without_saying_anything_twice():
    world = SCENARIO.world(TranscriptConfig(lengths=(128_000,)), 0)
    estimated = -(-len(whole_prompt(world.events, world.questions[0])) // 4) + 64
    assert 0.98 * 128_000 <= estimated <= 128_000
    dates = {f"{e.date.day} {e.date:%B} {e.date.year}" for e in world.events}
    said = Counter(
        next(e.text.replace(date, "") for date in dates if date in e.text)
        for e in world.events[:500]
        if e.role == "filler"
    )
    assert said.most_common(1)[0][1] == 1


def test_evidence_stands_at_its_depth():
    for world in made(n=200, seed=5):
        last = len(world.events) - 1
        for question in world.questions:
            if question.depth is None:
                assert not question.answerable
                continue
            depth = place_of_evidence(world, question) / last
            assert abs(depth - question.depth) <= max(0.02, 5 / last)
            assert (question.depth == 1.0) == (depth > 0.87)


def test_lengths_and_depths_are_crossed():
    rows = [row for row in generate(1000, 1) if row["answerable"]]
    assert len(rows) == 800
    cells = Counter((row["target_tokens"], row["depth"]) for row in rows)
    assert set(cells) == {(length, depth) for length in LENGTHS for depth in DEPTHS}
    assert max(cells.values()) - min(cells.values()) <= 1
    finer = Counter((row["target_tokens"], row["depth"], row["asked_slot"]) for row in rows)
    assert len(finer) == 40
    assert max(finer.values()) - min(finer.values()) <= 2


def test_a_transcript_has_twenty_facts_whatever_its_length():
    for world in made(n=100, seed=2):
        facts = [event for event in world.events if event.should_remember]
        assert len(facts) == len({event.slots["who"] for event in facts}) == 20
        assert len({event.slots["number"] for event in facts}) == 20
        assert len({question.world_id for question in world.questions}) == 1
        assert len({question.target_tokens for question in world.questions}) == 1


def test_remarks_are_varied_dated_and_hold_no_value():
    values = set(pools().first_names) - {"August"}
    for world in made(n=50, seed=2):
        remarks = [event for event in world.events if event.role == "filler"]
        facts = [event.slots for event in world.events if event.slots]
        spoken = [event.text for event in remarks]
        assert len({" ".join(text.split()[:3]) for text in spoken}) >= min(len(spoken), 30) / 2
        for event in remarks:
            assert f"{event.date.day} {event.date:%B} {event.date.year}" in event.text
            assert not values & set(event.text.replace(",", " ").split())
            assert "August" not in {slots["who"] for slots in facts}


def test_an_unanswerable_question_is_about_nobody():
    unanswerable = 0
    for world in made(n=100, seed=8):
        facts = [event.slots for event in world.events if event.slots]
        for question in world.questions:
            if not question.answerable:
                key = "who" if question.asked_slot == "number" else "number"
                value = question.cues[question.given_slots.index(key)]
                assert all(slots[key] != value for slots in facts)
                unanswerable += 1
    assert unanswerable == 20


def test_rows_carry_the_fields_of_the_seed_documents():
    by_world = defaultdict(list)
    for row in generate(50, 7):
        assert row["expected"] == (row["answers"][0] if row["answerable"] else "unknown")
        assert row["context"] == (row["episode_text"] or "")
        by_world[row["world_id"]].append(row["answerable"])
    assert {tuple(sorted(kinds)) for kinds in by_world.values()} == {(False, *[True] * 4)}


@settings(max_examples=10, deadline=None)
@given(n=st.integers(1, 40), more=st.integers(1, 40), seed=st.integers(-(2**70), 2**70))
def test_a_longer_dataset_begins_with_the_shorter(n: int, more: int, seed: int):
    assert generate(n + more, seed)[:n] == generate(n, seed)


def test_a_world_depends_on_no_other_world():
    config = TranscriptConfig(n=30, seed=21)
    in_order = list(SCENARIO.worlds(config))
    assert [SCENARIO.world(config, number) for number in reversed(range(6))] == in_order[::-1]


def test_neighbouring_seeds_share_nothing():
    one, two = generate(100, 0), generate(100, 1)
    for field in ("id", "world_id", "group_id"):
        assert not {row[field] for row in one} & {row[field] for row in two}


def test_the_tokenizer_is_part_of_what_the_dataset_is(tmp_path: Path):
    loaded = []

    def load(name: str) -> TokenCounter:
        loaded.append(name)
        return words(name)

    run = {"n": 10, "lengths": [600], "pretrained": "org/model", "dtype": "float32"}
    tables, _ = tables_from("E", run, load)
    assert loaded == [tables.manifest.config.settings()["tokenizer"]] == ["org/model"]
    assert certify(tables).passed
    estimated, _ = tables_from("E", {**run, "tokenizer": None}, load)
    assert estimated.manifest.config.settings()["tokenizer"] == "estimate"
    assert estimated.manifest.events_sha256 != tables.manifest.events_sha256
    tables_from("E", {**run, "tokenizer": "org/other"}, load)
    assert loaded == ["org/model", "org/other"]
    # What was frozen with a tokenizer cannot be made again without it, but in runs that have it.
    write(tables, tmp_path)
    frozen: Tables = read(tmp_path, "E")
    certificate = certify(frozen)
    assert not certificate.passed
    assert "made again    NO: its tokenizer 'org/model' is not at hand" in str(certificate)
    assert doubt_about(frozen, {"pretrained": "org/model"}, load) is None
    assert doubt_about(frozen, {"pretrained": "org/other"}, load) == certificate.doubt
    assert tables_from("E", {"dataset": str(tmp_path), "pretrained": "x"}, load)[0] == frozen


def test_a_tokenizer_that_is_not_at_hand_is_refused():
    with pytest.raises(ConfigError, match="tokenizer='org/model': tokenizers are at hand in runs"):
        build("E", TranscriptConfig(n=1, tokenizer="org/model"))


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"lengths": [2000, 1000]}, r"lengths=.*: values must increase.*→ use \[1000, 2000\]"),
        ({"lengths": []}, "lengths=.*at least 1 item"),
        ({"lengths": ["1000"]}, "lengths=.*valid integer"),
        ({"lengths": [10**7]}, "lengths=.*less than or equal to 1000000"),
        ({"lengths": [300]}, "lengths: 300 tokens of 'estimate' are too few for 20 facts.*→ use"),
        ({"depths": [0.5, 1.5]}, "depths=.*less than or equal to 1"),
        ({"depths": [-0.1]}, "depths=.*greater than or equal to 0"),
        ({"depths": [float("nan")]}, "depths="),
        ({"depths": [1.0, 0.0]}, "depths=.*: values must increase"),
    ],
)
def test_what_cannot_be_met_is_refused(settings: dict[str, list[float]], message: str):
    with pytest.raises(ConfigError, match=message) as caught:
        made(n=1, **settings)
    assert "\n" not in str(caught.value)


def test_the_length_that_an_error_names_is_enough():
    with pytest.raises(ConfigError) as caught:
        made(n=5, lengths=[300])
    enough = int(str(caught.value).split("→ use ")[1].split(" ")[0])
    assert 300 < enough <= 600
    assert len(made(n=100, lengths=[enough])) == 20


class Stuck(Random):
    """Always draws the same remark."""

    def random(self) -> float:
        return 0.0


def test_lengths_beyond_the_remarks_there_are_are_refused():
    fitting = Fitting(
        Stuck(), ESTIMATE, 1000, date(2020, 5, 1), ["Who was it that got box 447?"], everyday
    )
    with pytest.raises(ConfigError, match="lengths: there are too few different remarks for 1000"):
        fitting.remarks(["1 May 2020: Nora got box 447."])
