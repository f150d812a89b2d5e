"""Memory arms: what stands in a prompt between the instruction and the question.

stores.py   the logs of the loaded datasets, and the part of one that a question may see
arms.py     one small protocol, and the arms that every memory has to beat
"""
