"""Whether an answer names what only another scope knows."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pytest

from hei_nw_tasks.scoring.scopes import ScopeValues


@dataclass
class Store:
    id: str
    questions: list[Any] = field(default_factory=list)


def question(slot: str, *answers: str, **rivals: list[str]) -> Any:
    columns: dict[str, list[str]] = {
        name: [] for name in ("prior_answers", "distractor_answers", "other_answers")
    }
    return SimpleNamespace(
        asked_slot=slot, answers=list(answers), values=list(answers), **columns | rivals
    )


MINE = Store("mine", [question("port", "5433", other_answers=["8080"]), question("who", "Mia Sol")])
THEIRS = Store("theirs", [question("port", "7001", prior_answers=["8080"]), question("who", "Bo")])


@pytest.mark.parametrize(
    ("said", "is_foreign"),
    [
        ("7001", True),
        ("It was 7,001, I think.", True),
        ("5433", False),
        # Both have it: nothing shows where it is from.
        ("8080", False),
        # Nobody has it.
        ("1234", False),
        ("unknown", False),
        # Another slot's value is no answer.
        ("Bo", False),
    ],
)
def test_only_a_value_of_the_asked_slot_that_the_own_world_lacks_is_foreign(
    said: str, is_foreign: bool
) -> None:
    scopes = ScopeValues([MINE, THEIRS])
    assert scopes.is_foreign("mine", {"asked_slot": "port"}, said) == is_foreign


def test_the_same_answer_is_no_leak_in_its_own_world() -> None:
    scopes = ScopeValues([MINE, THEIRS])
    assert not scopes.is_foreign("theirs", {"asked_slot": "port"}, "7001")
    assert not scopes.is_foreign("mine", {"asked_slot": "colour"}, "7001")
