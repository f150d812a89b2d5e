"""The numbers of one run's report, and where they come from."""
