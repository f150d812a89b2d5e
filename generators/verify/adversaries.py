"""Strategies that answer without reading the cue, and their scores.

None of them may score above chance on an honest dataset (CONTRIBUTING.md): they ignore the values
that a question gives, and use only the kind of value that it asks for.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from generators.records import World
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


def floor(groups: Mapping[int, int]) -> float:
    """Largest score that chance explains: k/n, k the 99.87% quantile of the hits in n questions.

    Chance exceeds it once in 741 times, just as a normal variable exceeds three standard errors.
    Questions about one fact are right or wrong together, and each group of them with 5%. Of
    thousands of single questions it is 5% plus three standard errors; of a single one it is 100%,
    because one guess may be right.

    Args:
        groups: Number of groups, by how many answerable questions are in one.
    """
    # Slow to import, and only a verification needs it.
    import numpy as np
    from scipy.special import bdtr, ndtr

    answerable = sum(size * count for size, count in groups.items())
    if not answerable:
        return CHANCE
    # Hits of all sizes together: the product of their spectra is that of the sum.
    spectrum = np.ones((answerable + 1) // 2 + 1, dtype=complex)
    for size, count in groups.items():
        odds = np.zeros(answerable + 1)
        odds[: size * count + 1 : size] = np.diff(
            bdtr(np.arange(count + 1), count, CHANCE), prepend=0.0
        )
        spectrum = spectrum * np.fft.rfft(odds)
    below = np.cumsum(np.fft.irfft(spectrum, answerable + 1))
    return int(np.searchsorted(below, ndtr(3.0))) / answerable


class Tally(BaseModel):
    """What the strategies got right in some worlds, and what it takes to score them over all.

    - constant: the most frequent answer in all *other* worlds.
    - majority: the same, for each kind of value.
    - last_mention: the last value of the asked kind in the log.
    - random_in_world: a random value of the asked kind in the log (expected score).
    - always_abstain: "unknown".
    - dump_everything: all values of the asked kind; right only if none of them is wrong.

    Attributes:
        hits: Right answers, by name of the strategy; of those that look at one world.
        odds: Questions for which a random value may be right, by the number of values.
        answers: Kind and answer of each answerable question, by world.
        groups: Groups of questions about one fact, by how many answerable ones are in one.
    """

    model_config = ConfigDict(extra="forbid")

    hits: Counter[str] = Field(default_factory=Counter)
    odds: Counter[Annotated[int, Field(ge=1)]] = Field(default_factory=Counter)
    answers: list[list[tuple[str, str]]] = Field(default_factory=list)
    groups: Counter[Annotated[int, Field(ge=1)]] = Field(default_factory=Counter)

    def add(self, scenario: Scenario[Any], world: World) -> None:
        """Let the strategies answer the questions of the next world."""
        solvers = {
            size: scenario.solver([event.text for event in world.store(size)])
            for size in {question.store_size for question in world.questions}
        }
        asked = [question for question in world.questions if question.answerable]
        for question in asked:
            gold = question.answers[0]
            solver = solvers[question.store_size]
            mentions = solver.mentions(question.query, question.store_size)
            distinct = set(mentions)
            self.hits["last_mention"] += mentions[-1:] == [gold]
            self.hits["always_abstain"] += gold == "unknown"
            self.hits["dump_everything"] += distinct == {*question.values}
            if gold in distinct:
                self.odds[len(distinct)] += 1
        self.answers.append([(question.asked_slot, question.answers[0]) for question in asked])
        self.groups.update(Counter(question.group_id for question in asked).values())

    def extend(self, other: Tally) -> None:
        """Add the worlds that follow."""
        self.hits.update(other.hits)
        self.odds.update(other.odds)
        self.answers += other.answers
        self.groups.update(other.groups)

    @property
    def answerable(self) -> int:
        """Number of answerable questions."""
        return sum(map(len, self.answers))

    def scores(self) -> list[Score]:
        """Score of every strategy."""
        hits: dict[str, float] = {
            **self.hits,
            "constant": _right_elsewhere([[("", a) for _, a in own] for own in self.answers]),
            "majority": _right_elsewhere(self.answers),
            # In this order, so that parts add up to the last bit.
            "random_in_world": sum(self.odds[size] / size for size in sorted(self.odds)),
        }
        count, highest = max(self.answerable, 1), floor(self.groups)
        return [Score(name, hits.get(name, 0) / count, highest) for name in STRATEGIES]


def score_all(scenario: Scenario[Any], worlds: Iterable[World]) -> list[Score]:
    """Score every strategy over a dataset, see `Tally`."""
    tally = Tally()
    for world in worlds:
        tally.add(scenario, world)
    return tally.scores()


def _right_elsewhere(answers: Sequence[Sequence[tuple[str, str]]]) -> int:
    """How often the most frequent answer to such a question in all worlds but its own is right.

    Args:
        answers: Kind and answer of each question, by world.
    """
    counts: dict[str, Counter[str]] = {}
    for world in answers:
        for kind, answer in world:
            counts.setdefault(kind, Counter())[answer] += 1
    # Ties go to the alphabetically first, so that the order of rows does not matter.
    ranked = {
        kind: sorted(counter.items(), key=lambda item: (-item[1], item[0]))
        for kind, counter in counts.items()
    }
    right = 0
    for world in answers:
        own: dict[str, Counter[str]] = {}
        for kind, answer in world:
            own.setdefault(kind, Counter())[answer] += 1
        best = {kind: _most_frequent(ranked[kind], counter) for kind, counter in own.items()}
        right += sum(best[kind] == answer for kind, answer in world)
    return right


def _most_frequent(ranked: Sequence[tuple[str, int]], own: Counter[str]) -> str | None:
    """The most frequent answer when those of one world are taken away; None if none is left."""
    # The first answer that this world does not have is among the first len(own) + 1; every later
    # one is at most as frequent.
    top = [(own[answer] - count, answer) for answer, count in ranked[: len(own) + 1]]
    best = min((item for item in top if item[0]), default=None)
    return best[1] if best else None
