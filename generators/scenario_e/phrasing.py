"""How scenario E writes facts, questions and the prompt down.

    >>> event_text({"who": "Nora", "thing": "box", "number": "447"}, "14 March 2023", 3)
    '14 March 2023: box 447 went to Nora.'
    >>> question_text("number", {"who": "Nora", "thing": "box"}, 1)
    "What is the number of Nora's box?"

Facts are short, so that twenty of them fit into a thousand tokens, and the questions are about
equally long, so that all prompts of a transcript come close to its length.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from generators.prompts import INSTRUCTION, question_block

_EVENT_TEMPLATES = (
    "{date}: {who} got {thing} {number}.",
    "{who} got {thing} {number} on {date}.",
    "On {date} {who} got {thing} {number}.",
    "{date}: {thing} {number} went to {who}.",
)
_QUESTION_TEMPLATES: Mapping[str, tuple[str, ...]] = {
    "number": (
        "Which {thing} number did {who} get?",
        "What is the number of {who}'s {thing}?",
        "Name the number of {who}'s {thing}.",
        "What number does {who}'s {thing} have?",
    ),
    "who": (
        "Who was it that got {thing} {number}?",
        "Which person was given {thing} {number}?",
        "Name the person who got {thing} {number}.",
        "To which person did {thing} {number} go?",
    ),
}
EVENT_TEMPLATE_COUNT = len(_EVENT_TEMPLATES)
QUESTION_TEMPLATE_COUNT = min(len(templates) for templates in _QUESTION_TEMPLATES.values())


def event_text(slots: Mapping[str, str], date: str, template: int) -> str:
    """One sentence that states who got which thing when."""
    return _EVENT_TEMPLATES[template].format(date=date, **slots)


def question_text(asked: str, given: Mapping[str, str], template: int) -> str:
    """One question for a slot of the fact that has the given values."""
    return _QUESTION_TEMPLATES[asked][template].format(**given)


def prompt(texts: Iterable[str], query: str) -> str:
    """The prompt that shows a whole transcript, one event a line, and asks a question."""
    log = "".join(f"{text}\n" for text in texts)
    return f"{INSTRUCTION}{log}\n{question_block(query)}"
