"""Memories: what the prompt shows between the instruction and the question, and where it is from.

protocol.py   what a memory has to do: the surface on which one plugs in
plugged.py    a memory of anyone's, with all that it gives checked (consolidating.py: in its sleep)
baselines.py  the baselines of mode B0 as memories
systems.py    the memories by name
stores.py     the events and questions of the loaded datasets
replay.py     tells memories their events one by one, and asks each question at its moment
keeping.py    keeps written stores, for other models and processes
sleeping.py   lets memories sleep at each moment, for modes B2 and B3
recalling.py  what an arm recalls for the questions that lm_eval asks
registry.py   the baselines, with all that is known of each
"""
