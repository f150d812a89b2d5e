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

import html
import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

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
_TURN_END = re.compile(
    r"<\|(?:im_end|eot_id|eom_id|end|endoftext|end_of_text|end_of_turn|return|eot|eos)\|>"
    r"|<\|im_start\|>\s*user|<\|start_header_id\|>\s*user|<\|(?:user|END_OF_TURN_TOKEN)\|>"
    r"|<(?:end_of_turn|eos|EOT|end_of_utterance|eod)>|</s>|<｜end▁of▁sentence｜>"
)
_MARKER = re.compile(
    r"<\|[^|<>\n]{1,40}\|>|<｜[^｜<>\n]{1,40}｜>|<(?:s|bos|pad|unk|start_of_turn|begin_of_text)>"
    r"|<<SYS>>|\[/?INST\]"
)
_ROLE = re.compile(r"\s{0,20}(?:assistant|model|ai|bot|chatbot|gpt)\s*(?:[:：>]|\n)", _I)
_NEXT_QUESTION = re.compile(
    r"(?:^|\n)[ \t>*#]*(?:q(?:uestion)?(?:[ \t]*\d{1,3})?[*]*[:：]|(?:user|human|input|instruction)"
    r"[*]*[:：]|###[ \t]*(?:instruction|question|input|user|human))"
    r"|\s\bQuestion:(?=\s)",
    _I,
)
_ANSWER_LINE = re.compile(r"(?:^|\n)[ \t>*#]*(?:final[ \t]+)?answer[*]*[:：]", _I)

_ANSWER_TAG = re.compile(r"<(answer|final_answer|response|solution|output)>", _I)
_JSON_ANSWER = re.compile(
    r"\{\s*\"(?:final_?answer|answer|value|result|response|output)\"\s*:\s*"
    r"(?:\"((?:[^\"\\\n]|\\.){0,4000})\"|\[([^\]\n]{0,4000})\]|([\d.]{1,40}))",
    _I,
)
_BOXED = re.compile(r"\\(?:boxed|fbox)\s*\{")
_LATEX = re.compile(
    r"\\(?:text|mathrm|mathbf|textbf|textit|mathit|emph|operatorname)\s*\{([^{}]*)\}"
)
_TABLE_RULE = re.compile(r"^[ \t]*(?:\|[ \t]*)?:?-{2,}[-:| \t]*$", re.MULTILINE)
# Replaced one after the other.
_MARKDOWN = (
    (re.compile(r"```[ \t]*[\w+-]*[ \t]*(?=\n)|```|~~~"), "\n"),
    (re.compile(r"\[([^\[\]\n]{1,300})\]\((?:https?:|/|#)[^()\s]{0,300}\)"), r"\1"),
    (re.compile(r"</?(?:b|i|em|strong|p|br|span|div|code|pre|u|h\d|li|ul|ol|sub|sup)\b[^<>]{0,100}>", _I), " "),
    (_TABLE_RULE, ""),
    (re.compile(r"^[ \t]*(?:>[ \t]*){1,9}", re.MULTILINE), ""),
    (re.compile(r"^[ \t]*#{1,6}[ \t]+|[ \t]#{1,6}[ \t]*$", re.MULTILINE), ""),
    (re.compile(r"^[ \t]*(?:[-*•·‣◦▪–—+]|(?:\(?\d{1,2}[.)]|\(?[a-z]\)|[a-d]\.|[A-D]\)))[ \t]+(?=\S)", re.MULTILINE), ""),
    (re.compile(r"[*`]+|~~|\\[()\[\]]|\$(?!\d)|(?<!\w)_+(?=\w)|(?<=\w)_+(?!\w)"), ""),
    (re.compile(r"\\(?=[-_.#&%$:!*])"), ""),
)  # fmt: skip

_SENTENCE_START = r"(?:^|[.!?。！？;\n…—][\"'”’)]{0,5}\s{0,9}|\s[-–]\s)"
_CONCLUSION = re.compile(
    _SENTENCE_START + r"(?P<lead>"
    r"(?:so|therefore|thus|hence|consequently|accordingly|in conclusion|to conclude|in summary"
    r"|to sum up|in short|overall|ultimately|all in all)\b[,:]?"
    r"|(?:oh[, ]+)?(?:wait|actually|correction|scratch that|on second thoughts?|i mean|or rather"
    r"|let me correct (?:that|this|myself)|no,? (?=it|that)|my mistake|i was wrong|i take that back)"
    r"\b[,:.!;]?"
    r"|(?:(?:so|and|but|therefore|thus|hence),? )?(?:my |the )?(?:final|correct|short|right)? ?"
    r"answer(?: to (?:the|this|that|your) question)?"
    r"(?: (?:is|would be|must be|should be)\b| ?[:：=]| [-–—] )[:：]?"
    r")\s*",
    _I,
)
_ROUNDS = 4  # "**Answer:** “…”" in a code block is dressed up several times
_CONCLUSIONS = 8  # how many of the last ones are looked at
_COMMENT = re.compile(
    r"(?:\n|(?<=[.!?])\s)\s{0,9}(?:"
    r"(?:explanation|reason(?:ing)?|rationale|justification|note|source|evidence|context|confidence"
    r"|details?|step[- ]by[- ]step|analysis|references?|p\.?s\.?)\s*[:：]"
    r"|(?:i )?hope (?:this|that) helps|let me know|please (?:let me know|feel free)|feel free to"
    r"|(?:is there|do you have|would you like|can i help|if you (?:have|need|want|would like)|how can i)"
    r"\b)",
    _I,
)
_LEAD_IN = re.compile(
    r"(?:(?:sure|certainly|of course|absolutely|okay|ok|alright|yes|great question|good question"
    r"|right|well|hello|hi|hmm+|understood|indeed|no problem|thank you|thanks|got it)"
    r"(?: thing)?(?:\s*[!,.:;—–-]+|(?=\n))"
    r"|(?:here(?:'s| is| are)|below is) (?:the|your|my) (?:requested )?(?:answers?|response|value|list)"
    r"(?: (?:to|for) [^:\n]{1,200})?\s*[:：.]"
    r"|(?:(?:my|the|a) )?(?:final |correct |short |direct |best )?(?:answers?|response|output|value|reply|result)"
    r"(?: (?:to|for) [^:\n]{1,300}?)?(?:\s+(?:is|are|would be|must be|should be)\b\s*[:：]?(?=\s)|\s*[:：=]|\s+[-–—](?=\s))"
    r"|(?:based on|according to|as per|per|from) (?:the|my|this|your|what) [^,:;.\n]{1,120}[,:]"
    r"|(?:to answer (?:the|your|this) question)\s*[,:]"
    r"|a\s{0,9}[:：](?=\s)|[:：=>→]|[-–—](?=\s))\s*",
    _I,
)
_QUOTES = "\"'`´‘’‚‛“”„‟«»‹›「」『』《》〈〉〝〞〟＂＇「」【】"
_ENDS = _QUOTES + " \t\r\n\v\f\u00a0\u200b\ufeff*_|"


@lru_cache(maxsize=256)  # the metrics of one response all ask for it
def final_answer(response: str | None) -> FinalAnswer:
    """The final answer of a response; the module docstring has the rules."""
    text = str(response or "")
    for _ in range(_ROUNDS):
        inner, finished = without_reasoning(text)
        if not finished:
            return FinalAnswer("", "unfinished")
        inner = _peeled(_without_comments(_conclusion(_without_markup(_own_turn(inner)))))
        if inner == text:
            break
        text = inner
    return FinalAnswer(text, "answered" if _has_words(text) else "empty")


def _has_words(text: str) -> bool:
    return any(map(str.isalnum, text))


def _own_turn(text: str) -> str:
    """The model's own turn: no marker, no role, no echoed question, no next question."""
    if "[/INST]" in text:
        text = text.rpartition("[/INST]")[2]
    start = 0
    for end in _TURN_END.finditer(text):
        turn = text[start : end.start()]
        if _has_words(_without_role(turn + "\n")):
            text, start = turn, 0
            break
        start = end.end()
    text = _without_role(text[start:])
    for question in _NEXT_QUESTION.finditer(text):
        if _has_words(text[: question.start()]):
            return text[: question.start()]
        answer = _ANSWER_LINE.search(text, question.end())
        following = _NEXT_QUESTION.search(text, question.end())
        if answer and not (following and following.start() < answer.start()):
            rest = text[answer.end() :]
            following = _NEXT_QUESTION.search(rest)
            return rest[: following.start()] if following else rest
        break
    return text


def _without_role(text: str) -> str:
    text = _MARKER.sub("", text)
    role = _ROLE.match(text)
    return text[role.end() :] if role else text


def _without_markup(text: str) -> str:
    """The text behind answer tags, JSON, LaTeX, Markdown and HTML."""
    if tag := _last(_ANSWER_TAG, text):
        text = re.split(f"</{tag[1]}>", text[tag.end() :], maxsplit=1, flags=_I)[0]
    box = _last(_BOXED, text)
    if box and _has_words(inside := _braced(text, box.end())):
        text = inside
    text = _LATEX.sub(r"\1", text)
    if found := _JSON_ANSWER.search(text):
        text = next(group for group in found.groups() if group is not None)
    if "&" in text:
        text = html.unescape(text)
    for pattern, replacement in _MARKDOWN:
        text = pattern.sub(replacement, text)
    return text


def _last(pattern: re.Pattern[str], text: str) -> re.Match[str] | None:
    return next(reversed(list(pattern.finditer(text))), None)


def _braced(text: str, start: int) -> str:
    """What stands in braces that are open at `start`."""
    depth = 1
    for brace in re.finditer(r"[{}]", text[start:]):
        depth += 1 if brace[0] == "{" else -1
        if not depth:
            return text[start : start + brace.start()]
    return text[start:]


def _conclusion(text: str) -> str:
    """What follows the last marker of a conclusion that something follows; else all."""
    for marker in reversed(list(_CONCLUSION.finditer(text))[-_CONCLUSIONS:]):
        rest = text[marker.end("lead") :]
        if _has_words(_without_comments(rest)) and not _is_remark(rest):
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
        if _has_words(text[: comment.start()]):
            return text[: comment.start()]
    return text


def _peeled(text: str) -> str:
    """Without lead-ins and quotation marks around it."""
    start, text = 0, text.strip(_ENDS)
    while lead_in := _LEAD_IN.match(text, start):
        if lead_in.end() == start or not _has_words(text[lead_in.end() : lead_in.end() + 2000]):
            break
        start = lead_in.end()
        while start < len(text) and text[start] in _ENDS:
            start += 1
    text = text[start:].strip(_ENDS)
    if text.endswith((".", "。", "!", ",", ";")) and text[:-1].rstrip(_ENDS) != text[:-1]:
        text = text[:-1].strip(_ENDS)  # a full stop outside the quotation marks
    return unicodedata.normalize("NFC", text)
