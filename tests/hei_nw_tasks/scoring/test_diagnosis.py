"""What a run that measures the format of answers, and not a memory, is told."""

from __future__ import annotations

import pytest

from hei_nw_tasks.scoring.diagnosis import Tally, diagnosis, tally_of

#  tally                                          what is wrong
CASES: list[tuple[Tally, list[str]]] = [
    (Tally(), []),
    (Tally(answers=40, correct=40, exact=40), []),
    (Tally(answers=40, empty=20), []),
    (Tally(answers=40, empty=21), ["21 of 40 answers are empty: check the stops"]),
    (Tally(answers=10, empty=10), ["10 of 10 answers are empty: check the stops"]),
    (Tally(answers=9, empty=9, unfinished=9, cut=9), []),
    (Tally(answers=40, unfinished=20), []),
    (Tally(answers=40, unfinished=21), ["21 of 40 answers break off while the model reasons"]),
    (Tally(answers=40, cut=20), []),
    (Tally(answers=40, cut=21), ["21 of 40 answers are as long as answers may be"]),
    (Tally(answers=40, correct=4, exact=0), []),
    (Tally(answers=40, correct=5, exact=0), ["5 answers are correct, only 0 in the right words"]),
    (Tally(answers=40, correct=20, exact=10), []),
    (Tally(answers=40, correct=20, exact=9), ["20 answers are correct, only 9 in the right words"]),
    (
        Tally(answers=40, unfinished=30, cut=40),
        ["30 of 40 answers break off", "40 of 40 answers are as long"],
    ),
]


@pytest.mark.parametrize(("tally", "expected"), CASES)
def test_what_is_wrong(tally: Tally, expected: list[str]) -> None:
    found = diagnosis(tally)
    assert len(found) == len(expected)
    for clause, beginning in zip(found, expected, strict=True):
        assert clause.startswith(beginning)
        assert "(--gen_kwargs " in clause or "--num_fewshot 2" in clause
        assert "\n" not in clause


def test_answers_are_counted_by_what_they_are() -> None:
    right = {"correct": 1.0, "exact_match": 1.0}
    counted = tally_of(
        [
            ("correct", right, False),
            ("correct", right | {"exact_match": 0.0}, True),
            ("correct", {"abstained": 1.0}, False),  # unanswerable: no words to be right in
            ("stale", dict.fromkeys(right, 0.0), False),
            ("out_of_world", {"correct": 0.0, "exact_match": 1.0}, False),
            ("empty", dict.fromkeys(right, 0.0), False),
            ("unfinished", dict.fromkeys(right, 0.0), True),
        ]
    )
    assert counted == Tally(answers=7, empty=1, unfinished=1, cut=2, correct=2, exact=1)
