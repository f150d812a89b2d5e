"""Whether a mention is the whole of what a text names, or part of a longer name.

* A proper name ("Viola Macready", "Hollinford") is longer where a capitalised word stands directly
  beside it: "Anna Viola Macready", "Hollinford Hall", "Hollinford 9". Titles ("Sir"), words of the
  question, dates and words that no name has ("In", "On") do not count; nor do first names and
  initials in front of a surname that alone is an accepted answer ("F. Brunelleschi").
* A thing ("maroon fan", "rand") is longer where a noun follows ("maroon fan heater"), or a word of
  another value of the log, or a foreign origin, leads ("Swiss rand").
* A number is longer with "million" or the like behind it; a code, with another code behind it.
"""

from __future__ import annotations

import re
from collections.abc import Set
from dataclasses import dataclass

from hei_nw_tasks.scoring.clock import DATE, clock_times
from hei_nw_tasks.scoring.english import ends_a_name, introduces_a_name
from hei_nw_tasks.scoring.mentions import Mention

_NEXT = re.compile(r" ([^\W_][\w'.:/-]*)")
_BEFORE = re.compile(r"(?:(?:^|(?<=[^\w'.-]))[\w'.-]{1,30} ){1,3}$")
_WINDOW = 96  # characters on each side that are looked at
_PARTICLES = frozenset(
    (
        "von",
        "van",
        "de",
        "di",
        "da",
        "la",
        "du",
        "der",
        "den",
        "del",
        "bin",
        "ibn",
        "le",
        "y",
        "af",
        "av",
        "zu",
    )
)
_MULTIPLES = frozenset(
    (
        "hundred",
        "thousand",
        "million",
        "billion",
        "trillion",
        "percent",
        "dozen",
        "st",
        "nd",
        "rd",
        "th",
    )
)
_RELATIVE = re.compile(
    r"'s? (?:\w+ )?(?:brother|sister|father|mother|son|daughter|wife|husband|friend|cousin|uncle"
    r"|aunt"
    r"|assistant|neighbou?r|colleague|boss|twin|child|children|team|partner|nephew|niece)\b"
)
_PLACE = re.compile(r"[A-Z][a-z]{2}")  # "Harewell 420" is a code that begins with a name
_OPTION = re.compile(r"\(?[A-E][.)]?")


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the question and the log say about words beside a mention.

    Attributes:
        asked: Words of the question, which are part of no answer.
        logged: Words of other values of the log.
        first_names: Words that a fuller spelling of an accepted surname begins with.
    """

    asked: Set[str]
    logged: Set[str]
    first_names: Set[str]


def is_whole(text: str, mention: Mention, taken: Set[int], around: Surroundings) -> bool:
    """Whether a mention is not part of a longer name.

    Args:
        text: The folded text.
        mention: A mention with a value.
        taken: Where other mentions start and end; what stands there is a name of its own.
        around: What else is known about the words beside it.
    """
    value = mention.value
    if value is None or value.kind in ("clock", "quantity"):
        return True
    after = text[mention.end : mention.end + _WINDOW]
    before = text[max(0, mention.start - _WINDOW) : mention.start]
    following = _NEXT.match(after)
    if following and mention.end + 1 not in taken:
        word = following[1].rstrip(".':/-")
        if value.kind == "number":
            return word.lower() not in _MULTIPLES
        if value.kind == "code":
            if _is_code(word) and not _begins_a_moment(after):
                return False
        elif not _can_follow(word, after, value.is_proper, around):
            return False
    if _RELATIVE.match(after):
        return False
    if value.kind == "number" or mention.start - 1 in taken:
        return True
    if value.kind == "code" and not _PLACE.match(value.text):
        return True
    leading = _BEFORE.search(before)
    if not leading:
        return True
    words = leading[0].split()
    at_start = not re.search(
        r"[^\s\"'(*]",
        text[max(0, mention.start - len(leading[0]) - 40) : mention.start - len(leading[0])],
    )
    return _can_lead(words, at_start, value.is_proper, around)


def _can_follow(word: str, after: str, is_proper: bool, around: Surroundings) -> bool:
    if ends_a_name(word) or word.lower() in around.asked:
        return True
    if word[0].isdigit():
        return not is_proper or _begins_a_moment(after)
    if is_proper:
        return word[0].islower() and not (
            word in _PARTICLES
            and re.match(rf" {word} [^\W\d_]", after)
            and after[len(word) + 2].isupper()
        )
    return False


def _can_lead(words: list[str], at_start: bool, is_proper: bool, around: Surroundings) -> bool:
    last = words[-1]
    bare = re.sub(r"(?:'s|[.'])$", "", last)
    if introduces_a_name(bare) or bare.lower() in around.asked:
        return True
    if len(bare) == 1 and last != bare:  # an initial, or the letter of a choice
        at_start = at_start and len(words) == 1
        return (at_start and bool(_OPTION.fullmatch(last))) or any(
            name.startswith(bare.lower()) for name in around.first_names
        )
    if last != bare and last.endswith("."):
        return True  # a sentence ended
    names = around.first_names
    if any(word.lower().rstrip(".") in names or word[0].lower() in names for word in words):
        return True  # "P." also stands for "Pamela"
    if is_proper:
        return not bare[0].isupper()
    if bare[0].isupper():
        return any(len(word) > 3 and word[:3] == bare.lower()[:3] for word in around.asked)
    return bare.lower() not in around.logged


def _is_code(word: str) -> bool:
    return any(map(str.isdigit, word)) or (len(word) == 1 and word.isupper() and word not in "AI")


def _begins_a_moment(after: str) -> bool:
    """Whether a date or time stands directly behind the mention."""
    date = DATE.search(after)
    starts = [start for _, start, _ in clock_times(after, military=False)]
    return bool(date and date.start() <= 1) or any(start <= 1 for start in starts)
