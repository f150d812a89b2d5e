"""Whether a memory of anyone's does what the protocol says, on small worlds of our generators.

    python -m hei_nw_tasks.memory check mine:Notebook

worlds.py     the worlds, and what is changed in them to see whether a memory peeks
words.py      what texts tell, word by word
subject.py    the memory that is checked: told worlds, in this process and in others
recalling.py  checks of what it recalls
keeping.py    checks of what it keeps
forgetting.py checks of what it forgets, and corrects
outcome.py    how a check ends
suite.py      all checks by name, and how they are run
"""
