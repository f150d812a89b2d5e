"""Arms against each other: which runs may be paired, and what the pairs come to."""
