"""Retrieval for the `rag` arm: which events of a log a question is about."""
