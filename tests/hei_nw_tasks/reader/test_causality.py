"""The reader's answers come from the evidence: change it and they change, remove it and they go."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pytest

from generators.scenario_a import SCENARIO
from generators.scenario_a.config import EpisodeConfig
from hei_nw_tasks.scoring.abstention import says_unknown
from hei_nw_tasks.scoring.squad import exact_match
from tests.hei_nw_tasks.reader.conftest import Ask

pytestmark = pytest.mark.slow
# The reader was not trained on semantic cues.
CONFIG = EpisodeConfig(n=200, seed=21, cue_overlap="lexical")
KINDS = ("single", "latest")


def _asked() -> list[tuple[str, str, str, list[str]]]:
    """Query, evidence, answer and another value of the same kind of every one-event question."""
    worlds = list(SCENARIO.worlds(CONFIG))
    texts = {event.event_id: event.text for world in worlds for event in world.events}
    found = []
    for question in (question for world in worlds for question in world.questions):
        if question.answerable and question.query_kind in KINDS:
            (evidence,) = question.evidence
            others = [*question.distractor_answers, *question.other_answers]
            other = next(value for value in others if value not in question.query)
            found.append((question.query, texts[evidence], question.answers[0], [other]))
    return found


def _right(responses: Sequence[str], answers: Sequence[str]) -> list[bool]:
    return [
        bool(exact_match(response, [answer]))
        for response, answer in zip(responses, answers, strict=True)
    ]


def test_another_value_in_the_evidence_is_the_new_answer(ask: Ask):
    asked = _asked()
    responses = ask("A", [([text], query) for query, text, _, _ in asked])
    read = [
        one
        for one, right in zip(asked, _right(responses, [a for _, _, a, _ in asked]), strict=True)
        if right
    ]
    assert len(read) > 0.8 * len(asked)
    changed = [
        ([_article(text.replace(answer, other))], query) for query, text, answer, (other,) in read
    ]
    now = _right(ask("A", changed), [other for _, _, _, (other,) in read])
    assert sum(now) >= 0.9 * len(read)


def test_without_the_evidence_it_abstains(ask: Ask):
    asked = _asked()
    responses = ask("A", [([text], query) for query, text, _, _ in asked])
    read = [at for at, right in enumerate(_right(responses, [a for _, _, a, _ in asked])) if right]
    # Nothing at all in its place, and then the evidence of another question of another world.
    alone = ask("A", [([], asked[at][0]) for at in read])
    assert sum(map(says_unknown, alone)) >= 0.7 * len(read)
    away = len(asked) // 2
    wrong = ask("A", [([asked[(at + away) % len(asked)][1]], asked[at][0]) for at in read])
    assert sum(map(says_unknown, wrong)) >= 0.7 * len(read)


def _article(text: str) -> str:
    """The text with "a" or "an" as its next letter wants it."""
    return re.sub(r"\ban? (?=([a-z]))", lambda m: "an " if m[1] in "aeiou" else "a ", text)
