r"""The answer in a plain completion, which has no turn that could end.

The answer is the first line that says something: blank lines and bare lead-ins do not.

>>> answer_line("\n\nThe answer is:\nBurrowbarrow\nThe answer is: Burrowbarrow\n")
'Burrowbarrow'
>>> answer_line("<think>Is it Thrushwell?\nNo.</think>\nBurrowbarrow\nBecause")
'Burrowbarrow'
"""

from __future__ import annotations

from hei_nw_tasks.scoring.final_answer import is_lead_in
from hei_nw_tasks.scoring.markup import has_words, own_turn
from hei_nw_tasks.scoring.reasoning import without_reasoning


def answer_line(response: str) -> str:
    """The first line of a completion that is more than a lead-in, outside of any reasoning.

    A response whose reasoning is unfinished stays as it is, and one without such a line is empty.
    """
    text, finished = without_reasoning(response)
    if not finished:
        return response
    lines = own_turn(text).split("\n")
    return next((line for line in lines if has_words(line) and not is_lead_in(line)), "")
