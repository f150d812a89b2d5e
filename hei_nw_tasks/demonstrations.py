"""Few-shot demonstrations: questions of each scenario, each with the events that it is about.

    On 3 March 2009 at 08:15, Ottmar Oxenford repaired a bamboo trolley in Wexcombe.
    At 17:40 on 4 March 2009, Ottoline Quirke sold a tartan easel in Dunmere.

    Question: Who repaired the bamboo trolley?
    Answer: Ottmar Oxenford

They show the format of a question, of an answer and of an abstention in every memory arm. Their
worlds were written by hand (`demonstrations.jsonl`), with dates and values that no dataset has.

>>> demonstrations("D")[0].answer
'Wexcombe'
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from hei_nw_tasks.memory.blocks import block


@dataclass(frozen=True, slots=True)
class Demonstration:
    """A question with its events and its answer.

    Attributes:
        events: All events of its world, in time order.
        query: The question.
        answer: What to answer, in the format that the instruction asks for.
    """

    events: tuple[str, ...]
    query: str
    answer: str

    @property
    def text(self) -> str:
        """Events and question as they stand in a prompt."""
        return f"{block(self.events)}Question: {self.query}\nAnswer:"


@cache
def demonstrations(scenario: str) -> tuple[Demonstration, ...]:
    """All demonstrations of a scenario; one of the first three has no answer."""
    text = files("hei_nw_tasks").joinpath("demonstrations.jsonl").read_text(encoding="utf-8")
    rows = map(json.loads, text.splitlines())
    return tuple(
        Demonstration(tuple(row["events"]), row["query"], row["answer"])
        for row in rows
        if row["scenario"] == scenario
    )
