"""Datasets: in memory, on disk, in parts, on the Hub, and where a run takes its own from."""
