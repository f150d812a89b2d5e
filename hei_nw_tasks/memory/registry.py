"""The registry of memory arms: all that is known of each, in the order of tables and figures.

>>> list(ARMS)
['none', 'recent', 'rag', 'long-context', 'oracle']
>>> list(ARMS["recent"].options.model_fields)
['memory_tokens']

A new arm is an entry here, its class, and the class of its options if it has any. The model's
arguments, the command line, the README's table, the report and its figures follow.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from hei_nw_tasks.memory.protocol import Memory, Recall, block
from hei_nw_tasks.retrieval.plugins import PluginError, checked_positions

if TYPE_CHECKING:
    from hei_nw_tasks.memory.logs import VisibleLog

# Deep enough for every recall@k that is reported, whatever k the prompt shows.
RANKING_DEPTH = 10

# Counts the tokens of a text.
Count = Callable[[str], int]


class Options(BaseModel):
    """Model arguments that an arm reads."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    def identity(self) -> dict[str, Any]:
        """What tells runs of the arm apart, for results and caches; None where it has no effect.

        A field with `exclude=True` never tells runs apart.
        """
        return self.model_dump()


O = TypeVar("O", bound=Options)  # noqa: E741


@dataclass(frozen=True, slots=True)
class Arm(Generic[O]):
    """A way to fill the prompt's memory block.

    Attributes:
        name: Value of the model argument `baseline`.
        shows: What the prompt shows between instruction and question.
        make: Makes the memory from its options and a token counter.
        options: Class of the options. An option that two arms share is one model argument.
        role: The model alone, a memory, or the ceiling that only the key allows.
        shared_block: Whether all questions about one log share the memory block, so that its KV
            cache can be kept.
        colour: In figures, from Okabe and Ito's palette.
        marker: In figures, as matplotlib names it.
        dashes: In figures, as matplotlib takes it.
    """

    name: str
    shows: str
    make: Callable[[O, Count], Memory]
    options: type[O]
    role: Literal["alone", "memory", "ceiling"] = "memory"
    shared_block: bool = False
    colour: str | None = None
    marker: str | None = None
    dashes: str | tuple[int, tuple[int, ...]] | None = None


class NoMemory:
    """Shows nothing: the model alone."""

    def recall(self, doc: Mapping[str, Any], log: VisibleLog) -> Recall:
        """No events."""
        return Recall([])


class Oracle:
    """Shows the evidence alone: the ceiling of reading, and the only arm that looks at the key."""

    def recall(self, doc: Mapping[str, Any], log: VisibleLog) -> Recall:
        """The events that entail the answer; none if there is no answer."""
        return Recall(log.positions(doc["evidence"]))


class LongContext:
    """Shows everything up to the question's date."""

    def recall(self, doc: Mapping[str, Any], log: VisibleLog) -> Recall:
        """All visible events."""
        return Recall(list(range(log.visible)))


class RecentOptions(Options):
    """Options of `recent`.

    Attributes:
        memory_tokens: Budget of the memory block, in tokens.
    """

    memory_tokens: int = Field(default=512, ge=1)


class Recent:
    """Shows as much of the end of the log as fits a budget.

    Args:
        budget: Most tokens of the memory block.
        count: Counts the tokens of a text.
    """

    def __init__(self, budget: int, count: Count) -> None:
        self._budget, self._count = budget, count
        self._lengths: dict[str, list[int]] = {}

    def recall(self, doc: Mapping[str, Any], log: VisibleLog) -> Recall:
        """The latest visible events, whole ones."""
        texts, log_id = log.log.texts, log.log.log_id
        if log_id not in self._lengths:
            self._lengths[log_id] = [self._count(f"{text}\n") for text in texts]
        lengths = self._lengths[log_id]
        first, used = log.visible, 0
        while first > 0 and used + lengths[first - 1] <= self._budget:
            first -= 1
            used += lengths[first]
        # Lines that are tokenised together may take more tokens than one by one.
        while first < log.visible and self._too_long(texts[first : log.visible]):
            first += 1
        return Recall(list(range(first, log.visible)))

    def _too_long(self, texts: Sequence[str]) -> bool:
        return self._count(block(texts)) > self._budget


class RagOptions(Options):
    """Options of `rag`.

    Attributes:
        k: Events to show.
        retriever: dense, bm25, hybrid, or module:Class.
        embedder: Of dense and hybrid: a model id, a folder, or module:Class.
        query_prefix: Put before a query; None for what the embedder was trained with.
        passage_prefix: Put before an event, likewise.
        embed_cache: Folder that keeps embeddings from run to run; None keeps none.
    """

    k: int = Field(default=5, ge=1)
    retriever: str = "dense"
    embedder: str | None = None
    query_prefix: str | None = None
    passage_prefix: str | None = None
    embed_cache: str | None = Field(default=None, exclude=True)

    def identity(self) -> dict[str, Any]:
        """Without the embedder's options where nothing is embedded."""
        known = self.model_dump()
        if self.retriever == "bm25":
            known |= dict.fromkeys(("embedder", "query_prefix", "passage_prefix"))
        return known


class Rag:
    """Shows the k events that a retriever ranks first.

    Args:
        options: Of the arm.

    Raises:
        ConfigError: The retriever or its embedder is unknown or cannot be loaded.
        PluginError: The retriever or the embedder is a plug-in that cannot be made.
    """

    def __init__(self, options: RagOptions) -> None:
        from hei_nw_tasks.retrieval.registry import make_retriever

        self._k, self._name = options.k, f"retriever={options.retriever!r}"
        self._retriever = make_retriever(
            options.retriever,
            embedder=options.embedder,
            query_prefix=options.query_prefix,
            passage_prefix=options.passage_prefix,
            embed_cache=options.embed_cache,
        )

    def recall(self, doc: Mapping[str, Any], log: VisibleLog) -> Recall:
        """The best k of the visible events.

        Raises:
            PluginError: What the retriever or its embedder gives cannot be used; the message names
                it and the question.
        """
        query, depth = doc["query"], max(self._k, RANKING_DEPTH)
        start = time.perf_counter()
        try:
            found = self._retriever.search(query, log.log, log.visible, depth)
            seconds = time.perf_counter() - start
            ranked = checked_positions(self._name, found, log.visible)
            flops = self._retriever.query_flops(query)
        except PluginError as error:
            raise PluginError(f"question {doc.get('id')!r}: {error}") from error
        return Recall(
            shown=sorted(ranked[: self._k]),
            ranked=ranked[:RANKING_DEPTH],
            retrieval_s=seconds,
            embed_flops=flops,
        )


_ALL: tuple[Arm[Any], ...] = (
    Arm(
        "none",
        "nothing; prompts and answers are those of `--model hf`, byte for byte",
        lambda options, count: NoMemory(),
        Options,
        role="alone",
        colour="#000000",
        marker="o",
        dashes="-",
    ),
    Arm(
        "recent",
        "as much of the end of the log as fits `memory_tokens` (512)",
        lambda options, count: Recent(options.memory_tokens, count),
        RecentOptions,
        shared_block=True,
        colour="#56B4E9",
        marker="v",
        dashes=(0, (1, 1)),
    ),
    Arm(
        "rag",
        "the `k` (5) events that a `retriever` ranks first: `dense` (default), `bm25`, "
        "`hybrid`, or `module:Class`",
        lambda options, count: Rag(options),
        RagOptions,
        colour="#D55E00",
        marker="^",
        dashes="-",
    ),
    Arm(
        "long-context",
        "the whole log up to the question's date, in time order",
        lambda options, count: LongContext(),
        Options,
        shared_block=True,
        colour="#0072B2",
        marker="D",
        dashes=(0, (4, 1, 1, 1)),
    ),
    Arm(
        "oracle",
        "the events that entail the answer: the ceiling of reading",
        lambda options, count: Oracle(),
        Options,
        role="ceiling",
        colour="#009E73",
        marker="s",
        dashes=(0, (6, 2)),
    ),
)
ARMS: dict[str, Arm[Any]] = {arm.name: arm for arm in _ALL}
