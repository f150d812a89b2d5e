"""Whether an answer names what only another scope's memory can know.

Worlds that share a memory are different users: their values are drawn apart, and an answer that
names a value of another one, which its own world does not have, was taken from there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Protocol

from hei_nw_tasks.scoring.final_answer import final_answer
from hei_nw_tasks.scoring.mentions import find_mentions, values_of
from hei_nw_tasks.scoring.values import Value, fold, without_thousands

_COLUMNS = ("answers", "prior_answers", "distractor_answers", "other_answers")


class _Store(Protocol):
    """A store, as far as its values matter."""

    @property
    def id(self) -> str: ...

    @property
    def questions(self) -> list[Any]: ...


class ScopeValues:
    """Which scopes have which values, by slot.

    Args:
        stores: Those that share a memory.
    """

    def __init__(self, stores: Iterable[_Store]) -> None:
        self._owners: dict[str, dict[Value, set[str]]] = {}
        for store in stores:
            for question in store.questions:
                of_slot = self._owners.setdefault(question.asked_slot, {})
                listed = (value for column in _COLUMNS for value in getattr(question, column))
                for value in values_of([*listed, *question.values]):
                    of_slot.setdefault(value, set()).add(store.id)

    def is_foreign(self, store: str, doc: Mapping[str, Any], response: str) -> bool:
        """Whether a response names a value of the asked slot that its own store does not have.

        Args:
            store: Id of the store that the question is about.
            doc: The dataset row.
            response: What the model answered.
        """
        owners = self._owners.get(doc["asked_slot"], {})
        text = without_thousands(fold(final_answer(response).text))
        named = (mention.value for mention in find_mentions(text, owners))
        return any(value is not None and store not in owners[value] for value in named)
