"""Takes chat markers, further turns, and markup off a response.

>>> own_turn("<|assistant|>Oslo<|im_end|>"), without_markup("> **Oslo**")
('Oslo', 'Oslo')
"""

from __future__ import annotations

import html
import json
import re

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
_HTML = re.compile(
    r"</?(?:b|i|em|strong|p|br|span|div|code|pre|u|h\d|li|ul|ol|sub|sup)\b[^<>]{0,100}>", _I
)
_BULLET = re.compile(
    r"^[ \t]*(?:[-*•·‣◦▪–—+]|(?:\(?\d{1,2}[.)]|\(?[a-z]\)|[a-d]\."
    r"|[A-D]\)))[ \t]+(?=\S)",
    re.MULTILINE,
)
# Replaced one after the other.
_MARKDOWN = (
    (re.compile(r"```[ \t]*[\w+-]*[ \t]*\n"), " "),  # "1. ```" is one line with what follows
    (re.compile(r"```|~~~"), "\n"),
    (re.compile(r"\[([^\[\]\n]{1,300})\]\((?:https?:|/|#)[^()\s]{0,300}\)"), r"\1"),
    (_HTML, " "),
    (_TABLE_RULE, ""),
    (re.compile(r"^[ \t]*(?:>[ \t]*){1,9}", re.MULTILINE), ""),
    (re.compile(r"^[ \t]*#{1,6}[ \t]+|[ \t]#{1,6}[ \t]*$", re.MULTILINE), ""),
    (_BULLET, ""),
    (re.compile(r"[*`]+|~~|\\[()\[\]]|\$(?!\d)|(?<!\w)_+(?=\w)|(?<=\w)_+(?!\w)"), ""),
    (re.compile(r"\\(?=[-_.#&%$:!*])"), ""),
)


def has_words(text: str) -> bool:
    """Whether a text has a letter or digit."""
    return any(map(str.isalnum, text))


def own_turn(text: str) -> str:
    """The model's own turn: no marker, no role, no echoed question, no next question."""
    if "[/INST]" in text:
        text = text.rpartition("[/INST]")[2]
    start = 0
    for end in _TURN_END.finditer(text):
        turn = text[start : end.start()]
        if has_words(_without_role(turn + "\n")):
            text, start = turn, 0
            break
        start = end.end()
    text = _without_role(text[start:])
    for question in _NEXT_QUESTION.finditer(text):
        if has_words(text[: question.start()]):
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


def without_markup(text: str) -> str:
    """The text behind answer tags, JSON, LaTeX, Markdown and HTML."""
    if tag := _last(_ANSWER_TAG, text):
        text = re.split(f"</{tag[1]}>", text[tag.end() :], maxsplit=1, flags=_I)[0]
    box = _last(_BOXED, text)
    if box and has_words(inside := _braced(text, box.end())):
        text = inside
    text = _LATEX.sub(r"\1", text)
    if found := _JSON_ANSWER.search(text):
        string, *others = found.groups()
        text = next(filter(None, others), "") if string is None else _unescaped(string)
    if "&" in text:
        text = html.unescape(text)
    for pattern, replacement in _MARKDOWN:
        text = pattern.sub(replacement, text)
    return text


def _unescaped(string: str) -> str:
    """The text that a JSON string stands for; the string itself if it is none."""
    try:
        return str(json.loads(f'"{string}"', strict=False))
    except ValueError:
        return string.replace('\\"', '"')


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
