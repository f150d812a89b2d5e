r"""Inserts a memory block into a prompt that lm_eval has rendered, right before the question.

    "…answer: unknown\n\nQuestion: Who repaired …?\nAnswer:"
    -> "…answer: unknown\n\n" + block + "Question: Who repaired …?\nAnswer:"

With a chat template the question is in the user's message, and so is the block. Chat APIs take
messages as JSON, of which the user's last one is changed. What comes before the question is the
same for all questions about a log, so that it can be computed once.
"""

from __future__ import annotations

import json
from typing import Any

from generators.errors import ConfigError
from hei_nw_tasks.memory.protocol import Prompt


def with_block(context: Any, query: str, block: str) -> Any:
    """A prompt with a memory block before its question; unchanged if the block is empty.

    Args:
        context: What lm_eval rendered: a string, lm_eval's JSON string of messages, or messages.
        query: The question, as the document has it.
        block: What to insert, its own line ends included.

    Raises:
        ConfigError: The prompt does not hold the question.
    """
    if isinstance(context, str):
        return _insert(context, query, block)
    if isinstance(context, list):
        return _into_messages(context, query, block)
    messages = _into_messages(json.loads(context.prompt), query, block)
    # JSON that is written again may differ in spaces.
    return type(context)(json.dumps(messages, ensure_ascii=False)) if block else context


def around(context: str, query: str) -> Prompt:
    r"""What a rendered prompt puts around its question.

    >>> around("Be brief.\n\nQuestion: Who?\nAnswer:", "Who?")
    Prompt(before='Be brief.\n\nQuestion: ', after='\nAnswer:')

    Raises:
        ConfigError: The prompt does not hold the question.
    """
    start = _position(context, query) + len("Question: ")
    return Prompt(context[:start], context[start + len(query) :])


def text_of(context: Any) -> str:
    """The prompt as one string, for hashes and for counting tokens."""
    if isinstance(context, str):
        return context
    return json.dumps(context, ensure_ascii=False) if isinstance(context, list) else context.prompt


def _into_messages(messages: list[dict[str, Any]], query: str, block: str) -> list[dict[str, Any]]:
    turns = [i for i, message in enumerate(messages) if message["role"] == "user"]
    if not turns:
        raise _stale(query)
    last = turns[-1]
    content = _insert(messages[last]["content"], query, block)
    return [*messages[:last], {**messages[last], "content": content}, *messages[last + 1 :]]


def _insert(text: str, query: str, block: str) -> str:
    place = _position(text, query)
    return text[:place] + block + text[place:]


def _position(text: str, query: str) -> int:
    """Where the last one begins: an example before the question may be worded like it."""
    place = text.rfind(f"Question: {query}")
    if place < 0:
        raise _stale(query)
    return place


def _stale(query: str) -> ConfigError:
    return ConfigError(
        f"the prompt does not hold its question {query!r}: the request is from a cache that was "
        "made with other settings → run again with --cache_requests refresh"
    )
