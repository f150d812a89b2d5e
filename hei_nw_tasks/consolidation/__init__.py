"""A consolidator for memories that can list what they stored: texts become a LoRA adapter.

    rows.py      training rows from a text: itself, with gaps, and questions about it
    ordering.py  which rows are replayed, and in which order
    settings.py  what can be set
    training.py  trains an adapter on them

    def consolidate(self, budget, model, cycle, previous):
        stored = [Stored(id, text, at), …]
        return consolidated(
            stored, model, budget, self.folder, cycle=cycle, previous=previous
        )

It needs PEFT, the extra `[consolidate]`, and knows nothing but the texts. A memory that makes rows
of its own calls `trained`.
"""

from hei_nw_tasks.consolidation.ordering import Stored
from hei_nw_tasks.consolidation.rows import Row
from hei_nw_tasks.consolidation.settings import SleepSettings
from hei_nw_tasks.consolidation.training import consolidated, trained

__all__ = ["Row", "SleepSettings", "Stored", "consolidated", "trained"]
