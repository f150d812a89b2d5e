"""Questions of every kind are asked, and their labels are what the shown events say."""

from __future__ import annotations

import re
from collections.abc import Iterator
from random import Random

import pytest

from training.contexts import UNKNOWN, LabelledQuestion, contexts

# By kind of question, words that no other kind has.
_SAID = {
    "latest": r"\bmost recently\b",
    "first": r"\bfirst (?!time)[a-z]",
    "list": r"^(?:List|Name all|Which people|Which objects|In which places)|are all the",
    "often": r"^(?:How often|How many times|On how many|Give the number of times)",
    "between": r"^(?:How many days|From the first|Give the number of days)",
}
_NAME = re.compile(r"\b[A-Z][a-z]+ [A-Z][a-z]+\b")


def _asked(letter: str, count: int) -> Iterator[tuple[list[str], LabelledQuestion]]:
    for context in contexts(letter, -3, count, (1, 12), Random(3)):
        yield from ((context.texts, asked) for asked in context.questions)


@pytest.fixture(scope="module")
def episodes() -> list[tuple[list[str], LabelledQuestion]]:
    return list(_asked("A", 80))


@pytest.mark.parametrize("kind", _SAID)
def test_every_kind_is_asked_with_and_without_an_answer(
    episodes: list[tuple[list[str], LabelledQuestion]], kind: str
) -> None:
    answers = [asked.answer for _, asked in episodes if re.search(_SAID[kind], asked.query)]
    assert len({*answers} - {UNKNOWN}) >= 3
    # So few ask for days that all of them may have an answer.
    assert UNKNOWN in answers or kind == "between"


def test_what_is_counted_are_the_shown_events_and_none_states_the_count(
    episodes: list[tuple[list[str], LabelledQuestion]],
) -> None:
    counts = set()
    for texts, asked in episodes:
        name = _NAME.search(asked.query)
        anything = re.search(r"deal(?:t)? with anything(?:\?|\.)", asked.query)
        if re.search(_SAID["often"], asked.query) and name and anything:
            there = sum(name[0] in text for text in texts)
            assert asked.answer == (str(there) if there else UNKNOWN)
            counts.add(there)
        if asked.answer.isdigit():
            assert asked.evidence == ()
    assert len(counts) >= 2


def test_what_somebody_asked_to_forget_is_unknown() -> None:
    forgotten = 0
    for texts, asked in _asked("C", 40):
        requests = [text for text in texts if re.search(r"\bforg(?:et|otten)\b", text)]
        named = [name for name in re.findall(r"[a-z]+-\d\d", asked.query) if name in str(requests)]
        forgotten += asked.answer == UNKNOWN and bool(named)
    assert forgotten > 3


def test_facts_that_no_event_states_are_unknown() -> None:
    withdrawn = 0
    for texts, asked in _asked("B", 60):
        shown = " ".join(texts)
        assert asked.answer == UNKNOWN or asked.answer in shown
        withdrawn += asked.answer == UNKNOWN and "unknown" in shown
    assert withdrawn > 10
