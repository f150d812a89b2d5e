"""`episodic`, the memory that comes with the suite: what was told, in one SQLite file.

    memory.py     the memory, as the protocol has it
    options.py    its options
    gate.py       what is worth keeping
    searching.py  what a query is about: by words (ranking.py), by vectors (vectors.py), or both
    storing.py    the episodes of a scope
    database.py   the file

    lm_eval --model heinw --model_args mode=B1,memory=episodic --tasks heinw_A

It keeps events word for word and ranks them by BM25, by an embedder, or by both.
"""

from hei_nw_tasks.memory.episodic.memory import Episodic

__all__ = ["Episodic"]
