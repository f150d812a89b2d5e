from __future__ import annotations

import math
from collections import Counter
from dataclasses import replace
from itertools import compress, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generators.datasets.source import config_from
from generators.datasets.tables import build
from generators.records import World
from generators.scenario_a import SCENARIO
from generators.scenario_a.config import EpisodeConfig
from generators.scenarios import SCENARIOS
from generators.verify import balance
from generators.verify.adversaries import floor, score_all
from generators.verify.certificate import certify

# Questions from even that the first 64 may be; E asks four of one length together, and questions
# of order in A have cue types in a cycle of their own.
IMBALANCE = dict.fromkeys(SCENARIOS, 3.0) | {"A": 4.5, "E": 3.25}


@pytest.mark.parametrize("letter", SCENARIOS)
def test_every_scenario_passes_with_no_exception(letter: str):
    # Each of 16 processes gets 40 documents.
    certificate = certify(build(letter, config_from(letter, {"n": 640})))
    assert certificate.passed, str(certificate)
    found = certificate.findings
    assert found is not None
    assert sum(found.violations.values()) == 0
    constant = next(score for score in found.adversaries if score.name == "constant")
    assert constant.accuracy <= 0.05
    assert found.prefix_imbalance is not None
    assert found.prefix_imbalance <= IMBALANCE[letter]
    assert found.longest_wait is not None
    assert found.longest_wait <= 40


@pytest.mark.parametrize(("n", "seed"), [(1, 2), (7, 3), (64, 4), (100, 6)])
@pytest.mark.parametrize("letter", SCENARIOS)
def test_small_datasets_pass_too(letter: str, n: int, seed: int):
    certificate = certify(build(letter, config_from(letter, {"n": n, "seed": seed})))
    assert certificate.passed, str(certificate)
    assert certificate.manifest.rows == n


def test_a_single_question_passes_though_some_guess_is_right():
    made = [certify(build("A", EpisodeConfig(n=1, seed=seed))) for seed in range(100)]
    scored = [one.findings.adversaries for one in made if one.findings]
    lucky = [any(score.accuracy == 1 for score in one) for one in scored]
    assert any(lucky)
    assert all(one.passed for one in made)


@pytest.mark.parametrize(
    "config",
    [
        EpisodeConfig(n=200, lag_design="within"),
        EpisodeConfig(n=200, confounders_ratio=0.0),
        EpisodeConfig(n=200, confounders_ratio=3.0),
        EpisodeConfig(n=200, hard_negative=False),
        EpisodeConfig(n=200, lag_bins=(0, 2, 10)),
        EpisodeConfig(n=200, lag_bins=(1, 4, 50), store_size=150),
    ],
    ids=lambda config: str(config.settings()),
)
def test_every_setting_passes(config: EpisodeConfig):
    certificate = certify(build("A", config))
    assert certificate.passed, str(certificate)


@given(st.integers(1, 300))
def test_chance_is_above_the_floor_once_in_741_times_and_not_far_below(answerable: int):
    hits = round(floor({1: answerable}) * answerable)
    assert floor({1: answerable}) == hits / answerable
    above = [1 - sum(_chance(answerable, k) for k in range(most + 1)) for most in (hits, hits - 1)]
    # 1 - Φ(3), by the error function.
    rare = math.erfc(3 / math.sqrt(2)) / 2
    assert rare == pytest.approx(1 / 741, rel=1e-3)
    assert above[0] <= rare < above[1]


def _chance(answerable: int, hits: int) -> float:
    return math.comb(answerable, hits) * 0.05**hits * 0.95 ** (answerable - hits)


def test_of_many_questions_the_floor_is_five_percent_and_three_standard_errors():
    many = 0.05 + 3 * math.sqrt(0.05 * 0.95 / 80_000)
    assert floor({1: 80_000}) == pytest.approx(many, rel=1e-3)
    assert floor({}) == 0.05


@given(st.lists(st.integers(1, 4), min_size=1, max_size=9))
def test_questions_about_one_fact_are_right_together(sizes: list[int]):
    odds: Counter[int] = Counter()
    for right in product((False, True), repeat=len(sizes)):
        chance = math.prod(0.05 if one else 0.95 for one in right)
        odds[sum(compress(sizes, right))] += chance
    hits = round(floor(Counter(sizes)) * sum(sizes))
    rare = math.erfc(3 / math.sqrt(2)) / 2
    above = [sum(odds[k] for k in odds if k > most) for most in (hits, hits - 1)]
    assert above[0] <= rare < above[1]


def test_a_world_of_b_asks_for_a_fact_in_four_wordings_and_luck_counts_once():
    certificate = certify(build("B", config_from("B", {"n": 10})))
    assert certificate.passed, str(certificate)


def scores(made: list[World]) -> dict[str, float]:
    return {score.name: score.accuracy for score in score_all(SCENARIO, made)}


def test_a_dataset_with_a_constant_answer_is_caught():
    honest = list(SCENARIO.worlds(EpisodeConfig(n=100)))
    rigged = [
        replace(
            world,
            questions=[
                replace(q, answers=["widgets"]) if q.answerable and q.asked_slot == "what" else q
                for q in world.questions
            ],
        )
        for world in honest
    ]
    asks_what = sum(q.answerable and q.asked_slot == "what" for w in honest for q in w.questions)
    # Small numbers of times and days are right now and then; what people handled never is.
    by_chance = scores(honest)["majority"]
    assert by_chance < 0.05
    assert scores(rigged)["majority"] == pytest.approx(asks_what / 80 + by_chance)
    assert not all(score.passed for score in score_all(SCENARIO, rigged))


def test_a_log_that_ends_with_the_answer_is_caught():
    short = []
    for world in SCENARIO.worlds(EpisodeConfig(n=100)):
        for question in world.questions:
            if question.query_kind == "single":
                ids = [event.event_id for event in world.events]
                end = ids.index(question.evidence[0]) + 1
                short.append(World(world.world_id, world.events[:end], [question]))
    assert scores(short)["last_mention"] == 1.0


def test_dumping_everything_scores_only_where_nothing_else_is_there():
    world = next(SCENARIO.worlds(EpisodeConfig(n=10)))
    question = next(q for q in world.questions if q.query_kind == "single")
    alone = [event for event in world.events if event.event_id in question.evidence]
    assert scores([replace(world, questions=[question])])["dump_everything"] == 0.0
    assert scores([World(world.world_id, alone, [question])])["dump_everything"] == 1.0


def test_majority_learns_from_other_worlds_only():
    # Every answer of this world is its own, so nothing can be learnt about it elsewhere.
    world = next(SCENARIO.worlds(EpisodeConfig(n=10)))
    assert scores([world])["constant"] == scores([world])["majority"] == 0.0


def test_the_certificate_says_what_it_is_about():
    certificate = certify(build("A", EpisodeConfig(n=100, seed=5)))
    text = str(certificate)
    for part in ("heinw_A: passed", "seed=5", "100, of them 80 answerable", "ambiguous 0"):
        assert part in text
    assert certificate.manifest.rows_sha256 in text


def test_a_plain_cycle_is_seen_to_starve_processes():
    config = EpisodeConfig(n=400)
    questions = [q for world in SCENARIO.worlds(config) for q in world.questions]
    by_lag = sorted(questions, key=lambda q: -1 if q.lag is None else q.lag)
    fifth = len(by_lag) // 5
    cycle = [by_lag[place + turn * fifth] for place in range(fifth) for turn in range(5)]
    assert balance.longest_wait(balance.strata(SCENARIO, config, cycle)) is None
    names = balance.strata(SCENARIO, config, by_lag)
    # Sorted by lag, the first 64 questions are all unanswerable; even would be a fifth.
    cues = [q.cue_type if q.answerable else None for q in by_lag]
    assert balance.prefix_imbalance(names, cues) == pytest.approx(64 * 0.8)
