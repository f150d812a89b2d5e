"""The `heinw` model: any model of lm_eval with a memory before the question, and its costs.

settings.py          which memory, over which model
heinw.py             composes the model class; prompts in, measured responses out
prompting.py         puts the memory block into a prompt, templated or not
huggingface.py       measures lm_eval's `hf` model, and generates with shared prefixes
shared_prefix.py     one prefill for all prompts that begin alike
prefix_attention.py  one copy of what they share, for all rows of a batch
answer_cache.py      what --use_cache keeps
"""
