"""Runs of any lm_eval task, document by document: `python -m postprocess pair A B`.

sides.py       which runs an argument of the command names
documents.py   the documents of a samples file, and their metrics
matching.py    which documents of two runs are the same
groups.py      tasks that lm_eval scores as one
comparing.py   the difference in one metric, and what came of it in words
flips.py       documents on which two runs disagree
pairing.py     all of it, into one file for programs and one for people
command.py     options
"""
