"""Draws what each spec is about: its evidence, and what is easily confused with it."""

from __future__ import annotations

from dataclasses import dataclass

from generators.records import Role
from generators.scenario_c.attributes import Attribute, attributes
from generators.scenario_c.drafting import HISTORY_DAYS, Drafting
from generators.scenario_c.phrasing import EVERY_HOST, UNSET
from generators.scenario_c.plan import QuestionSpec
from generators.world.timestamps import FIRST_MINUTE, LAST_MINUTE, Moment

# Of overrides in which several have the setting, two in three, how many are decided by an older
# value than the latest: half of all overrides.
_OVERTAKEN = 0.75


@dataclass(frozen=True, slots=True)
class Cue:
    """What a question gives.

    Attributes:
        subject: Whose setting is asked for; of a placement, the person; None of a reverse lookup.
        value: The value that a reverse lookup gives, else None.
    """

    subject: str | None
    value: str | None = None


def draw_target(drafting: Drafting, index: int, spec: QuestionSpec) -> Cue:
    """Draw the evidence and the hard negatives of one spec."""
    if spec.lag_bin is None:
        return _draw_unanswerable(drafting, index, spec)
    day = drafting.last_day - drafting.rng.randrange(*drafting.config.bins[spec.lag_bin])
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
    elif spec.kind == "forgotten":
        _state_and_forget(drafting, index, attribute, subject, value, "target")
    else:
        drafting.set(attribute, subject, value, day, "target", index)
    near_request = rng.choice(("subject", "sibling")) if spec.kind == "beside_forgotten" else None
    if near_request == "subject":
        other = _other(drafting, attribute.owner, attribute)
        beside = drafting.value(other)
        _state_and_forget(drafting, index, other, subject, beside, "distractor")
    forgotten = near_request == "sibling"
    _draw_sibling(drafting, index, attribute, subject, value, forgotten=forgotten)
    if attribute.owner == "account":
        person = subject.split(" on ")[0]
        elsewhere = f"{person} on {drafting.subject('host')}"
        near = drafting.value(attribute, like=value)
        drafting.set(attribute, elsewhere, near, drafting.any_day(), "hard_negative", index)
    return Cue(None, value) if spec.form == "reverse" else Cue(subject)


def _state_and_forget(
    drafting: Drafting, index: int, attribute: Attribute, subject: str, value: str, role: Role
) -> None:
    """A setting, with or without a past, and some days later a request that it be forgotten."""
    rng, day = drafting.rng, drafting.any_day()
    *past, last = sorted(rng.sample(range(day - HISTORY_DAYS, day), rng.choice((1, 2))))
    for past_day in past:
        older = drafting.value(attribute, like=value)
        drafting.set(attribute, subject, older, past_day, role, index)
    verb = "changed" if past else "set"
    drafting.set(attribute, subject, value, last, role, index, verb=verb)
    drafting.forget(attribute, subject, day, index)


def _draw_sibling(
    drafting: Drafting,
    index: int,
    attribute: Attribute,
    subject: str,
    value: str,
    *,
    forgotten: bool = False,
) -> str:
    sibling = drafting.sibling(attribute.owner, subject)
    near = drafting.value(attribute, like=value)
    if forgotten:
        _state_and_forget(drafting, index, attribute, sibling, near, "hard_negative")
    else:
        drafting.set(attribute, sibling, near, drafting.any_day(), "hard_negative", index)
    return sibling


def _draw_override(drafting: Drafting, index: int, spec: QuestionSpec, day: int) -> Cue:
    """A setting of a host, its environment and all hosts, as far as they have it."""
    attribute, rng = spec.attribute, drafting.rng
    host, group = drafting.subject("host"), drafting.environment()
    owners = {"host": host, "environment": group, "all hosts": EVERY_HOST}
    winner, *losers = (owners[level] for level in spec.levels)
    own = drafting.value(attribute)
    # What entails the answer lies between `day` and the last day, the value on `day` itself.
    at = Moment(day, rng.randint(FIRST_MINUTE + 1, LAST_MINUTE - 1))
    drafting.set(attribute, winner, own, at.day, "target", index, minute=at.minute)
    overtakes = rng.choice(losers) if losers and rng.random() < _OVERTAKEN else None
    for loser in losers:
        stated = drafting.after(at) if loser == overtakes else drafting.before(at)
        near = drafting.value(attribute, like=own)
        drafting.set(
            attribute, loser, near, stated.day, "hard_negative", index, minute=stated.minute
        )
    joins = rng.randint(day, drafting.last_day) if winner == group else drafting.any_day()
    drafting.join(host, group, joins, "target", index)
    _draw_elsewhere(drafting, index, attribute, host, own)
    return Cue(host)


def _draw_elsewhere(
    drafting: Drafting, index: int, attribute: Attribute, host: str, value: str
) -> None:
    """The same setting of another environment, and of a host there with a similar name."""
    other = drafting.environment()
    near = drafting.value(attribute, like=value)
    drafting.set(attribute, other, near, drafting.any_day(), "hard_negative", index)
    sibling = _draw_sibling(drafting, index, attribute, host, value)
    drafting.join(sibling, other, drafting.any_day(), "hard_negative", index)


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
    drafting.wish(attribute, sibling, near, drafting.any_day(), "hard_negative", index)
    other = drafting.sibling("host", host)
    drafting.set(attribute, other, near, drafting.any_day(), "hard_negative", index)


def _draw_unanswerable(drafting: Drafting, index: int, spec: QuestionSpec) -> Cue:
    attribute, owner = spec.attribute, spec.attribute.owner
    forgotten = spec.defect == "forgotten"
    if forgotten and not spec.layered and spec.form != "placement":
        return _draw_setting(drafting, index, spec, drafting.last_day)
    value = drafting.value(attribute)
    if spec.layered:
        host = drafting.subject("host")
        if forgotten:
            _state_and_forget(drafting, index, attribute, host, value, "target")
        drafting.join(host, drafting.environment(), drafting.any_day(), "distractor", index)
        _draw_elsewhere(drafting, index, attribute, host, value)
        return Cue(host)
    if spec.form == "placement":
        person, host = drafting.subject("person"), drafting.subject("host")
        if forgotten:
            _state_and_forget(drafting, index, attribute, host, value, "target")
            drafting.wish(attribute, person, value, drafting.any_day(), "target", index)
        else:
            drafting.set(attribute, host, value, drafting.any_day(), "distractor", index)
            _mention(drafting, index, "person", person, attribute)
        _draw_other_wish(drafting, index, attribute, person, host, value)
        return Cue(person)
    subject = drafting.subject(owner)
    if spec.defect == "recombined":
        person, host = subject.split(" on ")
        for known in (
            f"{person} on {drafting.subject('host')}",
            f"{drafting.sibling('person', person)} on {host}",
        ):
            near = drafting.value(attribute, like=value)
            drafting.set(attribute, known, near, drafting.any_day(), "hard_negative", index)
        return Cue(subject)
    _draw_sibling(drafting, index, attribute, subject, value)
    if spec.defect == "unused":
        return Cue(None, value)
    if spec.defect == "never_set":
        _mention(drafting, index, owner, subject, attribute)
    return Cue(subject)


def _mention(drafting: Drafting, index: int, owner: str, subject: str, unlike: Attribute) -> None:
    """Let a subject occur in the log, with another setting than the one asked for."""
    other = _other(drafting, owner, unlike)
    value = drafting.value(other)
    drafting.set(other, subject, value, drafting.any_day(), "distractor", index)


def _other(drafting: Drafting, owner: str, unlike: Attribute) -> Attribute:
    """Another setting of a kind of owner."""
    others = [a for a in attributes().values() if a.owner == owner and a != unlike]
    return drafting.rng.choice(others)
