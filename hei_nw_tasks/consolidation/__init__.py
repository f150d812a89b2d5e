"""A consolidator for memories that can list what they stored: texts become a LoRA adapter.

    rows.py      training rows from a text: itself, with gaps, and questions about it
    ordering.py  which rows are replayed, and in which order
    settings.py  what can be set
    training.py  trains an adapter on them

    def consolidate(self, budget, model, cycle, previous):
        stored = [Stored(id, text, at, score), …]
        return consolidated(stored, model, budget, self.folder, cycle, previous)

It needs PEFT: the extra `[consolidate]`. It knows nothing but the texts.
"""

from hei_nw_tasks.consolidation.ordering import Stored
from hei_nw_tasks.consolidation.settings import SleepSettings
from hei_nw_tasks.consolidation.training import consolidated

__all__ = ["SleepSettings", "Stored", "consolidated"]
