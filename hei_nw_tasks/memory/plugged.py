"""A memory of anyone's, as the suite uses it: every method is there, all that it gives is checked.

    memory='mine:Notebook' recalls 12 items where 10 were asked for → return at most k

What a plug-in does wrong is one line that names it; the rest of the suite sees nothing but what
`hei_nw_tasks.memory.protocol` says.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Set
from contextlib import contextmanager
from dataclasses import asdict, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from hei_nw_tasks.memory.calling import Caller, CallTimeoutError, accepted
from hei_nw_tasks.memory.consolidating import checked, checked_usage, is_number
from hei_nw_tasks.memory.protocol import (
    Budget,
    Capabilities,
    Consolidated,
    Episode,
    Item,
    Prompt,
    Recalled,
    SleepBudget,
    Usage,
    Written,
)
from hei_nw_tasks.plugins import PluginError, blaming, made, shown

_PROTOCOL = "hei_nw_tasks/memory/protocol.py"
_WRITTEN = "→ return None, a bool, the memory's names of it, or a Written"
_RECALLED = "→ return texts, Items, or a Recalled"


class TimedOutError(PluginError):
    """A memory has not answered in time; what it still does is its own business."""


class PluggedMemory:
    """The memory of one scope.

    Args:
        name: Of the memory, as the user gave it: `memory='mine:Class'`.
        make: Makes the memory.
        timeout_s: Most seconds of a call.
        known: Ids of all events that were told to the memories of a folder; it grows with each
            event, and ids of other events are refused.

    Raises:
        PluginError: The memory cannot be made, or cannot write or recall. All methods raise it.
    """

    def __init__(
        self,
        name: str,
        make: Callable[[], Any],
        timeout_s: float | None = None,
        known: set[str] | None = None,
    ) -> None:
        self.name, self._make = name, make
        self._known = set[str]() if known is None else known
        self._call = Caller(timeout_s)
        self._gave_ids = self._gave_scores = False
        self._new()

    @property
    def capabilities(self) -> Capabilities:
        """What it can do, as far as it has shown."""
        stated, found = self.stated, self.found
        return replace(stated, **{k: v for k, v in found.items() if getattr(stated, k) is None})

    @property
    def stated(self) -> Capabilities:
        """What it says that it can do."""
        stated = getattr(self._made, "capabilities", None) or Capabilities()
        if not isinstance(stated, Capabilities) or not all(
            value is None or isinstance(value, bool) for value in asdict(stated).values()
        ):
            raise PluginError(
                f"{self.name}: its capabilities are {shown(stated)} → use Capabilities of "
                f"{_PROTOCOL}"
            )
        return stated

    @property
    def found(self) -> dict[str, bool]:
        """What it can do, by its methods and what it gave so far."""
        takes = accepted(getattr(self._made, "open", lambda: None), {"scope": 0, "folder": 0})
        return {
            **{name: self._has(name) for name in ("delete", "update", "consolidate")},
            **{"scopes": "scope" in takes, "reopen": "folder" in takes},
            **{"provenance": self._gave_ids, "gate": self._gave_scores},
        }

    def use_model(self, model: Any) -> None:
        """Hand it the model that answers, if it wants it."""
        self._model = model
        if self._has("use_model"):
            self._do("use_model", model)

    def open(self, scope: str, folder: Path, seed: int) -> None:
        """Begin, or go on with what the folder holds."""
        self._opened: dict[str, Any] = {"scope": scope, "folder": folder, "seed": seed}
        if self._has("open"):
            with self._blaming():
                given = accepted(self._made.open, self._opened)
            self._do("open", **given)

    def reopen(self) -> None:
        """Open another one of its class on the folder of the one that was closed."""
        self._new()
        if (model := vars(self).get("_model")) is not None:
            self.use_model(model)
        self.open(**self._opened)

    def write(self, event: Episode) -> Written:
        """Take in an event."""
        self._known.add(event.id)
        return self._written(self._do("write", event), event)

    def flush(self) -> None:
        """Have all that was written on disk."""
        if self._has("flush"):
            self._do("flush")

    def recall(self, query: str, as_of: datetime, budget: Budget) -> Recalled:
        """What helps to answer a query, best first."""
        names = {"query": query, "as_of": as_of, "budget": budget, "k": budget.k}
        with self._blaming():
            given = accepted(self._made.recall, names)
        gave: Any = self._do("recall", **given)
        found, usage = gave, Usage()
        if isinstance(gave, Recalled):
            found, usage = gave.items, checked_usage(self.name, gave.usage)
        # The keys of a mapping are no texts, and a set has no best first.
        if not isinstance(found, Iterable) or isinstance(found, str | bytes | Mapping | Set):
            raise PluginError(f"{self.name} recalls {shown(found)} {_RECALLED}")
        with self._blaming():
            items = [self._item(item) for item in found]
        if budget.k is not None and len(items) > budget.k:
            raise PluginError(
                f"{self.name} recalls {len(items)} items where {budget.k} were asked for "
                "→ return at most k"
            )
        self._gave_ids = self._gave_ids or any(item.event_id is not None for item in items)
        return Recalled([item for item in items if item.text], usage)

    def delete(self, ref: str) -> None:
        """Forget what a name stands for."""
        self._do("delete", ref)

    def update(self, ref: str, event: Episode) -> Written:
        """Replace what a name stands for."""
        self._known.add(event.id)
        return self._written(self._do("update", ref, event), event)

    def consolidate(
        self,
        budget: SleepBudget,
        model: Any,
        cycle: int,
        previous: Mapping[str, str] | None,
        prompt: Prompt,
    ) -> Consolidated:
        """Turn what is stored into a change of the model's weights.

        Args:
            budget: How much to train.
            model: Of lm_eval.
            cycle: Of sleep, from 1.
            previous: The artefact of the cycle before, relative to the folder.
            prompt: How questions are put with the memory off.

        Returns:
            What was made; the path of its artefact is relative to the memory's folder.
        """
        folder: Path = self._opened["folder"]
        before = None if previous is None else {k: folder / path for k, path in previous.items()}
        names = {
            **{"budget": budget, "model": model, "cycle": cycle},
            **{"previous": before, "prompt": prompt},
        }
        with self._blaming():
            given = accepted(self._made.consolidate, names)
        made = self._do("consolidate", **given)
        return checked(self.name, made, budget, folder, self._known)

    def refs(self) -> set[str] | None:
        """The names of all that is stored; None if it does not tell."""
        if not self._has("refs"):
            return None
        with self._blaming():
            return {str(ref) for ref in self._do("refs")}

    def close(self) -> None:
        """Let go of all files."""
        if self._has("close"):
            self._do("close")

    def end(self) -> None:
        """No more calls; the memory is closed or beyond that."""
        self._call.end()

    def _new(self) -> None:
        def make() -> Any:
            return made(self.name, self._make, ("write", "recall"), _PROTOCOL)

        with self._blaming():
            self._made = self._call(make)

    def _has(self, method: str) -> bool:
        return callable(getattr(self._made, method, None))

    def _do(self, method: str, *args: Any, **kwargs: Any) -> Any:
        with self._blaming():
            return self._call(getattr(self._made, method), *args, **kwargs)

    @contextmanager
    def _blaming(self) -> Any:
        with blaming(self.name):
            try:
                yield
            except CallTimeoutError:
                raise TimedOutError(
                    f"{self.name} has not answered in memory_timeout={self._call.timeout_s:g} "
                    "seconds → mend it, or allow more"
                ) from None

    def _written(self, gave: Any, event: Episode) -> Written:
        """What `write` or `update` gave, as a `Written`."""
        if isinstance(gave, Written):
            written = gave
        elif gave is None or isinstance(gave, bool):
            written = Written(stored=gave is not False)
        elif isinstance(gave, str):
            written = Written(refs=(gave,))
        elif _are_names(gave):
            # A memory that takes facts out of texts may have found none.
            written = Written(stored=bool(gave), refs=tuple(gave))
        else:
            raise PluginError(f"{self.name} gives {shown(gave)} for an event written {_WRITTEN}")
        right = isinstance(written.stored, bool) and _are_names(written.refs)
        if not right or not is_number(written.score):
            raise PluginError(f"{self.name} gives {shown(written)} {_WRITTEN}")
        self._gave_scores = self._gave_scores or written.score is not None
        checked_usage(self.name, written.usage)
        return replace(written, refs=tuple(written.refs) or (event.id,))

    def _item(self, gave: Any) -> Item:
        item = Item(gave) if isinstance(gave, str) else gave
        if not isinstance(item, Item) or not isinstance(item.text, str):
            raise PluginError(f"{self.name} recalls {shown(gave)}, no text {_RECALLED}")
        if item.event_id is not None and item.event_id not in self._known:
            raise PluginError(
                f"{self.name} recalls event {shown(item.event_id)}, which it was not told "
                "→ give the id of the event, or None"
            )
        if not is_number(item.score):
            raise PluginError(
                f"{self.name} gives {shown(item.score)} as a score → give a number, or None"
            )
        # A block has an item a line, and half a character cannot be kept.
        text = " ".join(item.text.splitlines())
        try:
            text.encode()
        except UnicodeEncodeError:
            raise PluginError(
                f"{self.name} recalls {shown(text)}, with half of a surrogate pair "
                "→ give whole characters"
            ) from None
        return replace(item, text=text)


def _are_names(gave: object) -> bool:
    """Whether it is a list, or the like, of a memory's own names."""
    return isinstance(gave, list | tuple | Set) and all(isinstance(ref, str) for ref in gave)
