"""Derives the answers of a world's questions from its edited knowledge base.

`generators.scenario_b.solver` derives the answers a second time, from the texts.
"""

from __future__ import annotations

from datetime import timedelta

from generators.records import Question
from generators.scenario_b.facts import table
from generators.scenario_b.knowledge import Knowledge
from generators.scenario_b.plan import WORDINGS, Probe, questions_per_world, schedule
from generators.scenario_b.stock import stale_forms
from generators.scenario_b.targets import Target, last_day
from generators.scenario_b.world import Log
from generators.world.answers import ask
from generators.world.ids import opaque_id
from generators.world.lags import LagConfig
from generators.world.timestamps import spell_date


def questions(config: LagConfig, number: int, log: Log) -> list[Question]:
    """All questions about world `number`, in the order they are asked."""
    knowledge = Knowledge(log.events)
    first = number * questions_per_world(config)
    return [
        _question(config, first + place, log, knowledge, index, turn)
        for place, (index, turn) in enumerate(schedule(config, number))
    ]


def _question(
    config: LagConfig, number: int, log: Log, knowledge: Knowledge, index: int, turn: int
) -> Question:
    probe, target = log.probes[index], log.targets[index]
    relation, subject = target.stock.relation, target.subject
    state = knowledge.state(relation, subject, target.before)
    answers = table().forms(relation, state.value) if state.value else []
    evidence = [] if state.place is None else [state.place]
    newer = knowledge.newer(relation, subject, target.before) if target.before else []
    if answers and newer and not evidence:
        evidence = [newer[0].place]  # nothing tells the old value but that it ended then
    stale = [form for value in state.older for form in stale_forms(relation, value)]
    wrong = [log.events[place].slots["value"] for place in sorted(log.confounders[index])]
    return ask(
        log.events,
        scenario="B",
        question_id=opaque_id("B", config.seed, number),
        group_id=opaque_id("B", config.seed, "probe", probe.number),
        as_of=log.events[0].date + timedelta(days=last_day(config)),
        visible=len(log.events),
        query=target.query((probe.wording + turn) % WORDINGS),
        kind="paraphrase" if turn else probe.kind,
        cue_type=probe.defect or probe.history,
        asked=relation,
        given=_given(probe, target),
        answers=answers,
        evidence=evidence,
        stale=[form for form in stale if form not in answers],
        distractors=[v for v in [*(c.value for c in newer), *wrong] if v not in (*answers, *stale)],
        mentioned=dict.fromkeys(
            event.slots["value"]
            for event in reversed(log.events)
            if event.slots.get("relation") == relation
        ),
    )


def _given(probe: Probe, target: Target) -> dict[str, str]:
    if target.hop is not None:
        return {target.hop.relation: target.hop.given}
    before = {"before": spell_date(target.before)} if target.before else {}
    return {"subject": target.subject, **before}
