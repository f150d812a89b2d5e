r"""From a raw response to its final answer.

A response passes these steps, in this order:

1. Reasoning goes (`reasoning.py`). A reasoning block that is never closed makes the response
   unfinished: what stands in it is no answer.
2. Chat markers go, and whatever follows the end of the turn. A completion model that goes on
   with another "Question:" is cut there; an echo of the question in front is skipped.
3. Markdown, HTML, LaTeX and JSON give way to the text that they dress up.
4. If the response reasons in the open and then concludes ("So the answer is …", "Wait, …",
   "Final answer: …", `\boxed{…}`), the conclusion is the answer. Comments after an answer
   ("Explanation: …", "I hope this helps!") are not part of it.
5. Lead-ins ("Sure!", "The answer is:") and quotation marks of any script are peeled off.

>>> final_answer("<think>Oslo? No.</think>**Final answer:** “Lima”.").text
'Lima'
>>> final_answer("<think>It might be Oslo").status
'unfinished'
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from hei_nw_tasks.scoring.markup import has_words, own_turn, without_markup
from hei_nw_tasks.scoring.reasoning import without_reasoning

Status = Literal["answered", "empty", "unfinished"]


@dataclass(frozen=True, slots=True)
class FinalAnswer:
    """What a response comes down to.

    Attributes:
        text: The answer without reasoning, markers, Markdown, lead-in and quotation marks.
        status: "answered"; "empty" without a letter or digit; "unfinished" inside reasoning.
    """

    text: str
    status: Status


_I = re.IGNORECASE
_SENTENCE_START = r"(?:^|[.!?。！？;\n…—][\"'”’)]{0,5}\s{0,9}|\s[-–]\s)"
_CONCLUSION = re.compile(
    rf"(?:{_SENTENCE_START}|, (?=(?:but|so|and|thus|therefore|hence),? (?:the"
    rf"|my) (?:\w+ )?answer (?:is|must)))"
    r"(?P<lead>"
    r"(?:so|therefore|thus|hence|consequently|accordingly|in conclusion|to conclude|in summary"
    r"|to sum up|in short|overall|ultimately|all in all)\b[,:]?"
    r"|(?:oh[, ]+)?(?:wait|actually|correction|scratch that|on second thoughts?|i mean|or rather"
    r"|let me correct (?:that|this|myself)|no,? (?=it|that)|my mistake|i was wrong"
    r"|i take that back)"
    r"\b[,:.!;]?"
    r"|(?:(?:so|and|but|therefore|thus|hence),? )?(?:my |the )?(?:final|correct|short|right)? ?"
    r"answer(?: to (?:the|this|that|your) question)?"
    r"(?: (?:is|would be|must be|should be)\b| ?[:：=]| [-–—] )[:：]?"
    r")\s*",
    _I,
)
_BLANK_LINES = re.compile(r"\n{3,}")
_ROUNDS = 4  # "**Answer:** “…”" in a code block is dressed up several times
_CONCLUSIONS = 8  # how many of the last ones are looked at
_COMMENT = re.compile(
    r"(?:\n|(?<=[.!?])\s)\s{0,9}(?:"
    r"(?:explanation|reason(?:ing)?|rationale|justification|note|source|evidence|context|confidence"
    r"|details?|step[- ]by[- ]step|analysis|references?|p\.?s\.?)\s*[:：]"
    r"|(?:i )?hope (?:this|that) helps|let me know|please (?:let me know|feel free)|feel free to"
    r"|(?:is there|do you have|would you like|can i help|if you (?:have|need|want|would like)"
    r"|how can i)"
    r"\b)",
    _I,
)
_LEAD_IN = re.compile(
    r"(?:(?:sure|certainly|of course|absolutely|okay|ok|alright|yes|great question|good question"
    r"|right|well|hello|hi|hmm+|understood|indeed|no problem|thank you|thanks|got it)"
    r"(?: thing)?(?:\s*[!,.:;—–-]+|(?=\n))"
    r"|(?:here(?:'s| is| are)|below is) (?:the|your|my) (?:requested )?(?:answers?|response|value"
    r"|list)"
    r"(?: (?:to|for) [^:\n]{1,200})?\s*[:：.]"
    r"|(?:(?:my|the|a) )?(?:final |correct |short |direct |best )?(?:answers?|response|output"
    r"|value|reply|result)"
    r"(?: (?:to|for) [^:\n]{1,300}?)?(?:\s+(?:is|are|would be|must be|should be)\b\s*[:：]?(?=\s)"
    r"|\s*[:：=]|\s+[-–—](?=\s))"
    r"|(?:based on|according to|as per|per|from) (?:the|my|this|your|what) [^,:;.\n]{1,120}[,:]"
    r"|(?:to answer (?:the|your|this) question)\s*[,:]"
    r"|a\s{0,9}[:：](?=\s)|[:：=>→]|[-–—](?=\s))\s*",
    _I,
)
_QUOTES = "\"'`´‘’‚‛“”„‟«»‹›「」『』《》〈〉〝〞〟＂＇「」【】"
_ENDS = _QUOTES + " \t\r\n\v\f\u00a0\u200b\ufeff*_|{}"


@lru_cache(maxsize=256)  # the metrics of one response all ask for it
def final_answer(response: str | None) -> FinalAnswer:
    """The final answer of a response; the module docstring has the rules."""
    text = str(response or "")
    for _ in range(_ROUNDS):
        inner, finished = without_reasoning(text)
        if not finished:
            return FinalAnswer("", "unfinished")
        inner = _BLANK_LINES.sub("\n\n", inner)
        inner = _peeled(_without_comments(_conclusion(without_markup(own_turn(inner)))))
        if inner == text:
            break
        text = inner
    return FinalAnswer(text, "answered" if has_words(text) else "empty")


def is_lead_in(line: str) -> bool:
    """Whether a line only leads in to an answer: "The answer is:", "Sure!".

    >>> is_lead_in("**The answer is:**"), is_lead_in("The answer is: Lima")
    (True, False)
    """
    # Behind a lead-in stands white space, or a line end.
    return bool(_LEAD_IN.fullmatch(f"{without_markup(line).strip(_ENDS)}\n"))


def _conclusion(text: str) -> str:
    """What follows the last marker of a conclusion that something follows; else all."""
    for marker in reversed(list(_CONCLUSION.finditer(text))[-_CONCLUSIONS:]):
        rest = text[marker.end("lead") :]
        if has_words(_without_comments(rest)) and not _is_remark(rest):
            return rest
    return text


_REMARK = re.compile(
    r"\s{0,20}(?:there you (?:have|go)|i hope|i think that|that is (?:it|all)|let me|hopefully)", _I
)


def _is_remark(text: str) -> bool:
    return bool(_REMARK.match(text))


def _without_comments(text: str) -> str:
    """The text up to the first comment that has an answer in front of it."""
    for comment in _COMMENT.finditer(text):
        if has_words(text[: comment.start()]):
            return text[: comment.start()]
    return text


def _peeled(text: str) -> str:
    """Without lead-ins and quotation marks around it."""
    start, text = 0, text.strip(_ENDS)
    while lead_in := _LEAD_IN.match(text, start):
        if lead_in.end() == start or not has_words(text[lead_in.end() : lead_in.end() + 2000]):
            break
        start = lead_in.end()
        while start < len(text) and text[start] in _ENDS:
            start += 1
    text = text[start:].strip(_ENDS)
    if text.endswith((".", "。", "!", ",", ";")) and text[:-1].rstrip(_ENDS) != text[:-1]:
        text = text[:-1].strip(_ENDS)  # a full stop outside the quotation marks
    return unicodedata.normalize("NFC", text)
