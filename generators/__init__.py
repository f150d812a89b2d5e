"""Scenario worlds, the questions asked about them, and the proofs that the answers are right."""

__version__ = "0.2.0"
