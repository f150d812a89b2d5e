r"""The words that a task puts around a question; scenarios that measure whole prompts need them.

>>> question_block("Who?")
'Question: Who?\nAnswer:'
"""

from __future__ import annotations

# What a prompt begins with. A scenario may have an instruction of its own (`Scenario.instruction`).
INSTRUCTION = (
    "Answer the question about past events. Give the value that is asked for and nothing else; "
    "if several values are asked for, separate them by commas. "
    "If the answer cannot be known, answer: unknown\n\n"
)
# Tokens that a model may generate for an answer.
ANSWER_TOKENS = 64


def question_block(query: str) -> str:
    """A question as it ends a prompt."""
    return f"Question: {query}\nAnswer:"
