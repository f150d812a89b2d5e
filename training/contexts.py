"""Make the training data of the reader: a few events, and questions about just these events.

    >>> (context,) = contexts("A", seed=-1, count=1, events=(2, 4), rng=Random(1))
    >>> len(context.texts), context.questions[0].query
    (2, 'At what exact time did Dagmar Entwistle most recently collect something in Thistleness?')

A context is a part of a world's log in time order, as an oracle, a retriever or the whole log would
show it. The scenario's own solver finds the right answers from the shown texts alone; where these
do not tell, the answer is `unknown`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from random import Random

from generators.config import Config
from generators.records import Event, Question, World
from generators.scenarios import scenario
from generators.solving import Solution, Solver
from training.questions import more_questions

UNKNOWN = "unknown"
_RARE = (
    *("list", "latest", "first", "often", "between"),
    *("applied", "override", "deletion", "reverse", "forgotten", "beside_forgotten"),
)
# Maximum share of a context's questions without an answer.
_UNKNOWN_SHARE = 0.28
_MOST_QUESTIONS = 28
# Share of contexts with hard negatives added on purpose.
_HARD_SHARE = 0.35


@dataclass(frozen=True, slots=True)
class LabelledQuestion:
    """A question about a context with its answer.

    Attributes:
        query: The question.
        answer: The values as text, or `unknown`.
        values: The values; none if the answer is `unknown`.
        evidence: Positions of the events that state them.
    """

    query: str
    answer: str
    values: tuple[str, ...] = ()
    evidence: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Context:
    """Some events, and questions about them.

    Attributes:
        scenario: Letter.
        texts: The events in time order.
        questions: Each is a prompt of its own.
    """

    scenario: str
    texts: list[str]
    questions: list[LabelledQuestion]


def contexts(
    letter: str,
    seed: int,
    count: int,
    events: tuple[int, int],
    rng: Random,
    oracles: float = 0.3,
) -> Iterator[Context]:
    """Make contexts from training worlds of a scenario.

    Args:
        letter: Of the scenario.
        seed: Seed of the worlds; negative, as no evaluation seed is.
        count: Number of contexts.
        events: Minimum and maximum number of events of a context.
        rng: Source of randomness.
        oracles: Share of contexts that hold only the evidence of one question.
    """
    if seed >= 0:
        raise ValueError(f"seed={seed}: training seeds are below zero")
    kind = scenario(letter)
    made = _worlds(letter, seed, rng)
    for _ in range(count):
        world = next(made)
        shown, wanted = _chosen(world, rng, _size(rng, events), oracles)
        texts = [event.text for event in shown]
        solver = kind.solver(texts)
        queries: dict[str, Question | None] = {question.query: question for question in wanted}
        queries |= dict.fromkeys(more_questions(letter, world, shown, rng))
        asked = _solve(letter, solver, queries, len(texts))
        if asked:
            yield Context(letter, texts, _balanced(asked, {q.query for q in wanted}, rng))


def _size(rng: Random, events: tuple[int, int]) -> int:
    """Draw a size log-uniformly: as likely between 2 and 4 as between 8 and 16."""
    low, high = events
    return min(high, int(low * (high / low + 0.999) ** rng.random()))


def _worlds(letter: str, seed: int, rng: Random) -> Iterator[World]:
    kind = scenario(letter)
    turn = 0
    while True:
        turn += 1
        settings: dict[str, object] = {"n": 200, "seed": seed * 1000 - turn}
        if letter in "AC":
            # The invented words of training mean nothing that could be said in other words.
            settings["cue_overlap"] = "lexical"
        if letter == "A":
            settings["lag_bins"] = rng.choice([(0, 1, 3, 7, 30), (0, 1, 3, 7, 30), (0, 1, 3, 7)])
        if letter == "D":
            settings["store_sizes"] = (32, 48, 64)
            settings["collision_groups"] = rng.choice([(1, 4, 16), (1, 4)])
        if letter == "E":
            settings["lengths"] = rng.choice([(1200,), (2000,)])
        config: Config = kind.config(**settings)
        made = list(kind.worlds(config))
        rng.shuffle(made)
        yield from made


def _chosen(
    world: World, rng: Random, size: int, oracles: float
) -> tuple[list[Event], list[Question]]:
    """Choose events, first the evidence of some questions, and return both."""
    place = {event.event_id: at for at, event in enumerate(world.events)}
    questions = list(world.questions)
    rng.shuffle(questions)
    if rng.random() < 0.02:
        return [], questions[:6]
    if rng.random() < 0.4:
        # Favour rare kinds.
        questions.sort(key=lambda question: question.query_kind not in _RARE)
    needed = {question.id: _needed(world, question) for question in questions}
    told = [question for question in questions if needed[question.id]]
    if told and rng.random() < oracles:
        # As an oracle shows it: what one question needs, preferably one of a rare kind.
        one = max(rng.sample(told, min(2, len(told))), key=lambda q: q.query_kind in _RARE)
        shown = sorted(place[event_id] for event_id in needed[one.id])
        return [world.events[at] for at in shown], [one]
    taken: set[int] = set()
    wanted: list[Question] = []
    for question in questions:
        places = {place[event_id] for event_id in needed[question.id]}
        if len(taken | places) <= size and rng.random() < 0.9:
            taken |= places
            wanted.append(question)
    # Only some contexts have hard negatives: telling unlike events apart is learned first.
    hard = rng.random() < _HARD_SHARE
    named = {value for question in wanted for value in question.cues}
    near = [
        at
        for at, event in enumerate(world.events)
        if at not in taken
        and hard
        and (
            event.role in ("hard_negative", "update", "retraction", "forget")
            or named & {*event.slots.values()}
        )
    ]
    rng.shuffle(near)
    for at in near:
        if len(taken) < size and rng.random() < 0.6:
            taken.add(at)
    others = [at for at in range(len(world.events)) if at not in taken]
    rng.shuffle(others)
    # Unrelated events fill up the context.
    taken.update(others[: max(0, size - len(taken))])
    return [world.events[at] for at in sorted(taken)], wanted


def _needed(world: World, question: Question) -> Sequence[str]:
    """Events that answer a question or, if none does, that seem to, or take the answer away."""
    if question.evidence:
        return question.evidence
    named = {*question.cues, " on ".join(question.cues)}
    about = {
        event.event_id
        for event in world.events
        if event.role in ("target", "update", "retraction") and named & {*event.slots.values()}
    }
    return [
        event.event_id
        for event in world.events
        if event.event_id in about or about & {*event.forgets}
    ]


def _solve(
    letter: str, solver: Solver, queries: dict[str, Question | None], visible: int
) -> list[tuple[LabelledQuestion, bool]]:
    """Keep the questions with one right answer here or none; say whether each has one."""
    found = []
    for query, question in queries.items():
        try:
            solution = solver.solve(query, visible)
        except (ValueError, IndexError, StopIteration):
            continue
        values = solution.values
        if _needs_the_world(question):
            continue
        # A fact of the world that no shown event states is unknown to the reader.
        if not values or (not solution.support and not solution.is_list):
            if len(values) <= 1:
                found.append((LabelledQuestion(query, UNKNOWN), False))
        elif question is not None and question.scenario == "B" and "before" in query.lower():
            if _tells_only_an_end(solver, query, visible):
                found.append((LabelledQuestion(query, UNKNOWN), False))
            else:
                found.append((_told(letter, query, values[:1], solution), True))
        elif len(values) == 1 or solution.is_list:
            found.append((_told(letter, query, values, solution), True))
    return found


def _told(letter: str, query: str, values: Sequence[str], solution: Solution) -> LabelledQuestion:
    # How often and how many days: what is counted is stated nowhere.
    counted = letter == "A" and values[0].isdigit()
    evidence = () if counted else tuple(solution.support)
    return LabelledQuestion(query, ", ".join(values), tuple(values), evidence)


def _needs_the_world(question: Question | None) -> bool:
    """Whether answering takes a fact that no log states: whom the question is about."""
    return (
        question is not None and question.scenario == "B" and "subject" not in question.given_slots
    )


def _tells_only_an_end(solver: Solver, query: str, visible: int) -> bool:
    """Whether the shown events state that a value ended, but not the value."""
    solution = solver.solve(query, visible)
    return not any(value in solver.mentions(query, visible) for value in solution.values)


def _balanced(
    asked: list[tuple[LabelledQuestion, bool]], wanted: Collection[str], rng: Random
) -> list[LabelledQuestion]:
    """Choose from the questions, first from the wanted ones, with and without an answer."""
    rng.shuffle(asked)
    asked.sort(key=lambda one: one[0].query not in wanted)
    known = [one for one, answerable in asked if answerable]
    unknown = [one for one, answerable in asked if not answerable]
    known = known[: int(_MOST_QUESTIONS * (1 - _UNKNOWN_SHARE))]
    most = round(len(known) * _UNKNOWN_SHARE / (1 - _UNKNOWN_SHARE) + rng.random() * 0.8)
    kept = known + unknown[: most if known else 2]
    rng.shuffle(kept)
    return kept
