"""How scenario A writes events and questions down.

    >>> episode = {"who": "Mara Holm", "action": "repair", "what": "copper lantern",
    ...            "where": "Thornvale", "when": "14 March 2023 at 09:40"}
    >>> event_text(episode, 0)
    'On 14 March 2023 at 09:40, Mara Holm repaired a copper lantern in Thornvale.'
    >>> question_text("single", "who", {"what": "copper lantern", "where": "Thornvale"}, 1)
    'Which person dealt with the copper lantern in Thornvale?'

A question is a sentence in which the asked slot is a question word and every slot that is not
given is left open ("someone", "something", "dealt with") or left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from generators.world.pools import pools

# The verb for an action that is not given; it is in no pool.
_OPEN_VERB = ("deal with", "dealt with")

# Numbers of the wordings of each.
EVENT_TEMPLATES, CHATTER_TEMPLATES = (0, 1, 2, 3), (0, 1)

_QUESTION_TEMPLATES: Mapping[tuple[str, str], tuple[str, ...]] = {
    ("one", "who"): (
        "Who {verb_past} {object}{place}{time}?",
        "Which person {verb_past} {object}{place}{time}?",
        "Name the person who {verb_past} {object}{place}{time}.",
        "Who was it that {verb_past} {object}{place}{time}?",
    ),
    ("one", "what"): (
        "What did {subject} {verb_base}{place}{time}?",
        "Which object did {subject} {verb_base}{place}{time}?",
        "Name the object that {subject} {verb_past}{place}{time}.",
        "What was it that {subject} {verb_past}{place}{time}?",
    ),
    ("one", "where"): (
        "Where did {subject} {verb_base} {object}{time}?",
        "In which place did {subject} {verb_base} {object}{time}?",
        "Name the place where {subject} {verb_past} {object}{time}.",
        "Where was it that {subject} {verb_past} {object}{time}?",
    ),
    ("one", "when"): (
        "At what exact time did {subject} {verb_base} {object}{place}?",
        "At what hour and minute did {subject} {verb_base} {object}{place}?",
        "Name the clock time at which {subject} {verb_past} {object}{place}.",
        "What did the clock show when {subject} {verb_past} {object}{place}?",
    ),
    ("list", "who"): (
        "List everyone who {verb_past} {object}{place}.",
        "Name all the people who {verb_past} {object}{place}.",
        "Which people {verb_past} {object}{place}?",
        "Who are all the people that {verb_past} {object}{place}?",
    ),
    ("list", "what"): (
        "List everything that {subject} {verb_past}{place}.",
        "Name all the objects that {subject} {verb_past}{place}.",
        "Which objects did {subject} {verb_base}{place}?",
        "What are all the objects that {subject} {verb_past}{place}?",
    ),
    ("list", "where"): (
        "List every place where {subject} {verb_past} {object}.",
        "Name all the places where {subject} {verb_past} {object}.",
        "In which places did {subject} {verb_base} {object}?",
        "What are all the places where {subject} {verb_past} {object}?",
    ),
}
QUESTION_TEMPLATES = tuple(range(min(map(len, _QUESTION_TEMPLATES.values()))))


@cache
def _past_tenses() -> dict[str, str]:
    return dict(pools().verbs)


def event_text(slots: Mapping[str, str], template: int) -> str:
    """One sentence that states all five slots of an episode."""
    who, what, where, when = slots["who"], slots["what"], slots["where"], slots["when"]
    done = done_to(slots["action"], what)
    if template == 0:
        return f"On {when}, {who} {done} in {where}."
    if template == 1:
        return f"{who} {done} in {where} on {when}."
    date, clock = when.split(" at ")
    if template == 2:
        return f"At {clock} on {date}, {who} {done} in {where}."
    return f"In {where}, {who} {done} at {clock} on {date}."


def done_to(action: str, what: str) -> str:
    """What somebody did, in the past tense: `repaired a copper lantern`."""
    return f"{_past_tenses()[action]} {'an' if what[0] in 'aeiou' else 'a'} {what}"


def chatter_text(date: str, clock: str, remark: str, template: int) -> str:
    """One sentence of small talk, dated like an episode and naming nobody and nothing."""
    if template:
        return f"At {clock} on {date}, {remark[0].lower()}{remark[1:]}."
    return f"{remark} on {date} at {clock}."


def question_text(kind: str, asked: str, given: Mapping[str, str], template: int) -> str:
    """One question for the `asked` slot that gives exactly the slots in `given`.

    Args:
        kind: Kind of answer; "latest" adds "most recently", "list" asks for all values.
        asked: Name of the slot that is asked for.
        given: Values of the given slots.
        template: Number of the wording, one of `QUESTION_TEMPLATES`.
    """
    words = dict(given)
    if "action" in given:
        words["past"] = _past_tenses()[given["action"]]
    if "when" in given:
        words["date"], words["clock"] = given["when"].split(" at ")
    return _question_pattern(kind, asked, tuple(given), template) % words


@cache
def _question_pattern(kind: str, asked: str, given: tuple[str, ...], template: int) -> str:
    """A question that has the names of words, as in `%(who)s`, where it gives their values."""
    base, past = ("%(action)s", "%(past)s") if "action" in given else _OPEN_VERB
    someone, something = ("anyone", "anything") if kind == "list" else ("someone", "something")
    adverb = "most recently " if kind == "latest" else ""
    time = " at %(clock)s on %(date)s" if template % 2 else " on %(date)s at %(clock)s"
    return _QUESTION_TEMPLATES["list" if kind == "list" else "one", asked][template].format(
        subject="%(who)s" if "who" in given else someone,
        verb_base=adverb + base,
        verb_past=adverb + past,
        object="the %(what)s" if "what" in given else something,
        place=" in %(where)s" if "where" in given else "",
        time=time if "when" in given else "",
    )
