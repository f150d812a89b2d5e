"""Makes the questions of a world of scenario C and their accepted answers."""

from __future__ import annotations

from generators.records import Question, World
from generators.scenario_c import phrasing
from generators.scenario_c.ledger import Finding, Ledger
from generators.scenario_c.plan import QuestionSpec, questions_per_world, schedule
from generators.scenario_c.targets import Cue
from generators.scenario_c.world import SettingsWorld, build
from generators.world.answers import Answer, QuestionDraft, answered
from generators.world.ids import opaque_id
from generators.world.lags import LagConfig
from generators.world.timestamps import clock_forms

_UNSET_FORMS = [phrasing.UNSET, "not set", "no value", "none", "deleted", "removed"]
_UNITS = {"ms": "milliseconds", "MB": "megabytes", "GB": "gigabytes"}


def make_world(config: LagConfig, number: int) -> World:
    """World `number` with all its questions, in the order they are asked."""
    built = build(config, number)
    ledger = Ledger(built.events)
    first = number * questions_per_world(config)
    questions = [
        _question(config, first + rank, built, ledger, index)
        for rank, index in enumerate(schedule(config, number))
    ]
    return World(built.events[0].world_id, built.events, questions)


def _question(
    config: LagConfig, number: int, built: SettingsWorld, ledger: Ledger, index: int
) -> Question:
    spec, cue, events = built.specs[index], built.cues[index], built.events
    draft = QuestionDraft(
        scenario="C",
        question_id=opaque_id("C", config.seed, number),
        group_id=opaque_id("C", config.seed, "probe", number),
        as_of=events[-1].date,
        visible=len(events),
        query=_query(spec, cue),
        kind=spec.kind,
        cue_type=spec.cue_type,
        asked=spec.asked,
        given=_given(spec, cue),
    )
    return answered(draft, _answer(built, ledger, index), events)


def _answer(built: SettingsWorld, ledger: Ledger, index: int) -> Answer:
    spec, cue = built.specs[index], built.cues[index]
    finding = _find(ledger, spec, cue)
    accepted = _accepted(spec, cue, finding)
    stated = ledger.mentioned(spec.attribute.name)
    confused = [
        (slots["subject"], slots["value"])
        for slots in (built.events[position].slots for position in built.confounders[index])
        if slots.get("subject") and slots["attribute"] == spec.attribute.name
    ]
    return Answer(
        values=accepted[:1],
        spellings=accepted[1:],
        evidence=finding.evidence,
        stale=[_answer_of(spec, cue, pair) for pair in finding.stale],
        distractors=[_answer_of(spec, cue, pair) for pair in confused],
        mentioned=dict.fromkeys(_answer_of(spec, cue, pair) for pair in reversed(stated)),
    )


def _find(ledger: Ledger, spec: QuestionSpec, cue: Cue) -> Finding:
    name = spec.attribute.name
    if spec.form == "reverse":
        return ledger.holder(name, str(cue.value))
    if spec.form == "placement":
        return ledger.placement(name, str(cue.subject))
    return ledger.setting(name, str(cue.subject))


def _answer_of(spec: QuestionSpec, cue: Cue, pair: tuple[str, str]) -> str:
    """What a (subject, value) pair answers to a question."""
    subject, value = pair
    if spec.form in ("reverse", "placement"):
        return subject
    return f"{cue.subject}:{value}" if spec.form == "label" else value


def _query(spec: QuestionSpec, cue: Cue) -> str:
    spoken = (spec.wording, spec.template)
    if spec.form == "reverse":
        return phrasing.reverse(spec.attribute, str(cue.value), *spoken)
    put = {
        "direct": phrasing.direct,
        "label": phrasing.label,
        "placement": phrasing.placement,
    }[spec.form]
    return put(spec.attribute, str(cue.subject), *spoken)


def _given(spec: QuestionSpec, cue: Cue) -> dict[str, str]:
    """Values that the question gives, by slot name."""
    if cue.value is not None:
        return {spec.attribute.name: cue.value}
    subject = str(cue.subject)
    if spec.form == "placement":
        return {"person": subject}
    if spec.attribute.owner == "account":
        person, _, host = subject.partition(" on ")
        return {"person": person, "host": host}
    return {spec.attribute.owner: subject}


def _accepted(spec: QuestionSpec, cue: Cue, finding: Finding) -> list[str]:
    """The answer and its other spellings."""
    value = finding.answer
    if value is None:
        return []
    if value == phrasing.UNSET:
        return _UNSET_FORMS
    if spec.form == "reverse":
        return [value, f"project {value}"] if spec.asked == "project" else [value]
    if spec.form != "direct":
        return [value if spec.form == "placement" else f"{cue.subject}:{value}"]
    number, _, unit = value.partition(" ")
    if unit in _UNITS:
        return [value, f"{number} {_UNITS[unit]}", f"{number}{unit}", number]
    if spec.attribute.name == "backup time":
        return list(clock_forms(value))
    return [value, value.removeprefix("#")] if value.startswith("#") else [value]
