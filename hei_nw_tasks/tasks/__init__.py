"""The task YAMLs; the entry point group `lm_eval.tasks` names this package.

They are written by `python -m hei_nw_tasks.tasks`, which derives them from the registries of
scenarios, metrics and measurements.
"""
