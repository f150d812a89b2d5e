"""What an earlier run of the same folder already had: questions, and answers to them.

Arms and models are asked the same questions and often give the same answers. Each is checked,
validated and scored once, and the oldest are forgotten, so that memory does not grow.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from typing import Generic, TypeAlias, TypeVar

from hei_nw_tasks.scoring.naming import Outcome
from postprocess.schema.answer import Answer

V = TypeVar("V")
Scored: TypeAlias = tuple[Mapping[str, float], Outcome]


class Recent(Generic[V]):
    """The values that were made last, by key.

    >>> squares = Recent[int](most=2)
    >>> [squares.get(n, lambda n=n: n * n) for n in (2, 3, 2, 4)], list(squares.values)
    ([4, 9, 4, 16], [3, 4])

    Args:
        most: How many are kept.
    """

    def __init__(self, most: int) -> None:
        self.values: OrderedDict[Hashable, V] = OrderedDict()
        self._most = most

    def get(self, key: Hashable, make: Callable[[], V]) -> V:
        """The value of a key, made if it is not there; what `make` raises is not kept."""
        if key not in self.values:
            self.values[key] = make()
            if len(self.values) > self._most:
                self.values.popitem(last=False)
        return self.values[key]


class Known:
    """What is known of the questions of a folder.

    Attributes:
        questions: By scenario and fingerprint, an answer without a response.
        scores: By scenario, fingerprint and response.
    """

    def __init__(self) -> None:
        self.questions = Recent[Answer](most=5_000)
        self.scores = Recent[Scored](most=20_000)
