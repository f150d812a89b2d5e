"""What a memory of mode B1 made of its stores, gathered from the records of its answers.

    stores.records["0f24…"] -> ("w3", StoreRecord(stored=[True, …], seconds=0.31, …))

One of the questions about a store tells of the whole store. Where several processes wrote the
samples, each of them has one that does: a store counts once.
"""

from __future__ import annotations

from hei_nw_tasks.memory_record import StoreRecord
from hei_nw_tasks.response import AnswerRecord
from postprocess.reading.rows import MOST, Row


class Stores:
    """What the records of a run say of stores.

    Args:
        k: Most items that a prompt shows; None if the run does not say.

    Attributes:
        records: By the id of the store: the world that it is about, and what became of it.
        asked: Ids of the stores that questions are about.
        questions: Questions that the memory was asked.
        recalled: Those for which it recalled something.
        cut: Those whose prompt shows fewer items than were recalled and asked for.
    """

    def __init__(self, k: int | None) -> None:
        self.records: dict[str, tuple[str, StoreRecord]] = {}
        self.asked: set[str] = set()
        self.questions = self.recalled = self.cut = 0
        self._k = k

    def add(self, row: Row, world_id: str, record: AnswerRecord | None) -> None:
        """Take in the record of an answer.

        Args:
            row: The row that it is in.
            world_id: Of the question.
            record: None, or that of another arm, changes nothing.

        Raises:
            UnusableRunError: What it says of a store is not about the same events throughout.
            ReportError: A number in it is one that no run can produce.
        """
        memory = None if record is None else record.memory
        if record is None or memory is None:
            return
        self.asked.add(memory.store)
        self.questions += 1
        self.recalled += memory.recalled > 0
        wanted = memory.recalled if self._k is None else min(self._k, memory.recalled)
        self.cut += record.shown < wanted
        found = memory.of_store
        if found is not None and memory.store not in self.records:
            _check(row, found)
            self.records[memory.store] = world_id, found


def _check(row: Row, found: StoreRecord) -> None:
    columns = (found.scores, found.should_remember, found.roles)
    if any(len(column) != len(found.stored) for column in columns):
        raise row.unusable("arguments: of_store tells of different numbers of events")
    counted = (found.calls, found.tokens, found.flops, found.bytes, found.lost, found.left_on_disk)
    numbers = (found.seconds, found.text_tokens, found.to_forget, found.deleted, *counted)
    for number in numbers:
        if number is not None and not 0 <= number <= MOST:
            raise row.error(f"arguments: of_store has the number {number}")
    for score in found.scores:
        if score is not None and abs(score) > MOST:
            raise row.error(f"arguments: of_store has the score {score}")
