r"""Puts a memory block into a prompt that lm_eval has rendered, right before the question.

    "…answer: unknown\n\nQuestion: Who repaired …?\nAnswer:"
    -> "…answer: unknown\n\n" + block + "Question: Who repaired …?\nAnswer:"

With a chat template the question stands inside the user's message, and the block goes there too;
chat APIs take messages as JSON, of which the last one of the user is changed. What comes before is
the same for all questions of a store, so that its computation can be shared.
"""

from __future__ import annotations

import json
from typing import Any

from generators.errors import ConfigError


def with_block(context: Any, query: str, block: str) -> Any:
    """A prompt with a memory block before its question; the prompt itself if the block is empty.

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
    # Unchanged to the byte where nothing is inserted.
    return type(context)(json.dumps(messages, ensure_ascii=False)) if block else context


def text_of(context: Any) -> str:
    """The prompt as one string, for hashes and for counting tokens without a tokeniser."""
    if isinstance(context, str):
        return context
    return json.dumps(context, ensure_ascii=False) if isinstance(context, list) else context.prompt


def _into_messages(messages: list[dict[str, Any]], query: str, block: str) -> list[dict[str, Any]]:
    last = max((i for i, one in enumerate(messages) if one["role"] == "user"), default=None)
    if last is None:
        raise _stale(query)
    content = _insert(messages[last]["content"], query, block)
    return [*messages[:last], {**messages[last], "content": content}, *messages[last + 1 :]]


def _insert(text: str, query: str, block: str) -> str:
    place = text.rfind(f"Question: {query}")
    if place < 0:
        raise _stale(query)
    return text[:place] + block + text[place:]


def _stale(query: str) -> ConfigError:
    return ConfigError(
        f"the prompt does not hold its question {query!r}: the request is from a cache that was "
        "made with other settings → run again with --cache_requests refresh"
    )
