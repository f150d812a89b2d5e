"""The registry of memory arms: all that is known of each, in the order of tables and figures.

>>> list(ARMS)
['none', 'recent', 'rag', 'long-context', 'oracle']
>>> ARMS["rag"].options
('k', 'retriever', 'embedder', 'query_prefix', 'passage_prefix')

A new arm is an entry here and the class that it makes; the model's arguments, the command line,
the README's table, the report and its figures follow.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from hei_nw_tasks.memory import arms

if TYPE_CHECKING:
    from hei_nw_tasks.model.settings import Settings

# Counts the tokens of a text.
Count = Callable[[str], int]


@dataclass(frozen=True, slots=True)
class Arm:
    """A way to fill the prompt's memory block.

    Attributes:
        name: Value of the model argument `baseline`.
        shows: What stands between instruction and question.
        make: Makes the memory from the model's settings and its token counter.
        role: The model alone, a memory, or the ceiling that only the key allows.
        options: Settings that the arm reads; they tell runs of it apart.
        shared_block: Whether all questions about one log share the memory block, so that its KV
            cache can be kept.
        colour: In figures, from Okabe and Ito's palette.
        marker: In figures, as matplotlib names it.
        dashes: In figures, as matplotlib takes it.
    """

    name: str
    shows: str
    make: Callable[[Settings, Count], arms.Memory]
    role: Literal["alone", "memory", "ceiling"] = "memory"
    options: tuple[str, ...] = ()
    shared_block: bool = False
    colour: str | None = None
    marker: str | None = None
    dashes: str | tuple[int, tuple[int, ...]] | None = None


def _rag(settings: Settings, count: Count) -> arms.Memory:
    from hei_nw_tasks.retrieval.registry import make_retriever

    retriever = make_retriever(
        settings.retriever,
        embedder=settings.embedder,
        query_prefix=settings.query_prefix,
        passage_prefix=settings.passage_prefix,
        embed_cache=settings.embed_cache,
    )
    return arms.Rag(retriever, settings.k)


ARMS: dict[str, Arm] = {
    arm.name: arm
    for arm in (
        Arm(
            "none",
            "nothing; prompts and answers are those of `--model hf`, byte for byte",
            lambda settings, count: arms.NoMemory(),
            role="alone",
            colour="#000000",
            marker="o",
            dashes="-",
        ),
        Arm(
            "recent",
            "as much of the end of the log as fits `memory_tokens` (512)",
            lambda settings, count: arms.Recent(settings.memory_tokens, count),
            options=("memory_tokens",),
            shared_block=True,
            colour="#56B4E9",
            marker="v",
            dashes=(0, (1, 1)),
        ),
        Arm(
            "rag",
            "the `k` (5) events that a `retriever` ranks first: `dense` (default), `bm25`, "
            "`hybrid`, or `module:Class`",
            _rag,
            options=("k", "retriever", "embedder", "query_prefix", "passage_prefix"),
            colour="#D55E00",
            marker="^",
            dashes="-",
        ),
        Arm(
            "long-context",
            "the whole log up to the question's date, in time order",
            lambda settings, count: arms.LongContext(),
            shared_block=True,
            colour="#0072B2",
            marker="D",
            dashes=(0, (4, 1, 1, 1)),
        ),
        Arm(
            "oracle",
            "the events that entail the answer: the ceiling of reading",
            lambda settings, count: arms.Oracle(),
            role="ceiling",
            colour="#009E73",
            marker="s",
            dashes=(0, (6, 2)),
        ),
    )
}
