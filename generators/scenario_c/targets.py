"""Draws what each spec is about: its evidence, and what is easily confused with it."""

from __future__ import annotations

from dataclasses import dataclass

from generators.scenario_c.attributes import Attribute, attributes
from generators.scenario_c.drafting import Drafting
from generators.scenario_c.phrasing import EVERY_HOST, UNSET
from generators.scenario_c.plan import QuestionSpec
from generators.world.lags import LagConfig


@dataclass(frozen=True, slots=True)
class Cue:
    """What a question gives.

    Attributes:
        subject: Whose setting is asked for; of a placement, the person; None of a reverse lookup.
        value: The value that a reverse lookup gives, else None.
    """

    subject: str | None
    value: str | None = None


def draw_target(drafting: Drafting, config: LagConfig, index: int, spec: QuestionSpec) -> Cue:
    """Draw the evidence and the hard negatives of one spec."""
    if spec.lag_bin is None:
        return _draw_unanswerable(drafting, index, spec)
    day = drafting.last_day - drafting.rng.randrange(*config.bins[spec.lag_bin])
    if spec.kind == "override":
        return _draw_override(drafting, index, spec, day)
    if spec.form == "placement":
        return _draw_placement(drafting, index, spec.attribute, day)
    return _draw_setting(drafting, index, spec, day)


def _draw_setting(drafting: Drafting, index: int, spec: QuestionSpec, day: int) -> Cue:
    """A setting with its past, and the same setting of a sibling with a similar value."""
    attribute, rng = spec.attribute, drafting.rng
    subject, value = drafting.subject(attribute.owner), drafting.value(attribute)
    if spec.kind == "update":
        old_day = day
        for _ in range(rng.choice((1, 2))):
            old_day -= rng.randint(1, 3)
        past = [(old_day, "set")]
        if old_day < day - 1 and rng.random() < 0.5:
            past.append((rng.randrange(old_day + 1, day), "changed"))
        for past_day, verb in past:
            older = drafting.value(attribute, like=value)
            drafting.set(attribute, subject, older, past_day, "target", index, verb=verb)
        drafting.set(attribute, subject, value, day, "update", index, verb="changed")
    elif spec.kind == "deletion":
        drafting.set(attribute, subject, value, day - rng.randint(1, 6), "target", index)
        drafting.set(attribute, subject, UNSET, day, "retraction", index, verb="removed")
    else:
        drafting.set(attribute, subject, value, day, "target", index)
    _draw_sibling(drafting, index, attribute, subject, value)
    if attribute.owner == "account":
        person = subject.split(" on ")[0]
        elsewhere = f"{person} on {drafting.subject('host')}"
        near = drafting.value(attribute, like=value)
        drafting.set(attribute, elsewhere, near, _any_day(drafting), "hard_negative", index)
    return Cue(None, value) if spec.form == "reverse" else Cue(subject)


def _draw_sibling(
    drafting: Drafting, index: int, attribute: Attribute, subject: str, value: str
) -> str:
    sibling = drafting.sibling(attribute.owner, subject)
    near = drafting.value(attribute, like=value)
    drafting.set(attribute, sibling, near, _any_day(drafting), "hard_negative", index)
    return sibling


def _draw_override(drafting: Drafting, index: int, spec: QuestionSpec, day: int) -> Cue:
    """A host, its environment and all hosts, with different values, and the rule among them."""
    attribute, last = spec.attribute, drafting.last_day
    host, group, other = (
        drafting.subject("host"),
        drafting.environment(),
        drafting.environment(),
    )
    own = drafting.value(attribute)
    level = spec.level
    # What entails the answer lies between `day` and the last day, the value on `day` itself.
    values = {
        subject: drafting.value(attribute, like=own) for subject in (group, other, EVERY_HOST)
    }
    winner = {"host": host, "environment": group, "all hosts": EVERY_HOST}[str(level)]
    if level == "host":
        drafting.set(attribute, host, own, day, "target", index)
    for subject, value in values.items():
        if subject == winner:
            drafting.set(attribute, subject, value, day, "target", index)
        # Where the value of all hosts is to count, the host's environment has none.
        elif not (subject == group and level == "all hosts"):
            drafting.set(attribute, subject, value, _any_day(drafting), "hard_negative", index)
    drafting.rule(drafting.rng.randint(day, last), index)
    joined = drafting.rng.randint(day, last) if level == "environment" else _any_day(drafting)
    drafting.join(host, group, joined, "target", index)
    sibling = _draw_sibling(drafting, index, attribute, host, own)
    drafting.join(sibling, other, _any_day(drafting), "hard_negative", index)
    return Cue(host)


def _draw_placement(drafting: Drafting, index: int, attribute: Attribute, day: int) -> Cue:
    """A person's wish, the host that meets it, and a sibling's wish with another host."""
    person, host, value = (
        drafting.subject("person"),
        drafting.subject("host"),
        drafting.value(attribute),
    )
    later = drafting.rng.randint(day, drafting.last_day)
    wished, stated = drafting.rng.choice(((day, later), (later, day)))
    drafting.wish(attribute, person, value, wished, "target", index)
    drafting.set(attribute, host, value, stated, "target", index)
    _draw_other_wish(drafting, index, attribute, person, host, value)
    return Cue(person)


def _draw_other_wish(
    drafting: Drafting, index: int, attribute: Attribute, person: str, host: str, value: str
) -> None:
    near = drafting.value(attribute, like=value)
    sibling = drafting.sibling("person", person)
    drafting.wish(attribute, sibling, near, _any_day(drafting), "hard_negative", index)
    other = drafting.sibling("host", host)
    drafting.set(attribute, other, near, _any_day(drafting), "hard_negative", index)


def _draw_unanswerable(drafting: Drafting, index: int, spec: QuestionSpec) -> Cue:
    attribute, owner = spec.attribute, spec.attribute.owner
    value = drafting.value(attribute)
    if spec.defect == "never_asked":
        person, host = drafting.subject("person"), drafting.subject("host")
        drafting.set(attribute, host, value, _any_day(drafting), "distractor", index)
        _draw_other_wish(drafting, index, attribute, person, host, value)
        _mention(drafting, index, "person", person, attribute)
        return Cue(person)
    subject = drafting.subject(owner)
    if spec.defect == "recombined":
        person, host = subject.split(" on ")
        for known in (
            f"{person} on {drafting.subject('host')}",
            f"{drafting.sibling('person', person)} on {host}",
        ):
            near = drafting.value(attribute, like=value)
            drafting.set(attribute, known, near, _any_day(drafting), "hard_negative", index)
        return Cue(subject)
    _draw_sibling(drafting, index, attribute, subject, value)
    if spec.defect == "unused":
        return Cue(None, value)
    if spec.defect == "never_set":
        _mention(drafting, index, owner, subject, attribute)
    return Cue(subject)


def _mention(drafting: Drafting, index: int, owner: str, subject: str, unlike: Attribute) -> None:
    """Let a subject occur in the log, with another setting than the one asked for."""
    others = [a for a in attributes().values() if a.owner == owner and a != unlike]
    other = drafting.rng.choice(others)
    value = drafting.value(other)
    drafting.set(other, subject, value, _any_day(drafting), "distractor", index)


def _any_day(drafting: Drafting) -> int:
    return drafting.rng.randint(0, drafting.last_day)
