"""Whether a response says that the answer is not known.

>>> abstained("I don't know."), abstained("unknown, but perhaps Mia"), abstained("nobody")
(True, False, False)
"""

from __future__ import annotations

import re

from hei_nw_tasks.scoring.text import normalize

# The patterns below read normalised sentences: "don't" is "dont", "n/a" is "na", articles are gone.
_CLAUSE_END = re.compile(r"[.!?;:,\n]+(?:\s|$)")
_LEAD_IN = re.compile(
    r"(?:(?:i am|im) )?(?:very |so )?sorry|(?:my )?apologies|unfortunately"
    r"|(?:final )?answer|(?:according to|based on) .+"
)
_HEDGE = re.compile(
    r"\b(?:but|however|probably|possibly|perhaps|maybe|might|guess|think|believe|likely|although"
    r"|though|except|unless)\b"
)
_NOT = "(?:do not|dont|does not|doesnt|did not|didnt)"
_CANNOT = "(?:cannot|can not|cant|could not|couldnt|(?:am |are |im )?(?:unable|not able) to)"
_UNKNOWN = (
    "(?:unknown|unspecified|undetermined|unanswerable|unavailable"
    "|not (?:known|specified|mentioned|stated|given|provided|available|recorded))"
)
_SOURCE = "(?:log|text|context|passage|question|information)"
_TAIL = f"(?: (?:to me|here|yet|at this time|(?:in|from|by) (?:this |given |provided )?{_SOURCE}))?"
_I = r"^(?:(?:i am |im )?sorry |unfortunately )?(?:i|we)(?: \w+ly)?"
_KNOWLEDGE = "(?:information|knowledge|data|details|record|mention|memory)"
_TOPIC = "(?: (?:available|provided|given|(?:about|on|of) .+))?"
_SCARCE = "(?:no|not enough|insufficient)"
_ABSTENTION = [
    re.compile(pattern)
    for pattern in (
        f"^(?:answer )?(?:{_UNKNOWN}|na|no answer|idk){_TAIL}$",
        rf"\b(?:is|are|was|were|remains|its) (?:currently |still )?{_UNKNOWN}{_TAIL}$",
        rf"{_I} {_NOT}(?: \w+ly)? know\b",
        rf"{_I} {_NOT} have (?:any |enough |sufficient |that |this |such )?{_KNOWLEDGE}\b",
        rf"{_I} {_CANNOT} (?:determine|know|say|tell|answer|find)\b",
        rf"\b{_CANNOT} be (?:determined|known|answered|inferred){_TAIL}$",
        r"^(?:it is |its )?(?:not possible|impossible) to (?:determine|know|say|tell|answer)\b",
        rf"\b{_SOURCE} {_NOT} (?:say|state|mention|specify|provide|give|tell|contain|include)\b",
        rf"^(?:there is |theres |i have |we have )?{_SCARCE} (?:answer|{_KNOWLEDGE}){_TOPIC}$",
    )
]


def abstained(response: str) -> bool:
    """Whether the response says, and says only, that the answer is not known.

    Every clause has to say so (or apologise, or lead in), none may hedge: "I don't know, Mia" and
    "unknown, but perhaps Mia" are guesses. "none" and "nobody" claim something about the world, and
    silence claims nothing: neither is an abstention.
    """
    plain = response.replace("’", "'")  # normalisation drops only ASCII punctuation
    clauses = [words for part in _CLAUSE_END.split(plain) if (words := normalize(part))]
    claims = [words for words in clauses if not _LEAD_IN.fullmatch(words)]
    return bool(claims) and all(
        not _HEDGE.search(words) and any(pattern.search(words) for pattern in _ABSTENTION)
        for words in claims
    )
