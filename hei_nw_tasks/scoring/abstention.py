"""Whether a final answer says that the answer is not known, or that a value was deleted.

An answer is cut into clauses. It abstains if one of them says that the answer is not known
(`abstention_phrases.py`), and each of the others

* says so too, apologises, leads in or offers help ("Sorry", "As an AI", "Please give me more"),
* gives the reason ("as there is no record of it", "the log only mentions Mia"), or
* repeats the question.

A value outside a reason, a guess ("but perhaps Mia") or any other claim makes it an answer.
"none", "nobody" and "nothing" claim something about the world, and silence claims nothing:
neither is an abstention.

>>> says_unknown("I'm sorry, I don't know."), says_unknown("unknown, but perhaps Mia")
(True, False)
"""

from __future__ import annotations

import re
from collections.abc import Set

from hei_nw_tasks.scoring import abstention_phrases as phrases
from hei_nw_tasks.scoring.claim_patterns import GIVEN, OTHER, VALUE
from hei_nw_tasks.scoring.english import FUNCTION_WORDS
from hei_nw_tasks.scoring.values import ATOM, fold

_CLAUSE_END = re.compile(
    r"[.!?]+(?=\s|$|[\"')])|[;:,()\[\]\n—]|\s-+\s"
    r"|\b(?=but\b|however\b|though\b|although\b|yet it\b|because\b|since\b"
    r"|as (?:there|it|the|i|no|this|that|we|my)\b)",
    re.IGNORECASE,
)
_REPEATED = frozenset(("log", phrases.CUE))
_MAX_CLAUSES = 60  # who says more does more than abstain
_CONTRACTIONS = tuple(
    (re.compile(pattern), full)
    for pattern, full in (
        (r"\b(?:can't|cannot|cant|can not)\b", "can not"),
        (r"\bwon't\b", "will not"),
        (r"\b(do|does|did|is|are|was|were|has|have|had|could|would|should)n'?t\b", r"\1 not"),
        (r"\b(i)(?:'m|m)\b", r"\1 am"),
        (r"\b(i|we|you)'ve\b", r"\1 have"),
        (r"\b(we|you|they)'re\b", r"\1 are"),
        (r"\b(i|we|you)'d\b", r"\1 would"),
        (r"\b(it|that|there|what|who)'s\b", r"\1 is"),
        (r"\btheres\b", "there is"),
        (r"\bdunno\b", "do not know"),
    )
)


def says_unknown(line: str, asked: Set[str] = frozenset()) -> bool:
    """Whether an answer says, and says only, that the answer is not known.

    Args:
        line: A final answer; `claim_patterns.VALUE` in it stands for an asserted value of the log.
        asked: Words of the question.
    """
    clauses = _clauses(line)
    if len(clauses) > _MAX_CLAUSES:
        return False
    kinds = set[str]()
    for clause in clauses:
        kinds.add(_kind(clause, asked))
        if "claim" in kinds:
            return False
    return "unknown" in kinds


def says_unset(line: str) -> bool:
    """Whether an answer says that a value was deleted, and does not assert one.

    "It was 512 MB until it was removed" does; "It was not removed, it is 512 MB" does not.
    """
    plain = _plain(line)
    if not phrases.UNSET.search(plain):
        return False
    return VALUE not in phrases.LAPSED.sub(
        lambda found: found[0].replace(VALUE, phrases.CUE), plain
    )


def _plain(line: str) -> str:
    text = line if VALUE in line or GIVEN in line else fold(line)  # else it is folded already
    text = text.lower().replace(GIVEN, phrases.CUE)
    for pattern, full in _CONTRACTIONS:
        text = pattern.sub(full, text)
    return text


def _clauses(line: str) -> list[str]:
    parts = (" ".join(part.split()) for part in _CLAUSE_END.split(_plain(line)))
    return [part.strip("\"'*_ ") for part in parts if re.search(rf"\w|[{VALUE}{OTHER}]", part)]


def _kind(clause: str, asked: Set[str]) -> str:
    """What a clause does: "unknown", "neutral" or "claim"."""
    tells = phrases.SOURCE_REPORTS if VALUE in clause else phrases.SOURCE_TELLS
    reason = bool(phrases.REASON.match(clause) or tells.search(clause))
    if VALUE in clause and not reason:
        return "claim"
    unknown = any(pattern.search(clause) for pattern in phrases.UNKNOWN)
    if phrases.HEDGE.search(clause):
        return "unknown" if unknown and phrases.REFUSAL.search(clause) else "claim"
    if unknown:
        return "unknown"
    if reason or phrases.NEUTRAL.match(clause) or phrases.LEAD_IN.fullmatch(clause):
        return "neutral"
    words = [word.casefold() for word in ATOM.findall(clause)]
    repeats = all(
        word in asked or word in FUNCTION_WORDS or word in _REPEATED for word in words[1:]
    )
    if OTHER in clause or not repeats:
        return "claim"
    if words[:1] == ["unknown"]:  # "unknown receipt number"
        return "unknown"
    first = words[0] if words else "the"
    return "neutral" if first in asked or first in FUNCTION_WORDS | _REPEATED else "claim"
