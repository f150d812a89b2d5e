"""Derives the answers of a world's questions from its edited knowledge base.

`generators.scenario_b.solver` derives the answers a second time, from the texts.
"""

from __future__ import annotations

from bisect import bisect_right

from generators.records import Question, World
from generators.scenario_b.facts import table
from generators.scenario_b.knowledge import Knowledge
from generators.scenario_b.plan import WORDINGS, questions_per_world, schedule
from generators.scenario_b.targets import Target
from generators.scenario_b.vocabulary import stale_forms
from generators.scenario_b.world import FactWorld, build
from generators.world.answers import Answer, QuestionDraft, answered
from generators.world.ids import opaque_id
from generators.world.lags import LagConfig
from generators.world.timestamps import spell_date


def make_world(config: LagConfig, number: int) -> World:
    """World `number` with all its questions, in the order they are asked."""
    built = build(config, number)
    days = [event.day for event in built.events]
    visible = {day: bisect_right(days, day) for day in {t.asked for t in built.targets}}
    known = {day: Knowledge(built.events[:count]) for day, count in visible.items()}
    first = number * questions_per_world(config)
    questions = [
        _question(config, first + rank, built, known[built.targets[index].asked], index, turn)
        for rank, (index, turn) in enumerate(schedule(config, number))
    ]
    return World(built.events[0].world_id, built.events, questions)


def _question(
    config: LagConfig, number: int, built: FactWorld, knowledge: Knowledge, index: int, turn: int
) -> Question:
    spec, target, events = built.specs[index], built.targets[index], built.events
    draft = QuestionDraft(
        scenario="B",
        question_id=opaque_id("B", config.seed, number),
        group_id=opaque_id("B", config.seed, "probe", spec.number),
        as_of=knowledge.log[-1].date,
        visible=len(knowledge.log),
        query=target.query((spec.wording + turn) % WORDINGS),
        kind="paraphrase" if turn and spec.real else spec.kind,
        cue_type=spec.defect or spec.history,
        asked=target.vocabulary.relation,
        given=_given(target),
    )
    return answered(draft, _answer(built, knowledge, index), events)


def _answer(built: FactWorld, knowledge: Knowledge, index: int) -> Answer:
    target, events = built.targets[index], knowledge.log
    relation, subject = target.vocabulary.relation, target.subject
    state = knowledge.state(relation, subject, target.before)
    accepted = table().forms(relation, state.value) if state.value else []
    evidence = [state.position] if accepted and state.position is not None else []
    newer = knowledge.newer(relation, subject, target.before) if target.before else []
    if accepted and newer and not evidence:
        evidence = [newer[0].position]  # all the log says of the old value is that it ended then
    stale = [form for value in state.older for form in stale_forms(relation, value)]
    confounders = (position for position in built.confounders[index] if position < len(events))
    wrong = (events[position].slots.get("value") for position in confounders)
    right_before_or_now = {*accepted, *stale}
    return Answer(
        values=accepted[:1],
        spellings=accepted[1:],
        evidence=evidence,
        stale=[form for form in stale if form not in accepted],
        distractors=[
            value
            for value in (*(change.value for change in newer), *wrong)
            if value and value not in right_before_or_now
        ],
        mentioned=dict.fromkeys(
            event.slots["value"]
            for event in reversed(events)
            if event.slots.get("relation") == relation and "value" in event.slots
        ),
    )


def _given(target: Target) -> dict[str, str]:
    if target.hop is not None:
        return {target.hop.relation: target.hop.given}
    before = {"before": spell_date(target.before)} if target.before else {}
    return {"subject": target.subject, **before}
