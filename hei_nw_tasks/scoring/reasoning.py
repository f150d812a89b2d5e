"""Takes the reasoning out of a response.

Models that think aloud mark it in one of three ways:

* a block between tags: `<think>…</think>` and its kin, `[THINK]…[/THINK]`, `◁think▷…◁/think▷`.
  The chat template may have opened the block in the prompt, so a closing tag alone ends one too;
* channels of gpt-oss ("harmony"): only the last `final` channel is the answer;
* the same channels with their special tokens left out: "analysis…assistantfinal…".

>>> without_reasoning("Let me see: Oslo.</think> Lima")
(' Lima', True)
>>> without_reasoning("<|channel|>analysis<|message|>Is it Oslo?")
('', False)
"""

from __future__ import annotations

import re

_NAME = (
    r"(?:seed:|[a-z]{1,10}_)?(?:think(?:ing)?|thoughts?|reason(?:ing)?|analysis|scratchpad"
    r"|reflection|inner_monologue|begin_of_thought|thought_process)"
)
# Group 1 opens a block, group 2 closes one.
_TAG = re.compile(
    rf"(<{_NAME}>|\[THINK\]|◁think▷|<\|(?:start_thinking|begin_of_thought|think)\|>|<unused94>)"
    rf"|(</{_NAME}>|\[/THINK\]|◁/think▷|<\|(?:end_thinking|end_of_thought|/think)\|>|<unused95>)",
    re.IGNORECASE,
)
_CHANNEL = re.compile(r"<\|channel\|>\s*(\w+)[^<]{0,80}<\|message\|>", re.IGNORECASE)
_CHANNEL_END = re.compile(r"<\|(?:end|return|call|start)\|>")
_BARE_ANALYSIS = re.compile(r"\s{0,20}analysis(?:[A-Z\s])")
_BARE_FINAL = re.compile(r"(?:assistant|<\|assistant\|>)\s*final(?=[^a-z]|$)")


def without_reasoning(text: str) -> tuple[str, bool]:
    """The text outside reasoning, and whether the reasoning came to an end."""
    channels = list(_CHANNEL.finditer(text))
    if channels:
        last = channels[-1]
        if last[1].lower() != "final":
            return "", False
        return _CHANNEL_END.split(text[last.end() :], maxsplit=1)[0], True
    if _BARE_ANALYSIS.match(text):
        *_, last_final = [None, *_BARE_FINAL.finditer(text)]
        return (text[last_final.end() :], True) if last_final else ("", False)
    return _without_blocks(text)


def _without_blocks(text: str) -> tuple[str, bool]:
    kept: list[str] = []
    outside, start = True, 0
    for tag in _TAG.finditer(text):
        if tag[1]:
            if outside:
                kept.append(text[start : tag.start()])
            outside = False
        else:
            if outside:  # the prompt opened it: all before is reasoning
                kept.clear()
            outside, start = True, tag.end()
    if not outside:
        return "", False
    after = text[start:]
    # A model that answers first and thinks afterwards is rare; its answer stands in front.
    return (after, True) if any(map(str.isalnum, after)) else ("".join([*kept, after]), True)
