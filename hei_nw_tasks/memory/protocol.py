r"""What a memory arm has to do, and how the events that it recalls are written into a prompt.

A memory gets the question and the part of the log that the question may see, and names events by
their position. The prompt shows them in time order, one per line:

    arm.recall(doc, log) -> Recall(shown=[3, 17], ranked=[17, 3], retrieval_s=0.002)
    block([log.texts[3], log.texts[17]]) -> "On 7 October …\nOn 9 October …\n\n"
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from hei_nw_tasks.memory.logs import VisibleLog


@dataclass(frozen=True)
class Recall:
    """What a memory recalls for one question.

    Attributes:
        shown: Positions of the events to show, in time order.
        ranked: Positions by rank, best first; None if nothing was ranked.
        retrieval_s: Seconds that the search took, building the index included; None without one.
        embed_flops: FLOPs to embed the question; None if unknown.
    """

    shown: list[int]
    ranked: list[int] | None = None
    retrieval_s: float | None = None
    embed_flops: float | None = None


class Memory(Protocol):
    """A memory system of your own fits in here."""

    def recall(self, doc: Mapping[str, Any], log: VisibleLog) -> Recall:
        """Choose events for a question.

        Args:
            doc: The dataset row. A fair memory reads its `query` and nothing else.
            log: The events up to the question's date. Keep what belongs to the whole log, such as
                an index, by `log.log.log_id`.
        """


def block(texts: Sequence[str]) -> str:
    r"""The memory block of a prompt; empty if there are no events.

    `generators.scenario_e` measures its transcripts with the same format.

    >>> block(["On Monday it rained.", "On Tuesday it did not."])
    'On Monday it rained.\nOn Tuesday it did not.\n\n'
    """
    return "".join(f"{text}\n" for text in texts) + "\n" if texts else ""


def build_context(record: Mapping[str, Any]) -> str:
    """The memory block of a seed record, made from its `context` or `episode_text`.

    Args:
        record: A row of `generators.scenario_x.generate`.

    Returns:
        Its evidence, one event per line; empty if the record has none.
    """
    return block((record.get("context") or record.get("episode_text") or "").splitlines())
