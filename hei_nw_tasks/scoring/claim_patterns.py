"""How English denies a value, sets it aside, or offers it beside another; see `claims.py`.

The patterns read a text in which every value that matters is one character.
"""

from __future__ import annotations

import re
from typing import Final

VALUE: Final = "\ue000"  # stands for a value that is looked for
GIVEN: Final = "\ue001"  # … that the question gave
OTHER: Final = "\ue002"  # … for another time or number

_I = re.IGNORECASE
_QUOTE = r"[\"')*]{0,2}"
_GAP = rf"[^{VALUE}.;:!?\n]{{0,60}}?"
_TO_VALUE = _GAP + VALUE
_CHANGE = r"(?:chang|mov|updat|switch|renam|correct|amend)"

CLAUSE_END = re.compile(
    r"[!?;()\n—]|[.,:](?!\d)| - |\b(?:but|instead(?! of)|however|rather(?! than)|so|because|which"
    r"|who"
    r"|that is|whereas|while)\b",
    _I,
)
NO_NEGATION = re.compile(
    r"\b(?:not (?:only|just)|(?:none|no|not) other than|nothing but|no doubt|(?:not|n't) (?:until"
    r"|before)"
    r"|(?:do|does|did|could|can) ?(?:not|n't) (?:forget|doubt))\b",
    _I,
)
NEGATION = re.compile(
    r"\b(?:not|never|neither|nor|cannot|no longer|unlikely|doubt(?:s|ful)?|rule[sd]? out"
    r"|incorrect|wrong|excluding|except"
    r"|other than)\b|n't\b",
    _I,
)
# Behind a value: "Lima is not the capital", "Lima did not", "Lima is wrong".
DENIED_BEHIND = re.compile(
    VALUE
    + _QUOTE
    + r" (?:(?:is|was|are|were|do|does|did|has|had|would|could|can)(?: ?n't| not| never)\b"
    r"(?! (?:only|just))|(?:is|was|would be) (?:wrong|incorrect|false|excluded|ruled out)\b)",
    _I,
)
QUESTIONED = re.compile(VALUE + _QUOTE + r"\?(?=\s{0,9}\S)")

PAST = (
    # "formerly Lima", "changed from Lima", "the old value was Lima", "replacing Lima"
    re.compile(
        r"\b(?:formerly|previously|used to (?:be|have|live|sit|run|use)|originally|initially"
        r"|at first"
        r"|earlier|once|(?:replac|supersed)(?:ed|ing|es)(?! by| with)|instead of|rather than"
        rf"|in place of|as opposed to|{_CHANGE}(?:ed|ing|es)?(?: over)? from|had been|no longer"
        r"|not any ?more|(?:old|former|previous|prior|original|earlier|outdated|stale)(?: \w+){0,2}"
        r"|before (?:that|this|then),?|until (?:then|recently),?)\b" + _TO_VALUE,
        _I,
    ),
    re.compile(rf"\bfrom {VALUE}(?= (?:to|into)\b)|(?<={VALUE}) from {VALUE}", _I),
    re.compile(rf"\((?:it |which )?(?:was|were|had been) {VALUE}", _I),
    # "Lima until 2019", "Lima, previously", "Lima was replaced"
    re.compile(
        VALUE + _QUOTE + r",? (?:\(?(?:before|until|till|up to)\b"
        r"|\(?(?:previously|formerly|originally|initially|at first|earlier|in the past|at the time"
        r"|back then)(?=[.,;)\n]|$| and\b| but\b| now\b)"
        r"|(?:which |and |but )?(?:was|has been|had been|got|is) (?:since |later |then "
        r"|now )?(?:been )?"
        r"(?:replaced|superseded|changed|updated|overwritten|retired|removed|deleted|corrected"
        r"|amended|outdated|the (?:old|former|previous)))",
        _I,
    ),
    # "Lima was the capital before", "Lima was …, and now …"
    re.compile(
        rf"{VALUE}{_QUOTE} (?:was|were|had been)\b(?:[^{VALUE}.;!?\n]{{0,40}}\b(?:before|previously"
        rf"|formerly|earlier|until|at first|originally)\b|(?=[^{VALUE}]{{0,80}}\b(?:now"
        rf"|currently)\b"
        rf"[^{VALUE}]{{0,40}}{VALUE}))",
        _I,
    ),
    re.compile(rf"{VALUE}(?=\s?(?:->|→|=>)\s?[^{VALUE}\n]{{0,9}}{VALUE})"),
    # "It was Lima and is now Oslo"
    re.compile(
        rf"\b(?:was|were|had)\b[^{VALUE}.;!?\n]{{0,60}}{VALUE}(?=[^{VALUE}]{{0,80}}\b(?:now"
        rf"|currently"
        r"|today|since|is|then (?:changed|became|moved)|(?:changed|updated) to|(?:was|has been"
        r"|later)"
        rf" (?:changed|updated|moved|corrected|amended|set))\b[^{VALUE}]{{0,60}}{VALUE})",
        _I,
    ),
)
PRESENT = (
    re.compile(
        r"\b(?:now|currently|today|since (?:then|that)|from then on|after(?:wards| that)|later"
        rf"|(?:and|but|which|,) (?:it )?is|became|{_CHANGE}ed(?: \w+)? to|replaced (?:by|with)"
        rf"|superseded by)\b" + _TO_VALUE,
        _I,
    ),
    re.compile(
        VALUE + _QUOTE + r" (?:now|since|currently|today|after(?:wards)?|from then on)\b", _I
    ),
    re.compile(rf"(?:->|→|=>)\s?{VALUE}"),
)
CONTRAST = re.compile(
    r"\b(?:whereas|unlike|while|contrary to|in contrast to|as distinct from|compared (?:to|with)"
    r"|not to be confused with|confus(?:ed|ing) with)\b" + _TO_VALUE,
    _I,
)
# Not the receiver: "collected from Mia", "Mia handed it to …".
GIVER = (
    re.compile(rf"\bfrom {VALUE}|\bto \w[^{VALUE}.;\n]{{0,40}}\bby {VALUE}", _I),
    re.compile(
        rf"{VALUE} (?:had |has )?(?:handed|gave|given|passed|delivered|sent|brought)\b"
        rf"[^{VALUE}.;!?\n]{{0,60}}\bto (?!(?:the|a|an|some)\b(?! (?:person|man|woman)))",
        _I,
    ),
)
_LEADING = r"(?:(?:in|at|by|the|a|an|possibly|maybe|perhaps|with|on) ){0,2}[\"']?"
HEDGED = (
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
NAMED = re.compile(r"\b(?:named|called|by the name of) [\"'(]?(?P<name>[A-Z][\w'-]+)")
# "Viola Macready and John Smith": another name of the same shape, which the log does not have.
ANOTHER_NAME = re.compile(
    rf"{VALUE}{_QUOTE},? (?:and|&) (?:the |a |an |in |at |by |on )?[\"']?"
    r"(?P<name>[A-Z][\w'-]+(?: [A-Z][\w'-]+){0,2})"
    r"(?=[\"')*]{0,2}(?:[.,;!?\n)]|$| (?:are|were|both|did|have|had)\b))"
)
OPEN_END = re.compile(
    r"\b(?:and|plus|along with|as well as)\b[^.;\n]{0,20}\b(?:others?|more|(?:\d+|many|several|some"
    r"|few|two|three) (?:other|more|further|additional)|everyone else|so on|so forth|the rest)\b"
    r"|\b(?:etc|et al|among(?:st)? others|inter alia|to name a few)\b|\.\.\.\s{0,9}$"
    rf"|{VALUE} or {VALUE}",
    _I,
)
SEPARATOR = re.compile(r"[,;&\n/]|\band\b", _I)
