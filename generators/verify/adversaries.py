"""Strategies that answer without reading the cue, and their scores.

None of them may score above chance on an honest dataset (CONTRIBUTING.md): they ignore the values
that a question gives, and use only the kind of value that it asks for.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from generators.records import Question, World
from generators.scenario import Scenario

# Every log has at least twenty values of each kind.
CHANCE = 0.05
STRATEGIES = (
    *("constant", "majority", "last_mention"),
    *("random_in_world", "always_abstain", "dump_everything"),
)


@dataclass(frozen=True, slots=True)
class Score:
    """The score of a strategy on the answerable questions.

    Attributes:
        name: Name of the strategy.
        accuracy: Share of answerable questions that it answers exactly.
        floor: Largest score that chance explains, see `floor`.
    """

    name: str
    accuracy: float
    floor: float

    @property
    def passed(self) -> bool:
        """Whether the strategy is at or below its floor."""
        return self.accuracy <= self.floor


def floor(answerable: int) -> float:
    """Largest score that chance explains: k/n, k the 99.87% quantile of a binomial of n and 5%.

    Chance exceeds it once in 741 times, just as a normal variable exceeds three standard errors.
    For thousands of questions it is 5% plus three standard errors; for a single one it is 100%,
    because one guess may be right.
    """
    # Slow to import, and only a verification needs it.
    from scipy.special import bdtrik, ndtr

    if not answerable:
        return CHANCE
    hits: int = math.ceil(bdtrik(ndtr(3.0), answerable, CHANCE))
    return hits / answerable


def score_all(scenario: Scenario[Any], worlds: Sequence[World]) -> list[Score]:
    """Score every strategy over a dataset.

    - constant: the most frequent answer in all *other* worlds.
    - majority: the same, for each kind of value.
    - last_mention: the last value of the asked kind in the log.
    - random_in_world: a random value of the asked kind in the log (expected score).
    - always_abstain: "unknown".
    - dump_everything: all values of the asked kind; right only if none of them is wrong.
    """
    constant, majority = _Frequent(worlds, lambda _: ""), _Frequent(worlds, lambda q: q.asked_slot)
    hits = dict.fromkeys(STRATEGIES, 0.0)
    count = 0
    for world in worlds:
        solvers = {
            size: scenario.solver([event.text for event in world.store(size)])
            for size in {question.store_size for question in world.questions}
        }
        for question in _answerable(world):
            count += 1
            gold = question.answers[0]
            solver = solvers[question.store_size]
            mentions = solver.mentions(question.query, question.store_size)
            distinct = set(mentions)
            hits["constant"] += constant.elsewhere(world, question) == gold
            hits["majority"] += majority.elsewhere(world, question) == gold
            hits["last_mention"] += mentions[-1:] == [gold]
            hits["random_in_world"] += (gold in distinct) / max(len(distinct), 1)
            hits["always_abstain"] += gold == "unknown"
            hits["dump_everything"] += distinct == {*question.values}
    return [Score(name, hits[name] / max(count, 1), floor(count)) for name in STRATEGIES]


class _Frequent:
    """The most frequent answers of a dataset, by kind of question."""

    def __init__(self, worlds: Iterable[World], kind: Callable[[Question], str]) -> None:
        self._kind = kind
        counts: dict[str, Counter[str]] = {}
        for world in worlds:
            for question in _answerable(world):
                counts.setdefault(kind(question), Counter())[question.answers[0]] += 1
        # Ties go to the alphabetically first, so that the order of rows does not matter.
        self._ranked = {
            name: sorted(counter.items(), key=lambda item: (-item[1], item[0]))
            for name, counter in counts.items()
        }

    def elsewhere(self, world: World, question: Question) -> str | None:
        """The most frequent answer to such a question in all worlds but one."""
        kind = self._kind(question)
        own = Counter(q.answers[0] for q in _answerable(world) if self._kind(q) == kind)
        # The first answer that this world does not have is among the first len(own) + 1; every
        # later one is at most as frequent.
        top = [
            (-(count - own[answer]), answer) for answer, count in self._ranked[kind][: len(own) + 1]
        ]
        best = min((item for item in top if item[0]), default=None)
        return best[1] if best else None


def _answerable(world: World) -> list[Question]:
    return [question for question in world.questions if question.answerable]
