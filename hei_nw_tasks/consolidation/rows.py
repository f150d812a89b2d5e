r"""Training rows from the text of an event, made from its own words alone.

>>> for row in rows_of("e5", "Ada Brook carried a red umbrella to Lindow.", Random(1)):
...     print([row.question, row.answer])
['Who carried something to Lindow?', 'Ada Brook']
['Who was it that carried a red umbrella somewhere?', 'Ada Brook']
['Ada Brook carried what to Lindow?', 'red umbrella']
['What was it that Ada Brook carried to Lindow?', 'red umbrella']
['Someone carried something where?', 'Lindow']
['Where was it that Ada Brook carried a red umbrella?', 'Lindow']

The rules are those of plain English, whatever a text is about: names have capitals, things have
articles, dates, times and codes have digits. A question leaves out some of what the text says,
others each time, so that any part of it may become the cue. It asks in one of the two ways that
need no other form of the verb: the question word in the gap, or in front ("Where was it that …").
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from random import Random

_MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
# Words that a sentence may begin with, and that are no names.
_OPENING = "A|An|At|Both|By|For|From|In|It|No|Of|On|Our|Several|Since|Some|That|The|This|To|Until"
_NAME = rf"(?!(?:{_OPENING})\b)[A-Z][\w'’-]+"
_THING = r"(?:(?!(?:and|at|by|for|from|has|in|into|is|near|of|on|to|was)\b)[\w'’-]+)"
_SPANS = re.compile(
    rf"(?:\b(?i:on|at|since|until) )?(?P<when>\b\d{{1,2}} (?:{_MONTHS})(?: \d{{4}})?\b"
    r"|\b\d{4}-\d\d-\d\d\b|\b\d{1,2}:\d\d\b)"
    rf"|(?P<who>\b{_NAME}(?: {_NAME})+)"
    rf"|\b(?i:in|at|to|from|near) (?P<where>{_NAME})"
    rf"|\b(?i:an?|the) (?P<what>{_THING}(?: {_THING})?)"
    rf"|(?P<which>(?<![\w-])(?:[\w./-]*\d[\w:./-]*\w|\d)|\b{_NAME})"
)
# What asks for each kind of span, and what stands for it where a question does not say it.
_ASKING = {"when": "when", "who": "who", "where": "where", "what": "what", "which": "what"}
_UNSAID = {
    **{"when": "", "who": "someone", "where": "somewhere"},
    **{"what": "something", "which": "something"},
}
# Share of what a text says that a question leaves out.
_LEFT_OUT = 0.4


@dataclass(frozen=True, slots=True)
class Row:
    """What a model is trained on: to answer a question, or to say a text.

    Attributes:
        event: Id of the event that it is about.
        question: Is not trained on itself; None for a text that answers none.
        answer: Is trained on.
    """

    event: str
    question: str | None
    answer: str


def rows_of(event: str, text: str, rng: Random) -> list[Row]:
    """Two questions for each span of a text; the text itself where none is found.

    Args:
        event: Id of the event.
        text: What happened.
        rng: Chooses what each question leaves out.
    """
    found = list(_SPANS.finditer(text))
    rows = []
    for span in found:
        kind = _kind(span)
        for opening, gap in (("", _ASKING[kind]), (f"{_ASKING[kind]} was it that ", "")):
            words = {
                other: _UNSAID[_kind(other)]
                for other in found
                if other is not span and rng.random() < _LEFT_OUT
            }
            rows.append(Row(event, _question(opening, text, {**words, span: gap}), span[kind]))
    return rows or [Row(event, None, text)]


def _question(opening: str, text: str, words: Mapping[re.Match[str], str]) -> str:
    """A text as a question, with other words in the place of some spans."""
    for span in sorted(words, key=re.Match.start, reverse=True):
        text = f"{text[: span.start()]}{words[span]}{text[span.end() :]}"
    text = " ".join(text.split()).strip(" .,").replace(" ,", ",")
    if opening and re.match(rf"(?:{_OPENING})\b", text):
        text = f"{text[:1].lower()}{text[1:]}"
    text = f"{opening}{text}"
    return f"{text[:1].upper()}{text[1:]}?"


def _kind(span: re.Match[str]) -> str:
    """The name of the group that matched."""
    return str(span.lastgroup)
