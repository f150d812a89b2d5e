"""What a final answer asserts of the values that a question is about.

>>> doc = {"answers": ["Oslo"], "prior_answers": ["Lima"], "cues": ["Norway"]}
>>> reading = read_answer(reference_of(doc), "Norway's capital used to be Lima; it is now Oslo.")
>>> [value.text for value in reading.right], reading.rivals
(['Oslo'], set())
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from hei_nw_tasks.scoring import claims
from hei_nw_tasks.scoring.claim_patterns import GIVEN, OTHER, VALUE
from hei_nw_tasks.scoring.mentions import Mention, find_mentions, values_of
from hei_nw_tasks.scoring.neighbours import Surroundings, is_whole
from hei_nw_tasks.scoring.number_words import with_digits
from hei_nw_tasks.scoring.text import split_list
from hei_nw_tasks.scoring.values import ATOM, Value, fold, without_thousands

Doc: TypeAlias = Mapping[str, Any]

RIVALS = ("prior_answers", "distractor_answers", "other_answers")
# Columns of a row that an answer is judged by.
READ = ("query", "query_kind", "cues", "asked_slot", "answers", *RIVALS)
_RECEIVER = re.compile(
    r"\b(?:to (?:whom|which person)|wh(?:o|ich person|ich people) (?:was it that )?(?:got"
    r"|was given|was handed|"
    r"received|collected|picked up)|person who (?:got|was given|was handed|received|collected))\b",
    re.IGNORECASE,
)
_YEAR = re.compile(r"1\d{3}|20\d{2}|2100")


@dataclass(frozen=True, slots=True)
class Reference:
    """What the answers to a question are judged by.

    Attributes:
        golds: The values of each accepted answer; more than one value only for a list.
        rivals: The wrong values of the log, by the first column that has them.
        given: Values that the question gave.
        around: What is known about words beside a value.
        is_list: Whether all of several values are asked for.
        about_past: Whether the question is about how things were before a date.
        of_receiver: Whether the question asks who got something.
        by_year: Whether a date names an answer by its year.
    """

    golds: list[set[Value]]
    rivals: dict[Value, str]
    given: set[Value]
    around: Surroundings
    is_list: bool
    about_past: bool
    of_receiver: bool
    by_year: bool

    @property
    def right(self) -> set[Value]:
        """The values of all accepted answers."""
        return set().union(*self.golds)


@dataclass(frozen=True, slots=True)
class Reading:
    """What a final answer asserts.

    Attributes:
        right: Values of accepted answers.
        rivals: Wrong values of the log.
        spoilt: Whether it offers an alternative, a further name or an open end.
        line: The folded text with one character for each value, see `claims`: `VALUE` where it is
            asserted or in question, `GIVEN` where it is neither or the question gave it.
    """

    right: set[Value]
    rivals: set[Value]
    spoilt: bool
    line: str


def read_answer(reference: Reference, text: str) -> Reading:
    """What the text of a final answer asserts."""
    golds = reference.right
    known = golds | reference.rivals.keys() | reference.given
    text = fold(text)
    if any(value.kind in ("number", "quantity") for value in known):
        text = without_thousands(with_digits(text))
    if text.isupper():
        text = text.lower()
    mentions = find_mentions(text, known, years_in_dates=reference.by_year)
    if any(m.value in golds and text[m.start].isupper() for m in mentions):
        # Beside "Oslo", the word "nice" is not the city of Nice.
        mentions = [m for m in mentions if m.value in golds or not _is_plain_word(text, m)]
    taken = {place for m in mentions for place in (m.start, m.end)}
    pieces, values, end = list[str](), list[Value](), 0
    for mention in mentions:
        value, named = mention.value, text[mention.start : mention.end]
        if value is None:
            named = OTHER
        elif value in golds and not is_whole(text, mention, taken, reference.around):
            pass  # part of a longer name: another value
        elif value in golds or value in reference.rivals:
            named = VALUE
            values.append(value)
        else:
            named = GIVEN
        pieces += (text[end : mention.start], named)
        end = mention.end
    line = "".join([*pieces, text[end:]])
    stances = claims.stances(
        line, about_past=reference.about_past, of_receiver=reference.of_receiver
    )
    pairs = zip(values, stances, strict=True)
    named_values = {value for value, stance in pairs if stance == "asserted"}
    return Reading(
        right=named_values & golds,
        rivals=named_values - golds,
        spoilt=bool(values)
        and (
            claims.is_hedged(line)
            or claims.names_another(line, reference.around.asked)
            or (reference.is_list and claims.is_open(line, reference.around.asked))
        ),
        line=_without_dropped(line, stances),
    )


def reference_of(doc: Doc) -> Reference:
    """What the answers to a question are judged by, of the columns that its row has."""
    answers = [str(answer) for answer in doc.get("answers") or ()]
    golds = [values_of(split_list(a) if is_list(doc) else [a]) for a in answers]
    right = set().union(*golds)
    cues = [str(cue) for cue in doc.get("cues") or ()]
    question = fold(" ".join([str(doc.get("query") or ""), *cues]))
    rivals: dict[Value, str] = {}
    for column in RIVALS:
        for value in values_of(doc.get(column) or ()) - right:
            rivals.setdefault(value, column)
    given = values_of(cues) - right
    given |= {m.value for m in find_mentions(question, rivals.keys()) if m.value}
    rivals = {value: column for value, column in rivals.items() if value not in given}
    slot = str(doc.get("asked_slot") or "year")
    return Reference(
        golds=[values for values in golds if values],
        rivals=rivals,
        given=given,
        around=Surroundings(
            asked=_words([question]),
            logged=_words(value.text for value in rivals) - _words(map(fold, answers)),
            first_names=_first_names(answers),
        ),
        is_list=is_list(doc),
        about_past=doc.get("query_kind") == "before",
        of_receiver=bool(_RECEIVER.search(question)),
        by_year="year" in slot and all(_YEAR.fullmatch(value.text) for value in right),
    )


def is_list(doc: Doc) -> bool:
    """Whether the question asks for all of several values."""
    return doc.get("query_kind") == "list"


def _is_plain_word(text: str, mention: Mention) -> bool:
    value = mention.value
    return bool(
        value and value.kind == "name" and len(value.key) == 2
        and value.is_proper and text[mention.start : mention.end].islower()
    )  # fmt: skip


def _without_dropped(line: str, stances: list[claims.Stance]) -> str:
    rest = iter(stances)
    return re.sub(VALUE, lambda _: GIVEN if next(rest) == "dropped" else VALUE, line)


def _first_names(answers: list[str]) -> set[str]:
    """First names of those whose surname alone is an accepted answer too."""
    names = [fold(answer).lower() for answer in answers if answer[:1].isupper()]
    return {
        name.split()[0].rstrip(".")
        for name in names
        if any(name.endswith(" " + surname) for surname in names if surname != name)
    }


def _words(texts: Iterable[str]) -> set[str]:
    return {word[0].casefold() for text in texts for word in ATOM.finditer(text)}
