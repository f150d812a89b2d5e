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

from collections.abc import Mapping, Sequence
from functools import cache

from generators.pools import pools

# The verb for an action that is not given; it is in no pool.
_OPEN_VERB = ("deal with", "dealt with")

EVENT_TEMPLATE_COUNT = 4

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
        "At what time of day did {subject} {verb_base} {object}{place}?",
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
QUESTION_TEMPLATE_COUNT = min(len(templates) for templates in _QUESTION_TEMPLATES.values())


@cache
def _past_tenses() -> dict[str, str]:
    return dict(pools().verbs)


def article(noun_phrase: str) -> str:
    """`a` or `an`; by the first letter, which is enough for the words of our pools."""
    return "an" if noun_phrase[0] in "aeiou" else "a"


def event_text(slots: Mapping[str, str], template: int) -> str:
    """One sentence that states all five slots of an episode."""
    what, where, when = slots["what"], slots["where"], slots["when"]
    deed = f"{slots['who']} {_past_tenses()[slots['action']]} {article(what)} {what}"
    if template == 0:
        return f"On {when}, {deed} in {where}."
    if template == 2:
        return f"{deed} in {where} on {when}."
    date, clock = when.split(" at ")
    if template == 1:
        return f"At {clock} on {date}, {deed} in {where}."
    return f"In {where}, {deed} at {clock} on {date}."


def chatter_text(date: str, clock: str, columns: Sequence[str], template: int) -> str:
    """One sentence of small talk, dated like an episode and naming nobody and nothing."""
    who, did, what = columns
    if template % 2:
        return f"At {clock} on {date}, {who[0].lower()}{who[1:]} {did} {what}."
    return f"{who} {did} {what} on {date} at {clock}."


def question_text(kind: str, asked: str, given: Mapping[str, str], template: int) -> str:
    """One question for the `asked` slot that gives exactly the slots in `given`.

    Args:
        kind: Query kind; "latest" adds "most recently", "list" asks for all values.
        asked: Name of the slot that is asked for.
        given: Values of the given slots.
        template: Number of the wording, from 0 to `QUESTION_TEMPLATE_COUNT` - 1.
    """
    base, past = _OPEN_VERB
    if "action" in given:
        base, past = given["action"], _past_tenses()[given["action"]]
    adverb = "most recently " if kind == "latest" else ""
    time = ""
    if "when" in given:
        date, _, clock = given["when"].partition(" at ")
        time = f" at {clock} on {date}" if template % 2 else f" on {date} at {clock}"
    return _QUESTION_TEMPLATES["list" if kind == "list" else "one", asked][template].format(
        subject=given.get("who", "someone"),
        verb_base=adverb + base,
        verb_past=adverb + past,
        object=f"the {given['what']}" if "what" in given else "something",
        place=f" in {given['where']}" if "where" in given else "",
        time=time,
    )
