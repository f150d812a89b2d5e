"""Exact match and F1 over normalised texts; both equal SQuAD's official script.

>>> exact_match("The 5433.", ["5433"]), f1("The port is 5433.", ["5433"])
(1.0, 0.5)
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from hei_nw_tasks.scoring.text import normalize, split_list


def exact_match(response: str, answers: Sequence[str], *, is_list: bool = False) -> float:
    """1.0 if the normalised response equals any normalised answer, else 0.0.

    With `is_list` the response is right if it names the same set of values in any order.
    """
    if is_list:
        named = _value_set(response)
        return float(bool(named) and any(named == _value_set(answer) for answer in answers))
    return float(any(normalize(response) == normalize(answer) for answer in answers))


def exact_match_strict(response: str, answers: Sequence[str]) -> float:
    """1.0 if the response, but for white space around it, is an answer to the letter, else 0.0."""
    return float(response.strip() in answers)


def f1(response: str, answers: Sequence[str]) -> float:
    """Highest token F1 over the answers, in [0, 1]; bags of normalised tokens, as in SQuAD 2.0."""
    return max((_token_f1(response, answer) for answer in answers), default=0.0)


def _token_f1(response: str, answer: str) -> float:
    said, gold = normalize(response).split(), normalize(answer).split()
    if not said or not gold:
        return float(said == gold)
    shared = (Counter(said) & Counter(gold)).total()
    if not shared:
        return 0.0
    precision, recall = shared / len(said), shared / len(gold)
    return 2 * precision * recall / (precision + recall)


def _value_set(text: str) -> set[str]:
    return {value for part in split_list(text) if (value := normalize(part))}
