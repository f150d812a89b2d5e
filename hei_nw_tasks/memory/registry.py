"""The registry of memory arms: all that is known of each, in the order of tables and figures.

>>> list(ARMS)
['none', 'recent', 'rag', 'long-context', 'oracle']
>>> list(ARMS["recent"].options.model_fields)
['memory_tokens']

A new baseline is an entry here, its class (`baselines.py`), and the class of its options if it has
any. The model's arguments, the command line, the report and its figures follow.
Memories that are measured in the other modes are in `systems.py`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, Generic, Literal, TypeAlias, TypeVar

from hei_nw_tasks.memory.baselines import Count, LongContext, NoMemory, Rag, Recent
from hei_nw_tasks.memory.options import Options, RagOptions, RecentOptions

# Makes the memory of a store, whatever its class.
Make: TypeAlias = Callable[[], Any]


O = TypeVar("O", bound=Options)  # noqa: E741


@dataclass(frozen=True, slots=True)
class Arm(Generic[O]):
    """A way to fill the prompt's memory block.

    Attributes:
        name: Value of the model argument `baseline`.
        shows: What the prompt shows between instruction and question.
        make: Given the options and a token counter, what makes the memory of a store; None for the
            oracle, which has its own door to the evidence.
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
    make: Callable[[O, Count], Make] | None
    options: type[O]
    role: Literal["alone", "memory", "ceiling"] = "memory"
    shared_block: bool = False
    colour: str | None = None
    marker: str | None = None
    dashes: str | tuple[int, tuple[int, ...]] | None = None


def _rag(options: RagOptions) -> Make:
    from hei_nw_tasks.retrieval.registry import make_retriever

    retriever = make_retriever(
        options.retriever,
        embedder=options.embedder,
        query_prefix=options.query_prefix,
        passage_prefix=options.passage_prefix,
        embed_cache=options.embed_cache,
    )
    return partial(Rag, f"retriever={options.retriever!r}", retriever)


_ALL: tuple[Arm[Any], ...] = (
    Arm(
        "none",
        "nothing; prompts and answers are those of `--model hf`, byte for byte",
        lambda options, count: NoMemory,
        Options,
        role="alone",
        colour="#000000",
        marker="o",
        dashes="-",
    ),
    Arm(
        "recent",
        "as much of the end of the log as fits `memory_tokens` (512)",
        lambda options, count: partial(Recent, count),
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
        lambda options, count: _rag(options),
        RagOptions,
        colour="#D55E00",
        marker="^",
        dashes="-",
    ),
    Arm(
        "long-context",
        "the whole log up to the question's date, in time order",
        lambda options, count: LongContext,
        Options,
        shared_block=True,
        colour="#0072B2",
        marker="D",
        dashes=(0, (4, 1, 1, 1)),
    ),
    Arm(
        "oracle",
        "the events that entail the answer: the ceiling of reading",
        None,
        Options,
        role="ceiling",
        colour="#009E73",
        marker="s",
        dashes=(0, (6, 2)),
    ),
)
ARMS: dict[str, Arm[Any]] = {arm.name: arm for arm in _ALL}
