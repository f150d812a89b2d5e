"""Reads lm_eval output of the HEI-NW tasks and writes reports from it."""
