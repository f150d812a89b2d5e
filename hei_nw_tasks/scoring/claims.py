"""Which of the values that a text mentions it asserts.

* denied: "not Lima", "neither Lima nor Rome", "Lima is not …", "I don't think it is Lima"; up to
  the end of the clause, or "but", "instead", "rather".
* past: "formerly Lima", "used to be Lima", "changed from Lima to Oslo", "Lima until 2019",
  "it was Lima and is now Oslo". Of a question about the past ("Before 10 August, …"), it is the
  present that is set aside instead: "Lima, and since then Oslo".
* contrasted: "whereas Lima …", "unlike Lima".
* questioned: "Lima? I am not sure."

Past and contrasted values are set aside only where another value is asserted: "It was originally
composed by Satie" asserts Satie. The patterns read a text in which every value that matters is one
character, `VALUE`.
"""

from __future__ import annotations

import re
from collections.abc import Set
from typing import Final, Literal

from hei_nw_tasks.scoring.english import ends_a_name
from hei_nw_tasks.scoring.values import ARTICLES, ATOM

Stance = Literal["asserted", "questioned", "dropped"]

VALUE: Final = "\ue000"  # stands for a value that is looked for
GIVEN: Final = "\ue001"  # … that the question gave
OTHER: Final = "\ue002"  # … for another time or number

_I = re.IGNORECASE
_QUOTE = r"[\"')*]{0,2}"
_GAP = rf"[^{VALUE}.;:!?\n]{{0,60}}?"
_TO_VALUE = _GAP + VALUE
_CHANGE = r"(?:chang|mov|updat|switch|renam|correct|amend)"

_CLAUSE_END = re.compile(
    r"[!?;()\n—]|[.,:](?!\d)| - |\b(?:but|instead(?! of)|however|rather(?! than)|so|because|which|who"
    r"|that is|whereas|while)\b",
    _I,
)
_NO_NEGATION = re.compile(
    r"\b(?:not (?:only|just)|(?:none|no|not) other than|nothing but|no doubt|(?:not|n't) (?:until|before)"
    r"|(?:do|does|did|could|can) ?(?:not|n't) (?:forget|doubt))\b",
    _I,
)
_NEGATION = re.compile(
    r"\b(?:not|never|neither|nor|cannot|no longer|rule[sd]? out|incorrect|wrong|excluding|except"
    r"|other than)\b|n't\b",
    _I,
)
# Behind a value: "Lima is not the capital", "Lima did not", "Lima is wrong".
_DENIED_BEHIND = re.compile(
    VALUE
    + _QUOTE
    + r" (?:(?:is|was|are|were|do|does|did|has|had|would|could|can)(?: ?n't| not| never)\b"
    r"(?! (?:only|just))|(?:is|was|would be) (?:wrong|incorrect|false|excluded|ruled out)\b)",
    _I,
)
_QUESTIONED = re.compile(VALUE + _QUOTE + r"\?(?=\s{0,9}\S)")

_PAST = (
    # "formerly Lima", "changed from Lima", "the old value was Lima", "replacing Lima"
    re.compile(
        r"\b(?:formerly|previously|used to (?:be|have|live|sit|run|use)|originally|initially|at first"
        r"|earlier|once|(?:replac|supersed)(?:ed|ing|es)(?! by| with)|instead of|rather than"
        rf"|in place of|as opposed to|{_CHANGE}(?:ed|ing|es)?(?: over)? from|had been|no longer"
        r"|not any ?more|(?:old|former|previous|prior|original|earlier|outdated|stale)(?: \w+){0,2}"
        r"|before (?:that|this|then),?|until (?:then|recently),?)\b" + _TO_VALUE,
        _I,
    ),
    re.compile(rf"\bfrom {VALUE}(?= (?:to|into)\b)", _I),
    # "Lima until 2019", "Lima, previously", "Lima was replaced"
    re.compile(
        VALUE + _QUOTE + r",? (?:\(?(?:before|until|till|up to)\b"
        r"|\(?(?:previously|formerly|originally|initially|at first|earlier|in the past|at the time"
        r"|back then)(?=[.,;)\n]|$| and\b| but\b| now\b)"
        r"|(?:which |and |but )?(?:was|has been|had been|got|is) (?:since |later |then |now )?(?:been )?"
        r"(?:replaced|superseded|changed|updated|overwritten|retired|removed|deleted|corrected"
        r"|amended|outdated|the (?:old|former|previous)))",
        _I,
    ),
    # "Lima was the capital before", "Lima was …, and now …"
    re.compile(
        rf"{VALUE}{_QUOTE} (?:was|were|had been)\b(?:[^{VALUE}.;!?\n]{{0,40}}\b(?:before|previously"
        rf"|formerly|earlier|until|at first|originally)\b|(?=[^{VALUE}]{{0,80}}\b(?:now|currently)\b"
        rf"[^{VALUE}]{{0,40}}{VALUE}))",
        _I,
    ),
    re.compile(rf"{VALUE}(?=\s?(?:->|→|=>)\s?[^{VALUE}\n]{{0,9}}{VALUE})"),
    # "It was Lima and is now Oslo"
    re.compile(
        rf"\b(?:was|were|had)\b[^{VALUE}.;!?\n]{{0,60}}{VALUE}(?=[^{VALUE}]{{0,80}}\b(?:now|currently"
        r"|today|since|is|then (?:changed|became|moved)|(?:changed|updated) to|(?:was|has been|later)"
        rf" (?:changed|updated|moved|corrected|amended|set))\b[^{VALUE}]{{0,60}}{VALUE})",
        _I,
    ),
)
_PRESENT = (
    re.compile(
        r"\b(?:now|currently|today|since (?:then|that)|from then on|after(?:wards| that)|later|is"
        rf"|became|{_CHANGE}ed(?: \w+)? to|replaced (?:by|with)|superseded by)\b" + _TO_VALUE,
        _I,
    ),
    re.compile(
        VALUE + _QUOTE + r" (?:now|since|currently|today|after(?:wards)?|from then on)\b", _I
    ),
    re.compile(rf"(?:->|→|=>)\s?{VALUE}"),
)
_CONTRAST = re.compile(
    r"\b(?:whereas|unlike|while|contrary to|in contrast to|as distinct from|compared (?:to|with)"
    r"|not to be confused with|confus(?:ed|ing) with)\b" + _TO_VALUE,
    _I,
)
# Not the receiver: "collected from Mia", "Mia handed it to …".
_GIVER = (
    re.compile(rf"\bfrom {VALUE}", _I),
    re.compile(
        rf"{VALUE} (?:had |has )?(?:handed|gave|given|passed|delivered|sent|brought)\b"
        rf"[^{VALUE}.;!?\n]{{0,60}}\bto (?!(?:the|a|an|some)\b(?! (?:person|man|woman)))",
        _I,
    ),
)
_LEADING = r"(?:(?:in|at|by|the|a|an|possibly|maybe|perhaps|with|on) ){0,2}[\"']?"
_HEDGED = (
    # "K3-15 or Lima"; not "16:44 or 4:44 PM", which are one value twice
    re.compile(
        rf"{VALUE}[\"')*.]{{0,3}},? (?:and/)?or\b(?!\W{{0,3}}(?:\w+ ){{0,2}}{VALUE})"
        r"(?! (?:rather|so|thereabouts)\b)",
        _I,
    ),
    # "Lima or K3-15"
    re.compile(rf"(?<!{VALUE})(?<!{VALUE}[\"',])(?<!{VALUE}, ) or {_LEADING}{VALUE}", _I),
    # "K3-15, but it could be another one"
    re.compile(
        rf"{VALUE}[^{VALUE}\n]{{0,80}}\b(?:or|(?:could|might|may)(?: also)? be|perhaps|possibly)"
        r" (?:it (?:is|was) )?(?:some(?:one|thing|where) else|another|a different|other)\b",
        _I,
    ),
    # "10:02 to 10:05"
    re.compile(rf"{VALUE}(?:\s?[-/&]\s?| (?:and|or|to|until) ){OTHER}", _I),
    re.compile(rf"{OTHER}(?:\s?[-/&]\s?| (?:and|or|to|until) ){VALUE}", _I),
)
# "a man named Alex"
_NAMED = re.compile(r"\b(?:named|called|by the name of) [\"'(]?(?P<name>[A-Z][\w'-]+)")
# "Viola Macready and John Smith": another name of the same shape, which the log does not have.
_ANOTHER_NAME = re.compile(
    rf"{VALUE}{_QUOTE},? (?:and|&) (?:the |a |an |in |at |by |on )?[\"']?"
    r"(?P<name>[A-Z][\w'-]+(?: [A-Z][\w'-]+){0,2})"
    r"(?=[\"')*]{0,2}(?:[.,;!?\n)]|$| (?:are|were|both|did|have|had)\b))"
)
_OPEN_END = re.compile(
    r"\b(?:and|plus|along with|as well as)\b[^.;\n]{0,20}\b(?:others?|more|(?:\d+|many|several|some"
    r"|few|two|three) (?:other|more|further|additional)|everyone else|so on|so forth|the rest)\b"
    r"|\b(?:etc|et al|among(?:st)? others|inter alia|to name a few)\b|\.\.\.\s{0,9}$",
    _I,
)
_SEPARATOR = re.compile(r"[,;&\n/]|\band\b", _I)


def stances(marked: str, *, about_past: bool = False, of_receiver: bool = False) -> list[Stance]:
    """What a text does with each `VALUE`, in order.

    Args:
        marked: A text whose values are marks.
        about_past: Whether the question is about how things were before.
        of_receiver: Whether the question asks who got something, so that who gave it is no answer.
    """
    places = [found.start() for found in re.finditer(VALUE, marked)]
    if not places:
        return []
    denied, questioned = _denied(marked), _hits(marked, (_QUESTIONED,))
    if of_receiver:
        denied |= _hits(marked, _GIVER)
    left = [place for place in places if place not in denied | questioned]
    aside = _hits(marked, (*(_PRESENT if about_past else _PAST), _CONTRAST))
    if any(place not in aside for place in left):
        left = [place for place in left if place not in aside]
    kept = set(left)
    return [
        "asserted" if place in kept else "questioned" if place in questioned - denied else "dropped"
        for place in places
    ]


def is_hedged(marked: str) -> bool:
    """Whether a value is offered beside an alternative: "K3-15 or K3-16", "10:02 to 10:05"."""
    return any(pattern.search(marked) for pattern in _HEDGED)


def names_another(marked: str, asked: Set[str]) -> bool:
    """Whether a name that the question does not have stands beside a value as a second answer."""
    return any(
        not all(word.casefold() in asked for word in ATOM.findall(found["name"]))
        for pattern in (_ANOTHER_NAME, _NAMED)
        for found in pattern.finditer(marked)
    )


def is_open(marked: str, asked: Set[str]) -> bool:
    """Whether a list claims more values than those that are looked for.

    "…and 16 other people", "etc.", or an item that is no known value.
    """
    return bool(_OPEN_END.search(marked)) or any(
        _is_item(item, asked)
        for item in _SEPARATOR.split(marked)
        if VALUE not in item and GIVEN not in item
    )


def _is_item(text: str, asked: Set[str]) -> bool:
    words = ATOM.findall(text)
    return (
        1 <= len([word for word in words if word.lower() not in ARTICLES]) <= 3
        and not text.rstrip().endswith(":")
        and not any(ends_a_name(word) and word.lower() not in ARTICLES for word in words)
        and not any(word.casefold() in asked or word.isdigit() for word in words)
    )


def _denied(marked: str) -> set[int]:
    """Places of values in the scope of a negation."""
    places, start = set[int](), 0
    ends = [*((end.start(), end.end()) for end in _CLAUSE_END.finditer(marked)), (len(marked),) * 2]
    for end, following in ends:
        clause = _NO_NEGATION.sub(lambda found: " " * len(found[0]), marked[start:end])
        if negation := _NEGATION.search(clause):
            places.update(
                start + found.start() for found in re.finditer(VALUE, clause) if found.start() > negation.start()
            )  # fmt: skip
        start = following
    return places | _hits(marked, (_DENIED_BEHIND,))


def _hits(marked: str, patterns: tuple[re.Pattern[str], ...]) -> set[int]:
    """Places of the first value in each match of the patterns."""
    return {
        found.start() + found[0].index(VALUE)
        for pattern in patterns
        for found in pattern.finditer(marked)
    }
