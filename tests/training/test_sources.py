"""An answer's tokens point at tokens of the evidence with the same characters, and at no others."""

from __future__ import annotations

import re
from random import Random

import pytest
from tokenizers import Tokenizer

from hei_nw_tasks.reader import checkpoint
from training.contexts import LabelledQuestion, contexts
from training.prompts import prefix
from training.sources import ShownEvents


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    return Tokenizer.from_file(str(checkpoint() / "tokenizer.json"))


def _sources(
    tokenizer: Tokenizer, texts: list[str], asked: LabelledQuestion
) -> list[tuple[str, str]]:
    """Characters of the answer's tokens and of the prefix's tokens that they point at."""
    text = prefix("A", texts)
    shown, answer = tokenizer.encode(text), tokenizer.encode(f" {asked.answer}")
    found = ShownEvents(text, texts, shown.offsets).sources(asked, answer.offsets)
    return [
        (f" {asked.answer}"[slice(*answer.offsets[token])], text[slice(*shown.offsets[place])])
        for token, place in found
    ]


@pytest.mark.parametrize("letter", "ABCDE")
def test_answers_are_spelled_by_where_they_point(tokenizer: Tokenizer, letter: str) -> None:
    checked = 0
    for context in contexts(letter, -3, 12, (1, 8), Random(3)):
        for asked in context.questions:
            spelled = _sources(tokenizer, context.texts, asked)
            for own, there in spelled:
                own, there = own.strip().lower(), there.strip().lower()
                assert own.startswith(there) or there.startswith(own), (asked, spelled)
            checked += bool(spelled)
            assert bool(spelled) == any(
                re.search(rf"(?<!\w){re.escape(value)}(?!\w)", context.texts[at], re.IGNORECASE)
                for value in asked.values
                for at in asked.evidence
            )
    assert checked > 10


def test_only_the_evidence_is_pointed_at(tokenizer: Tokenizer) -> None:
    texts = ["Ada Holm met Bo.", "Bo met Ada Holm.", "Ada Holmes met Bo."]
    text = prefix("A", texts)
    shown, answer = tokenizer.encode(text), tokenizer.encode(" Ada Holm")
    asked = LabelledQuestion("Whom did Bo meet?", "Ada Holm", ("Ada Holm",), (1, 2))
    found = ShownEvents(text, texts, shown.offsets).sources(asked, answer.offsets)
    start = text.index("Bo met Ada")
    for _, place in found:
        first, last = shown.offsets[place]
        assert start <= first < last <= start + len(texts[1])
    assert {token for token, _ in found} == set(range(len(answer.ids)))


def test_lists_point_at_each_value_in_its_event(tokenizer: Tokenizer) -> None:
    texts = ["Then Ada met Bo.", "Later Cy met Bo."]
    asked = LabelledQuestion("Who met Bo?", "Ada, Cy", ("Ada", "Cy"), (0, 1))
    spelled = _sources(tokenizer, texts, asked)
    assert "".join(own for own, _ in spelled).replace(" ", "") == "AdaCy"
    assert "".join(there for _, there in spelled).replace(" ", "") == "AdaCy"


def test_what_is_unknown_stands_nowhere(tokenizer: Tokenizer) -> None:
    assert _sources(tokenizer, ["Ada met Bo."], LabelledQuestion("Who met Cy?", "unknown")) == []
