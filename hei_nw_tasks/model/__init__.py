"""The `heinw` model: any model of lm_eval with a memory before the question, and its costs.

settings.py          which memory arm, over which model
heinw.py             composes the model class: prompts in, measured responses out
prompting.py         inserts the memory block into a prompt, with or without a chat template
measuring.py         answers and costs of any model of lm_eval
huggingface.py       answers and costs of lm_eval's `hf` model, with shared prefixes
accounting.py        costs of an answer of a model in this process
shared_prefix.py     computes the common beginning of prompts once
prefix_probe.py      finds out whether that works with the model at hand
prefix_attention.py  lets all rows of a batch attend to one copy of their prefix
progress.py          how far a run is, in tokens
answer_cache.py      what --use_cache keeps
"""

from hei_nw_tasks.shadowing import use_ours

# lm_eval imports the model before anything else of ours, and the modules here import `generators`.
use_ours("generators")
