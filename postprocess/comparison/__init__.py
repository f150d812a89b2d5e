"""Arms against each other: which runs may be paired, and how the pairs differ."""
