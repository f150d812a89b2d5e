"""Scored samples in the formats of others: tables, and what viewers, databases and the Hub read."""
