"""The task YAMLs; the entry point group `lm_eval.tasks` names this package."""
