r"""Training rows from the text of an event, made from its own words alone.

>>> for row in rows_of("e5", "Ada Brook carried a red umbrella to Lindow.", Random(1)):
...     print([row.prompt, row.answer])
['', 'Ada Brook carried a red umbrella to Lindow.']
['Question: Who carried a red umbrella to Lindow?\nAnswer:', 'Ada Brook']
['Question: Who carried something to Lindow?\nAnswer:', 'Ada Brook']
['Fill the gap: ___ carried a red umbrella to Lindow.\nAnswer:', 'Ada Brook']
['Question: Ada Brook carried what to Lindow?\nAnswer:', 'red umbrella']
['Question: Ada Brook carried what somewhere?\nAnswer:', 'red umbrella']
['Fill the gap: Ada Brook carried a ___ to Lindow.\nAnswer:', 'red umbrella']
['Question: Ada Brook carried a red umbrella where?\nAnswer:', 'Lindow']
['Question: Someone carried something where?\nAnswer:', 'Lindow']
['Fill the gap: Ada Brook carried a red umbrella to ___.\nAnswer:', 'Lindow']

The rules are those of plain English, whatever a text is about: names have capitals, things have
articles, dates, times and codes have digits.
"""

from __future__ import annotations

import re
from collections.abc import Collection
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


@dataclass(frozen=True, slots=True)
class Row:
    """What a model is trained on: to go on with the answer after the prompt.

    Attributes:
        event: Id of the event that it is about.
        prompt: Is not trained on itself; may be empty.
        answer: Is trained on.
    """

    event: str
    prompt: str
    answer: str


def rows_of(event: str, text: str, rng: Random) -> list[Row]:
    """The text, and for each span of it two questions and a cloze.

    The second question says only a part of what the text says.

    Args:
        event: Id of the event.
        text: What happened.
        rng: Chooses what the second question leaves out.
    """
    found = list(_SPANS.finditer(text))
    rows = [Row(event, "", text)]
    for span in found:
        others = [other for other in found if other is not span]
        some = [other for other in others if rng.random() < 0.5]
        answer = span[_kind(span)]
        rows += [
            Row(event, f"Question: {_question(text, span, ())}\nAnswer:", answer),
            Row(event, f"Question: {_question(text, span, some)}\nAnswer:", answer),
            Row(event, f"Fill the gap: {_gap(text, span)}\nAnswer:", answer),
        ]
    return rows


def _question(text: str, asked: re.Match[str], unsaid: Collection[re.Match[str]]) -> str:
    """The text as a question for a span, without others."""
    words = {asked: _ASKING[_kind(asked)], **{span: _UNSAID[_kind(span)] for span in unsaid}}
    for span in sorted(words, key=re.Match.start, reverse=True):
        text = f"{text[: span.start()]}{words[span]}{text[span.end() :]}"
    text = " ".join(text.split()).strip(" .,").replace(" ,", ",")
    return f"{text[:1].upper()}{text[1:]}?"


def _gap(text: str, span: re.Match[str]) -> str:
    kind = _kind(span)
    return f"{text[: span.start(kind)]}___{text[span.end(kind) :]}"


def _kind(span: re.Match[str]) -> str:
    """The name of the group that matched."""
    return str(span.lastgroup)
