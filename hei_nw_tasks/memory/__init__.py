"""Memory arms: what the prompt shows between the instruction and the question.

logs.py      the logs of the loaded datasets, and the part of one that a question may see
protocol.py  what an arm has to do, and how what it recalls is written into a prompt
registry.py  the arms, with all that is known of each
"""
