"""Retrievers and embedders of others: what they give is checked here, where it enters.

    retriever='mine:R' gives position 23 of 23 events → …

Whatever they give or raise is either what the protocol asks for, or one line that names them.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from operator import index
from typing import TYPE_CHECKING, Any

from hei_nw_tasks.plugins import PluginError, blaming, made, shown
from hei_nw_tasks.retrieval.vectors import flaw

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from hei_nw_tasks.retrieval.protocols import Log

_PROTOCOL = "hei_nw_tasks/retrieval/protocols.py"


class PluggedRetriever:
    """A retriever of the user's.

    Args:
        name: Of the plug-in, as the user gave it: `retriever='mine:Class'`.
        make: Makes the plug-in.

    Raises:
        PluginError: It cannot be made, or cannot search.
    """

    def __init__(self, name: str, make: Callable[[], Any]) -> None:
        self._name = name
        self._made = made(name, make, ("search",), _PROTOCOL)

    def search(self, query: str, log: Log, k: int) -> Any:
        """What the plug-in finds; `checked_positions` takes it from here."""
        with blaming(self._name):
            return self._made.search(query, log, k)

    def query_flops(self, query: str) -> float | None:
        """What the plug-in says; None if it does not."""
        return _flops(self._name, self._made, query)


class CheckedEmbedder:
    """An embedder whose vectors are finite, none of them zero, and one for each text.

    Args:
        name: Of the embedder, as the user gave it: `embedder='mine:Class'`.
        make: Makes the embedder.

    Raises:
        PluginError: It cannot be made, or cannot embed. The methods raise it, too.
    """

    def __init__(self, name: str, make: Callable[[], Any]) -> None:
        self._name = name
        self._made = made(name, make, ("embed_queries", "embed_passages"), _PROTOCOL)
        with blaming(name):
            self.name = str(getattr(self._made, "name", name))

    @property
    def weights(self) -> str | None:
        """What tells the weights from others under the same name; None if it does not say."""
        with blaming(self._name):
            stated = getattr(self._made, "weights", None)
            return None if stated is None else str(stated)

    def embed_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Vectors: (texts, dimensions)."""
        return self._vectors(self._made.embed_queries, texts)

    def embed_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Vectors: (texts, dimensions)."""
        return self._vectors(self._made.embed_passages, texts)

    def query_flops(self, text: str) -> float | None:
        """What the embedder says; None if it does not."""
        return _flops(self._name, self._made, text)

    def _vectors(
        self, embed: Callable[[Sequence[str]], Any], texts: Sequence[str]
    ) -> NDArray[np.float32]:
        import numpy as np

        with blaming(self._name):
            made = embed(list(texts))
        try:
            given = np.asarray(made)
        except Exception:  # ragged rows, a tensor on a GPU, an object with an odd __array__
            given = np.empty(0)
        if given.dtype.kind not in "fiu" or given.ndim != 2 or len(given) != len(texts):
            kind = type(made).__name__
            shape = f" of shape {given.shape} and type {given.dtype}" if given.size else ""
            raise PluginError(
                f"{self._name} gives {kind}{shape} for {len(texts)} texts → return an array of "
                "numbers, (texts, dimensions)"
            )
        with np.errstate(over="ignore"):
            vectors = given.astype(np.float32)
        reason = flaw(vectors)
        if reason is not None:
            raise PluginError(f"{self._name}: {reason} → return finite vectors, none of them zero")
        return vectors


def checked_positions(name: str, found: Any, events: int) -> list[int]:
    """The positions that a retriever found, as it should give them.

    >>> checked_positions("mine", (2, 0), events=3)
    [2, 0]

    Args:
        name: Of the retriever, for messages.
        found: What its `search` gave.
        events: Number of events that it was given.

    Raises:
        PluginError: It is no sequence of different whole numbers from 0 to `events` - 1.
    """
    remedy = "→ return a list of different positions of the events that it was given"
    with blaming(name):
        given = found.tolist() if hasattr(found, "tolist") else found
        is_list = isinstance(given, Sequence) and not isinstance(given, str | bytes)
        items = list(given) if is_list else []
    if not is_list:
        raise PluginError(f"{name} gives {shown(given)}, no list of positions {remedy}")
    positions: dict[int, None] = {}
    for item in items:
        try:
            position = index(item)
        except Exception:
            position = None
        if position is None or isinstance(item, bool):
            raise PluginError(f"{name} gives {shown(item)} as a position {remedy}")
        if not 0 <= position < events:
            raise PluginError(f"{name} gives position {position} of {events} events {remedy}")
        if position in positions:
            raise PluginError(f"{name} gives position {position} twice {remedy}")
        positions[position] = None
    return list(positions)


def _flops(name: str, made: Any, query: str) -> float | None:
    if not hasattr(made, "query_flops"):
        return None
    with blaming(name):
        flops = made.query_flops(query)
    if flops is None:
        return None
    try:
        known = float(flops)
    except Exception:
        known = math.nan
    if not 0 <= known < math.inf:
        raise PluginError(
            f"{name} gives {shown(flops)} as the FLOPs of a query → return a number, or None"
        )
    return known
