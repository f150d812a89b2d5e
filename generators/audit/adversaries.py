"""The adversaries: what they read, and how well they do on seeds they have not seen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

from generators.audit.intervals import Interval, area, share
from generators.audit.samples import AskedQuestion, Sample, ShownEvent
from generators.verify.adversaries import CHANCE

# Largest areas under the ROC curve that pass, at the upper end of the interval.
ANSWERABLE_LIMIT, EVIDENCE_LIMIT = 0.55, 0.60


@dataclass(frozen=True, slots=True)
class Finding:
    """What an adversary reaches on seeds that it was not trained on.

    Attributes:
        goal: What it tries to tell.
        adversary: What it reads.
        reached: Area under the ROC curve, or share of right answers.
        limit: Largest value that passes, for the upper end of an area's interval, or for a share.
        passed: Whether it stays within the limit.
    """

    goal: str
    adversary: str
    reached: Interval
    limit: float
    passed: bool


def answerable(train: Sample, test: Sample) -> list[Finding]:
    """Tell from a question alone whether it has an answer."""
    labels = [[bool(q.answer) for q in s.questions] for s in (train, test)]
    worlds = [question.world for question in test.questions]
    known = Counter(word for q in train.questions for word in {*q.text.split()})

    def texts(questions: Sequence[AskedQuestion]) -> list[str]:
        return [question.text for question in questions]

    def masked(questions: Sequence[AskedQuestion]) -> list[str]:
        return [question.masked for question in questions]

    def surface(questions: Sequence[AskedQuestion]) -> NDArray[np.float64]:
        # Words of the training questions themselves count once more than they would elsewhere.
        seen = int(questions is train.questions)
        return np.array(
            [
                [*_surface(q.text), *_unseen([known[word] - seen for word in q.text.split()])]
                for q in questions
            ]
        )

    def row(questions: Sequence[AskedQuestion]) -> NDArray[np.int64]:
        return np.array([[q.row, *(q.row % size for size in _PERIODS)] for q in questions])

    readers: list[tuple[str, Callable[[Sequence[AskedQuestion]], Any], Any]] = [
        ("its words", texts, _words()),
        ("its character n-grams", texts, _characters()),
        ("its wording, cues masked", masked, _words()),
        ("its length, marks and rare words", surface, _boosting()),
        ("its row", row, _boosting()),
    ]
    if len({*labels[0]}) < 2 or len({*labels[1]}) < 2:
        return []
    found = []
    for name, view, model in readers:
        model.fit(view(train.questions), labels[0])
        scores = model.predict_proba(view(test.questions))[:, 1]
        found.append(_area_finding("answerable", name, labels[1], scores, worlds, ANSWERABLE_LIMIT))
    return found


def evidence(train: Sample, test: Sample) -> list[Finding]:
    """Tell the evidence of a question from the other events that its store remembers."""
    labels = [[event.evidence for event in s.events] for s in (train, test)]
    if len({*labels[0]}) < 2 or len({*labels[1]}) < 2:
        return []
    worlds = [event.world for event in test.events]
    found = []
    for name, view in (("its place", _place), ("its length and marks", _event_surface)):
        model = _boosting().fit(np.array([view(event) for event in train.events]), labels[0])
        scores = model.predict_proba(np.array([view(event) for event in test.events]))[:, 1]
        found.append(_area_finding("evidence", name, labels[1], scores, worlds, EVIDENCE_LIMIT))
    return found


def answers(train: Sample, test: Sample) -> list[Finding]:
    """Answer without binding the cue: from the question alone, or from where a value stands.

    Only questions whose answer stands in the log: what everybody knows (scenario B) needs no log.
    """
    seen, asked = (
        [question for question in sample.questions if {*question.answer} & {*question.mentions}]
        for sample in (train, test)
    )
    if not seen or not asked:
        return []
    worlds = [question.world for question in asked]
    found = []
    for name, guesses in (
        ("the nearest question's answer", _nearest(seen, asked)),
        ("the best place among the values", _best_place(seen, asked)),
    ):
        hits = [float(guess == q.answer) for guess, q in zip(guesses, asked, strict=True)]
        limit = CHANCE + 3 * (CHANCE * (1 - CHANCE) / len(asked)) ** 0.5
        reached = share(hits, worlds)
        found.append(Finding("answer", name, reached, limit, reached.value <= limit))
    return found


def _nearest(
    seen: Sequence[AskedQuestion], asked: Sequence[AskedQuestion]
) -> list[tuple[str, ...]]:
    """The answer to the training question that shares most words with each question."""
    words = TfidfVectorizer(token_pattern=r"\w+", ngram_range=(1, 2))
    known = words.fit_transform([question.text for question in seen])
    asked_words = words.transform([question.text for question in asked])
    return [seen[int((known @ row.T).toarray().argmax())].answer for row in asked_words]


# Questions of a world, and of a block of worlds.
_PERIODS = (5, 10, 20, 30, 64)
# Places in the list of a store's values, from its start and from its end.
_PLACES = (*range(12), *range(-12, 0))


def _best_place(
    seen: Sequence[AskedQuestion], asked: Sequence[AskedQuestion]
) -> list[tuple[str, ...]]:
    """The value at the place, or of the rank by frequency, that was right most often."""
    rules: list[Callable[[AskedQuestion], tuple[str, ...]]] = [
        *(lambda q, place=place: _at([*q.mentions], place) for place in _PLACES),
        *(lambda q, place=place: _at([*dict.fromkeys(q.mentions)], place) for place in _PLACES),
        *(lambda q, rank=rank: _at(_by_frequency(q), rank) for rank in (0, 1, 2, -1)),
        lambda q: tuple(dict.fromkeys(q.mentions)),
    ]
    wins: dict[str, Counter[int]] = {}
    for question in seen:
        counter = wins.setdefault(question.kind, Counter())
        counter.update(i for i, rule in enumerate(rules) if rule(question) == question.answer)
    best = {
        kind: max(counter, key=counter.__getitem__, default=0) for kind, counter in wins.items()
    }
    return [rules[best.get(question.kind, 0)](question) for question in asked]


def _at(values: list[str], place: int) -> tuple[str, ...]:
    return (values[place],) if -len(values) <= place < len(values) else ()


def _by_frequency(question: AskedQuestion) -> list[str]:
    return [value for value, _ in Counter(question.mentions).most_common()]


def _place(event: ShownEvent) -> list[float]:
    after = event.store_size - 1 - event.position
    return [event.position, after, event.position / event.store_size, event.age]


def _event_surface(event: ShownEvent) -> list[float]:
    return _surface(event.text)


def _surface(text: str) -> list[float]:
    """Counts of what stands in a text, without its words."""
    words = text.split()
    return [
        len(text),
        len(words),
        sum(word[0].isupper() for word in words),
        sum(char.isdigit() for char in text),
        *(text.count(mark) for mark in ",;:.’“-()"),
        max(map(len, words), default=0),
    ]


def _unseen(counts: Sequence[int]) -> list[float]:
    return [float(sum(count <= limit for count in counts)) for limit in (0, 1, 5, 50)]


def _words() -> Any:
    words = TfidfVectorizer(token_pattern=r"\w+|[^\w\s]", ngram_range=(1, 3), min_df=2)
    return make_pipeline(words, LogisticRegression(C=10, max_iter=1000))


def _characters() -> Any:
    characters = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), min_df=3)
    return make_pipeline(characters, LogisticRegression(C=10, max_iter=1000))


def _boosting() -> Any:
    return HistGradientBoostingClassifier(random_state=0, early_stopping=False, max_leaf_nodes=15)


def _area_finding(
    goal: str,
    name: str,
    labels: Sequence[bool],
    scores: Sequence[float],
    worlds: Sequence[int],
    limit: float,
) -> Finding:
    reached = area(labels, scores, worlds)
    return Finding(goal, name, reached, limit, reached.high <= limit)
