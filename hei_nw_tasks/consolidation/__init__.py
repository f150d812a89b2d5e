"""A consolidator for memories that can list what they stored: texts become weights.

    rows.py      questions about a text, made from its own words
    ordering.py  which events are taken on, and in which order their rows are replayed
    settings.py  what can be set
    steps.py     rows as tokens, and what a model makes of them
    spending.py  what training costs
    learners.py  what is trained: an adapter, or all weights of a copy
    training.py  trains it within a budget

    def consolidate(self, budget, model, cycle, previous, prompt):
        stored = [Stored(id, text, at), …]
        return consolidated(
            stored, model, budget, self.folder, prompt, cycle=cycle, previous=previous
        )

It needs PEFT, the extra `[consolidate]`, and knows nothing but the texts. A memory that makes rows
of its own calls `trained`.
"""

from hei_nw_tasks.consolidation.ordering import Stored
from hei_nw_tasks.consolidation.rows import Row
from hei_nw_tasks.consolidation.settings import SleepSettings
from hei_nw_tasks.consolidation.training import consolidated, trained

__all__ = ["Row", "SleepSettings", "Stored", "consolidated", "trained"]
