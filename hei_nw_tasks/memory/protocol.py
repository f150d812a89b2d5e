"""What a memory has to do: the surface on which one plugs in.

The smallest memory is a class with two methods, for `mode=B1,memory=mine:Notebook`:

    class Notebook:
        def __init__(self):
            self.notes = []

        def write(self, event):
            self.notes.append(event.text)

        def recall(self, query, as_of, k):
            return self.notes[-k:]

Each world has a memory of its own, which is told the events in time order, and asked each question
right after what precedes it. `Memory` lists what else is found by looking; what is missing is n/a.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class Episode:
    """An event as a memory is told it; nothing of it comes from the key.

    Attributes:
        id: Opaque, and unique within its scope.
        text: What happened, in words; one line.
        at: When, in UTC. The day is the event's; the time of day only keeps events in order.
        scope: Whose memory it belongs to: a user's name, as it were.
        pinned: Whether the event has to be kept, whatever is evicted.
        reward: What the event was worth to whoever lived it; 0 if nothing is known.
    """

    id: str
    text: str
    at: datetime
    scope: str
    pinned: bool = False
    reward: float = 0.0


@dataclass(frozen=True, slots=True)
class Usage:
    """What a call cost besides time; None for what the memory does not count.

    Attributes:
        calls: Calls of a language model.
        tokens: Tokens of its prompts and answers.
        flops: FLOPs, of embedding for example.
    """

    calls: int | None = None
    tokens: int | None = None
    flops: float | None = None

    def __add__(self, other: Usage) -> Usage:
        """The sum; what one of the two does not count is unknown in the sum, too."""
        pairs = ((getattr(self, f.name), getattr(other, f.name)) for f in fields(Usage))
        return Usage(*(None if a is None or b is None else a + b for a, b in pairs))


@dataclass(frozen=True, slots=True)
class Written:
    """What became of an event that was written.

    Attributes:
        stored: Whether it is kept; False if a gate turned it away.
        score: Of the gate, higher for what is worth keeping; None without one.
        refs: The memory's names of what it stored, for `delete` and `update`; else the event's id.
        usage: What writing cost.
    """

    stored: bool = True
    score: float | None = None
    refs: tuple[str, ...] = ()
    usage: Usage = Usage()


@dataclass(frozen=True, slots=True)
class Item:
    """Something that is recalled.

    Attributes:
        text: What the prompt shows.
        event_id: Id of the event whose text it is; None if it is rewritten or merged.
        score: How well it matches the query, higher is better; None if the memory does not tell.
    """

    text: str
    event_id: str | None = None
    score: float | None = None


@dataclass(frozen=True, slots=True)
class Recalled:
    """What is recalled for a query, best first.

    Attributes:
        items: At most as many as the budget allows.
        usage: What recalling cost.
    """

    items: Sequence[Item]
    usage: Usage = Usage()


@dataclass(frozen=True, slots=True)
class Budget:
    """How much may be recalled.

    Attributes:
        k: Most items, of which the prompt shows the first few; None for any number.
        tokens: Most tokens that the prompt shows, without the items beyond; None for any number.
    """

    k: int | None = None
    tokens: int | None = None


@dataclass(frozen=True, slots=True)
class SleepBudget:
    """How much a memory may train the model on in one cycle of sleep.

    Attributes:
        tokens: Most tokens of training text, each counted as often as it is trained on.
        flops: Most FLOPs of training; None for any number.
    """

    tokens: int
    flops: float | None = None


@dataclass(frozen=True, slots=True)
class Prompt:
    r"""What stands around a question that is asked with the memory off.

    >>> Prompt("Answer briefly.\n\nQuestion: ", "\nAnswer:").of("Who sold a hat?")
    'Answer briefly.\n\nQuestion: Who sold a hat?\nAnswer:'

    Attributes:
        before: Instruction, demonstrations, and the opening of a chat's turn, as the run has them.
        after: What ends the prompt.
    """

    before: str
    after: str

    def of(self, question: str) -> str:
        """The prompt of a question."""
        return f"{self.before}{question}{self.after}"


@dataclass(frozen=True, slots=True)
class Consolidated:
    """What a memory made of what it stored, to be put into the model's weights.

    Attributes:
        artefact: {"peft": folder of an adapter} or {"pretrained": folder of a checkpoint}, as
            lm_eval's `hf` would load it, inside the memory's folder. None changes nothing.
        tokens: Tokens of training text; None if they are not counted, as the next two.
        flops: FLOPs of training.
        replayed: How often each event was trained on, by its id.
        learnt: Share of its training that the model now knows, by the memory's own test.
        usage: What the calls of a language model cost, for example to write training text.
    """

    artefact: Mapping[str, str | Path] | None
    tokens: int | None = None
    flops: float | None = None
    replayed: Mapping[str, int] | None = None
    learnt: float | None = None
    usage: Usage = Usage(0, 0, None)


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a memory can do. None means: see what methods it has, or what it gives.

    Attributes:
        as_of: Recalls the past as it was: events after `as_of` have no influence.
        ranked: Items come best first, so that a ranking can be measured.
        idempotent: An event that is written twice is stored once.
        delete: Has `delete`.
        update: Has `update`.
        scopes: Keeps several scopes in one folder apart: `open` takes a scope.
        reopen: What was flushed is in its folder, and found there again: `open` takes a folder.
        provenance: Items name their events.
        gate: `Written` tells a score.
        consolidate: Has `consolidate`.
    """

    as_of: bool = False
    ranked: bool = True
    idempotent: bool = False
    delete: bool | None = None
    update: bool | None = None
    scopes: bool | None = None
    reopen: bool | None = None
    provenance: bool | None = None
    gate: bool | None = None
    consolidate: bool | None = None


class Memory(Protocol):
    """A memory with all that one may have; only `write` and `recall` are required.

    The class is called with the options of `memory_args` by name, once for each world: what takes
    long to load belongs to the class or its module. Arguments are given by name as far as a method
    takes them, so that `recall(query, k)` will do.

    Attributes:
        capabilities: What the memory can do, beyond what its methods show.
        version: Tells it apart in results and kept stores, besides source and distribution.
    """

    capabilities: Capabilities
    version: str

    def open(self, scope: str, folder: Path, seed: int) -> None:
        """Begin, or go on with what the folder holds.

        Args:
            scope: Whose memory it is; other scopes may share the folder.
            folder: Exists, and belongs to this memory.
            seed: Determines whatever the memory draws at random.
        """

    def write(self, event: Episode) -> Written | bool | str | Iterable[str] | None:
        """Take in an event.

        Returns:
            What became of it, or whether it is stored, or the memory's names of it. None: stored.
        """

    def flush(self) -> None:
        """Finish what is under way: all that was written is on disk, and can be recalled."""

    def recall(
        self, query: str, as_of: datetime, budget: Budget
    ) -> Recalled | Iterable[Item | str]:
        """What helps to answer a query, best first.

        Args:
            query: A question in plain words.
            as_of: When it is asked.
            budget: How much to recall; a parameter `k` gets the number of items.
        """

    def delete(self, ref: str) -> None:
        """Forget what a name stands for, without a trace."""

    def update(self, ref: str, event: Episode) -> Written | bool | str | Iterable[str] | None:
        """Replace what a name stands for."""

    def consolidate(
        self,
        budget: SleepBudget,
        model: Any,
        cycle: int,
        previous: Mapping[str, Path] | None,
        prompt: Prompt,
    ) -> Consolidated | Mapping[str, str | Path] | None:
        """Turn what is stored into a change of the model's weights (modes B2 and B3).

        The memory is opened on a copy of what the cycle before left, or of what was told up to a
        moment. It learns from what it stored: it gets neither questions nor key.

        Args:
            budget: How much to train.
            model: Of lm_eval's `hf`: `model.model` is the model of transformers, to be left as it
                was found, and `model.tokenizer` its tokeniser.
            cycle: Of sleep since that moment, from 1.
            previous: What the cycle before made, to go on from; None if there is nothing.
            prompt: How questions are put with the memory off. It holds no question of the world.

        Returns:
            What was made, or its artefact alone; None changes nothing.
        """

    def refs(self) -> Iterable[str]:
        """The names of all that is stored, to see whether anything was lost."""

    def close(self) -> None:
        """Flush, and let go of all files."""

    def use_model(self, model: Any) -> None:
        """Get at the model that answers, before `open`.

        What it keeps then belongs to the model, unless a static `asks_model(**options)` says no.

        Args:
            model: Of lm_eval; `model.loglikelihood(requests)` tells how likely texts are to it.
        """
