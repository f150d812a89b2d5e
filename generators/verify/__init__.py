"""Checks a finished dataset: every row by brute force, and what blind strategies score."""
