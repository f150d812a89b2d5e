"""Where the answer in a plain completion is."""

from __future__ import annotations

import pytest

from hei_nw_tasks.scoring.completion import answer_line

#  completion                                                  answer
LINES = [
    ("Lima", "Lima"),
    (" Lima\n", " Lima"),
    ("Lima\nQuestion: Who", "Lima"),
    ("Lima\nBecause Oslo is not in Peru", "Lima"),
    ("\n\n \nLima\nOslo", "Lima"),
    ("The answer is:\n\n**Lima**\nOslo", "**Lima**"),
    ("Sure!\nLima\nOslo", "Lima"),
    ("The answer is: Lima\nOslo", "The answer is: Lima"),
    ("---\nLima", "Lima"),
    ("Lima Question: Who was it?\nAnswer: Oslo", "Lima"),
    ("<think>Oslo?\nNo.</think>\n\nLima\nOslo", "Lima"),
    ("<think>Oslo?\nNo", "<think>Oslo?\nNo"),
    ("Lima<|im_end|>\n<|im_start|>user\nOslo", "Lima"),
    ("", ""),
    ("\n \n", ""),
    ("...\n!", ""),
    ("The answer is:\n", ""),
]


@pytest.mark.parametrize(("completion", "answer"), LINES)
def test_the_first_line_that_says_something_is_the_answer(completion: str, answer: str) -> None:
    assert answer_line(completion) == answer


@pytest.mark.parametrize(("completion", "answer"), LINES)
def test_an_answer_line_stays_as_it_is(completion: str, answer: str) -> None:
    assert answer_line(answer) == answer
