r"""One answer in full, read again from its line of a samples file: the prompt, and what it showed.

>>> before, block = "Give the value.\n\n", "On 3 May, Ida sold a saw.\n\n"
>>> memory_of(f"{before}{block}Question: Who?\nAnswer:", "Who?", before)
['On 3 May, Ida sold a saw.']
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from generators.scenarios import SCENARIOS
from hei_nw_tasks.scoring.final_answer import final_answer
from postprocess.errors import ReportError
from postprocess.reading.lines import ADVICE
from postprocess.reading.rows import Row, parse_row


@dataclass(frozen=True, slots=True)
class Shown:
    """What the model read and said.

    Attributes:
        query: The question.
        query_kind: Its kind.
        answers: Accepted answers; empty if there is none.
        lag: Days from the evidence to the question.
        evidence: The texts of the events that the answer follows from.
        prompt: The prompt as the model read it; messages are joined by blank lines.
        response: The whole response.
        final: The final answer that was scored.
    """

    query: str
    query_kind: str
    answers: tuple[str, ...]
    lag: int | None
    evidence: tuple[str, ...]
    prompt: str
    response: str
    final: str

    @property
    def before(self) -> str | None:
        """The prompt up to its question; None if it does not hold it."""
        place = self.prompt.rfind(f"Question: {self.query}")
        return None if place < 0 else self.prompt[:place]

    def instruction(self, scenario: str) -> str | None:
        """The prompt up to the end of the instruction; None if it does not hold it."""
        if scenario not in SCENARIOS:
            return None
        head, found, _ = self.prompt.partition(SCENARIOS[scenario].instruction)
        return head + found if found else None


def read_shown(path: Path, offset: int, question_id: str) -> Shown:
    """Reads an answer.

    Args:
        path: The samples file.
        offset: Of its line, in bytes.
        question_id: Of its question.

    Raises:
        ReportError: The file is not the one that was scored.
    """
    try:
        with path.open("rb") as file:
            file.seek(offset)
            raw = file.readline()
    except OSError as error:
        raise ReportError(path, f"{error.strerror}", ADVICE) from error
    row = parse_row(path, 0, raw)
    if row is None or row.doc.get("id") != question_id:
        raise ReportError(path, "was changed while it was read", "run the report again")
    question = row.question()
    response = row.beginning.resps[0][0]
    return Shown(
        query=question.query,
        query_kind=question.query_kind,
        answers=tuple(question.answers),
        lag=question.lag,
        evidence=tuple(filter(None, map(str.strip, (question.episode_text or "").split("\n")))),
        prompt=_prompt(row),
        response=response,
        final=final_answer(row.response()).text,
    )


def memory_of(prompt: str, query: str, before: str) -> list[str] | None:
    """The lines that a memory put before the question; None if they cannot be told apart.

    Args:
        prompt: With the memory.
        query: The question.
        before: What stands before the question without a memory.
    """
    place = prompt.rfind(f"Question: {query}")
    if place < 0 or not prompt[:place].startswith(before):
        return None
    return [line for line in prompt[len(before) : place].split("\n") if line.strip()]


def _prompt(row: Row) -> str:
    found: Any = (row.beginning.model_extra or {}).get("arguments")
    for key in ("gen_args_0", "arg_0"):
        found = found.get(key) if isinstance(found, dict) else None
    return _text(found)


def _text(context: Any) -> str:
    """A prompt as one text, also of messages, or of messages as JSON."""
    if isinstance(context, list):
        return "\n\n".join(map(_text, context))
    if isinstance(context, dict):
        return _text(context.get("content"))
    if isinstance(context, str) and context.startswith("[{"):
        try:
            return _text(json.loads(context))
        except (ValueError, RecursionError):
            return context
    return "" if context is None else str(context)
