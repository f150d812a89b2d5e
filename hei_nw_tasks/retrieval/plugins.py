"""Retrievers and embedders of others: what they give is checked here, where it enters.

    retriever='mine:R' gives position 23 of 23 visible events → …

A plug-in is trusted code that may be wrong. Whatever it gives or raises is either what the protocol
asks for, or one line that names it; `memory.registry.Rag` adds the question.
"""

from __future__ import annotations

import math
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from operator import index
from typing import TYPE_CHECKING, Any

from generators.errors import HeinwError
from hei_nw_tasks.retrieval.protocols import Log
from hei_nw_tasks.retrieval.vectors import flaw

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class PluginError(HeinwError):
    """What a plug-in gives cannot be used, or it raised; the message names it."""


class PluggedRetriever:
    """A retriever of the user's. It is handed nothing but the events that a question may see.

    Args:
        name: Of the plug-in, as the user gave it: `retriever='mine:Class'`.
        make: Makes the plug-in.

    Raises:
        PluginError: It cannot be made, or cannot search.
    """

    def __init__(self, name: str, make: Callable[[], Any]) -> None:
        self._name = name
        self._made = _made(name, make, ("search",))

    def search(self, query: str, log: Log, visible: int, k: int) -> Any:
        """What the plug-in finds; `checked_positions` takes it from here.

        The visible events are a log of their own, with an id of its own: an index that the plug-in
        keeps by this id never holds another part of the log.
        """
        seen = Log(f"{log.log_id}:{visible}", log.texts[:visible])
        with _blaming(self._name):
            return self._made.search(query, seen, visible, k)

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
        self._made = _made(name, make, ("embed_queries", "embed_passages"))
        with _blaming(name):
            self.name = str(getattr(self._made, "name", name))

    @property
    def weights(self) -> str | None:
        """What tells the weights from others under the same name; None if it does not say."""
        with _blaming(self._name):
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

        with _blaming(self._name):
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


def checked_positions(name: str, found: Any, visible: int) -> list[int]:
    """The positions that a retriever found, as it should give them.

    >>> checked_positions("mine", (2, 0), visible=3)
    [2, 0]

    Args:
        name: Of the retriever, for messages.
        found: What its `search` gave.
        visible: Number of events that the question may see.

    Raises:
        PluginError: It is no sequence of different whole numbers from 0 to `visible` - 1.
    """
    remedy = "→ return a list of different positions of the events that it was given"
    with _blaming(name):
        given = found.tolist() if hasattr(found, "tolist") else found
        is_list = isinstance(given, Sequence) and not isinstance(given, str | bytes)
        items = list(given) if is_list else []
    if not is_list:
        raise PluginError(f"{name} gives {_shown(given)}, no list of positions {remedy}")
    positions: dict[int, None] = {}
    for item in items:
        try:
            position = index(item)
        except Exception:
            position = None
        if position is None or isinstance(item, bool):
            raise PluginError(f"{name} gives {_shown(item)} as a position {remedy}")
        if not 0 <= position < visible:
            raise PluginError(
                f"{name} gives position {position} of {visible} visible events {remedy}"
            )
        if position in positions:
            raise PluginError(f"{name} gives position {position} twice {remedy}")
        positions[position] = None
    return list(positions)


def _made(name: str, make: Callable[[], Any], methods: Sequence[str]) -> Any:
    with _blaming(name):
        made = make()
    for method in methods:
        if not callable(getattr(made, method, None)):
            raise PluginError(
                f"{name}: makes {_shown(made)}, which has no method {method} "
                "→ see hei_nw_tasks/retrieval/protocols.py"
            )
    return made


def _flops(name: str, made: Any, query: str) -> float | None:
    if not hasattr(made, "query_flops"):
        return None
    with _blaming(name):
        flops = made.query_flops(query)
    if flops is None:
        return None
    try:
        known = float(flops)
    except Exception:
        known = math.nan
    if not 0 <= known < math.inf:
        raise PluginError(
            f"{name} gives {_shown(flops)} as the FLOPs of a query → return a number, or None"
        )
    return known


@contextmanager
def _blaming(name: str) -> Iterator[None]:
    """Name a plug-in, and its line, in whatever its code raises."""
    try:
        yield
    except HeinwError:
        raise
    except Exception as error:
        where = traceback.extract_tb(error.__traceback__)[-1]
        raise PluginError(
            f"{name} raised {type(error).__name__}: {_first_line(error)} "
            f"({where.filename}:{where.lineno}) → mend the plug-in, or use another one"
        ) from error


def _first_line(value: object) -> str:
    return (str(value).strip() or "no message").splitlines()[0][:200]


def _shown(value: object) -> str:
    """A value in a message: its type if it is long or cannot be shown."""
    try:
        text = repr(value)
    except Exception:
        text = ""
    return text if 0 < len(text) <= 60 and text.isprintable() else f"a {type(value).__name__}"
