"""How one response is scored; `hei_nw_tasks.metrics` is the registry of what comes of it.

text.py         words, values and lists as they stand in responses
squad.py        exact match and F1, as SQuAD computes them
naming.py       which values a response names, and what kind of right or wrong that makes it
abstention.py   whether a response says that the answer is not known
aggregates.py   scores of several responses together
"""
