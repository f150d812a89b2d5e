"""Makes the questions of a world of scenario C and their accepted answers."""

from __future__ import annotations

from generators.records import Question
from generators.scenario_c import phrasing
from generators.scenario_c.ledger import Finding, Ledger
from generators.scenario_c.plan import QUESTIONS_PER_WORLD, Probe, schedule
from generators.scenario_c.targets import Cue
from generators.scenario_c.world import Log
from generators.world.answers import ask
from generators.world.ids import opaque_id
from generators.world.lags import LagConfig
from generators.world.timestamps import clock_forms

_UNSET_FORMS = [phrasing.UNSET, "not set", "no value", "none", "deleted", "removed"]
_UNITS = {"ms": "milliseconds", "MB": "megabytes", "GB": "gigabytes"}


def questions(config: LagConfig, number: int, log: Log) -> list[Question]:
    """All questions about world `number`, in the order they are asked."""
    first = number * QUESTIONS_PER_WORLD
    ledger = Ledger(log.events)
    return [
        _question(config, first + place, log, ledger, index)
        for place, index in enumerate(schedule(config, number))
    ]


def _question(config: LagConfig, number: int, log: Log, ledger: Ledger, index: int) -> Question:
    probe, cue = log.probes[index], log.cues[index]
    finding = _find(ledger, probe, cue)
    stated = ledger.mentioned(probe.attribute.name)
    near = [log.events[place].slots for place in log.confounders[index]]
    confused = [
        (slots["subject"], slots["value"])
        for slots in near
        if slots.get("subject") and slots["attribute"] == probe.attribute.name
    ]
    question_id = opaque_id("C", config.seed, number)
    return ask(
        log.events,
        scenario="C",
        question_id=question_id,
        group_id=opaque_id("C", config.seed, "probe", number),
        as_of=log.events[-1].date,
        visible=len(log.events),
        query=_query(probe, cue),
        kind=probe.kind,
        cue_type=probe.cue_type,
        asked=probe.asked,
        given=_given(probe, cue),
        answers=_accepted(probe, cue, finding),
        evidence=finding.evidence,
        stale=[_answer(probe, cue, (str(cue.subject), value)) for value in finding.stale],
        distractors=[_answer(probe, cue, pair) for pair in confused],
        mentioned=dict.fromkeys(_answer(probe, cue, pair) for pair in reversed(stated)),
    )


def _find(ledger: Ledger, probe: Probe, cue: Cue) -> Finding:
    name = probe.attribute.name
    if probe.form == "reverse":
        return ledger.holder(name, str(cue.value))
    if probe.form == "placement":
        return ledger.placement(name, str(cue.subject))
    return ledger.setting(name, str(cue.subject))


def _answer(probe: Probe, cue: Cue, pair: tuple[str, str]) -> str:
    """What a (subject, value) pair answers to a question."""
    subject, value = pair
    if probe.form in ("reverse", "placement"):
        return subject
    return f"{cue.subject}:{value}" if probe.form == "label" else value


def _query(probe: Probe, cue: Cue) -> str:
    spoken = (probe.wording, probe.template)
    if probe.form == "reverse":
        return phrasing.reverse(probe.attribute, str(cue.value), *spoken)
    put = {
        "direct": phrasing.direct,
        "label": phrasing.label,
        "placement": phrasing.placement,
    }[probe.form]
    return put(probe.attribute, str(cue.subject), *spoken)


def _given(probe: Probe, cue: Cue) -> dict[str, str]:
    """Values that the question gives, by slot name."""
    if cue.value is not None:
        return {probe.attribute.name: cue.value}
    subject = str(cue.subject)
    if probe.form == "placement":
        return {"person": subject}
    if probe.attribute.owner == "account":
        person, _, host = subject.partition(" on ")
        return {"person": person, "host": host}
    return {probe.attribute.owner: subject}


def _accepted(probe: Probe, cue: Cue, finding: Finding) -> list[str]:
    """The answer and its other spellings."""
    value = finding.answer
    if value is None:
        return []
    if value == phrasing.UNSET:
        return _UNSET_FORMS
    if probe.form == "reverse":
        return [value, f"project {value}"] if probe.asked == "project" else [value]
    if probe.form != "direct":
        return [value if probe.form == "placement" else f"{cue.subject}:{value}"]
    number, _, unit = value.partition(" ")
    if unit in _UNITS:
        return [value, f"{number} {_UNITS[unit]}", f"{number}{unit}", number]
    if probe.attribute.name == "backup time":
        return list(clock_forms(value))
    return [value, value.removeprefix("#")] if value.startswith("#") else [value]
